"""One provider as the flows see it: where it is, what it can, and the person at its pages."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx2

from sandbox.browser import Browser
from sandbox.company import AUDIENCE, REGISTRY_AUDIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from auth.device import UserCode

PATIENCE = 60.0
_MOST_STEPS = 20
_FORM = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_FIELD = re.compile(r'name="([^"]+)"[^>]*value="([^"]*)"')
_ELSEWHERE = "http://127.0.0.1:9/callback"


@dataclass
class Place:
    """A provider that listens.

    Attributes:
        name: What the tests call it.
        issuer: Its URL.
        client_id: Portico's public client there.
        scopes: What a sign-in asks for.
        audiences: What one sign-in brings tokens for.
        groups: Those of `alice`, as it says them itself.
        port: The one port of the way back that it takes, or 0 where it takes any.
        revokes: Whether a public client may end its sign-in.
        switches: Whether a refresh may be for another audience than the first one was.
    """

    name: str
    issuer: str
    client_id: str = "portico"
    scopes: Sequence[str] = ("openid", "profile", "groups", "offline_access")
    audiences: Sequence[str] = (AUDIENCE, REGISTRY_AUDIENCE)
    groups: Sequence[str] = ("ads-eng", "employees")
    port: int = 0
    revokes: bool = True
    switches: bool = True

    async def ended(self) -> int | None:
        """How many sign-ins it has ended because of a token that came twice; None: it is silent."""
        return None

    async def page(self, url: str, *, user: str = "alice") -> None:
        """Open a page as `user`, and say yes to everything until it leads back here."""
        await self._browse(url, user)

    async def address(self, url: str, *, user: str = "alice") -> str:
        """The same with a browser that cannot reach this machine; where it stops."""
        return await self._browse(url, user, follow_back=False)

    async def code(self, shown: UserCode, *, user: str = "alice") -> None:
        """Type a code on its page, as `user`."""
        await self._browse(shown.complete or shown.page, user, typing=shown.code)

    async def _browse(
        self, url: str, user: str, *, follow_back: bool = True, typing: str = ""
    ) -> str:
        raise NotImplementedError


@dataclass
class Sandbox(Place):
    """The company in a box."""

    reuses: Callable[[], int] = lambda: 0

    async def ended(self) -> int | None:
        """As it counts them itself."""
        return self.reuses()

    async def _browse(
        self,
        url: str,
        user: str,
        *,
        follow_back: bool = True,
        typing: str = "",  # noqa: ARG002
    ) -> str:
        async with Browser.start(user) as browser:
            if follow_back:
                await browser.open(url)
                return ""
        return await stopped(url, {"user": user})


@dataclass
class OidcProvider(Place):
    """The npm package `oidc-provider`, with the pages that it brings for development."""

    async def ended(self) -> int | None:
        """As it counts them itself."""
        async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            counted: dict[str, int] = (await client.get(f"{self.issuer}/counters")).json()
        return counted["ended"]

    async def _browse(
        self, url: str, user: str, *, follow_back: bool = True, typing: str = ""
    ) -> str:
        given = {"login": user, "password": "any", "user_code": typing}
        return await stopped(url, given, follow_back=follow_back)


async def stopped(url: str, given: Mapping[str, str], *, follow_back: bool = False) -> str:
    """Walk through a provider's pages as a browser without scripts; the address at the end.

    Args:
        url: The first page.
        given: What is typed into fields of these names.
        follow_back: Whether the address on this machine, to which they lead, is opened as well.
    """
    own = urlsplit(url).netloc
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        shown = await client.get(url)
        for _ in range(_MOST_STEPS):
            if shown.is_redirect:
                url = urljoin(str(shown.url), shown.headers["location"])
                if urlsplit(url).netloc != own and not follow_back:
                    return url
                shown = await client.get(url)
                continue
            form = _FORM.search(shown.text)
            if form is None or urlsplit(str(shown.url)).netloc != own:
                return str(shown.url)
            fields = {name: html.unescape(value) for name, value in _FIELD.findall(form[2])}
            fields |= {k: v for k, v in given.items() if f'name="{k}"' in form[2]}
            address = urljoin(str(shown.url), html.unescape(form[1]))
            shown = await client.post(address, data=fields)
    msg = f"The pages of {own} lead nowhere: {shown.status_code} {shown.url}"
    raise AssertionError(msg)
