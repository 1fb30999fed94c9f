"""Where an authorization server gives tokens, as its metadata says (RFC 8414)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auth.client import GrantNotConfigured
from auth.discovery import FRESH, OK, IssuerMisconfigured, check_address, json_object
from auth.network import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from auth.network import Answer, Network

_SERVER_ERROR = 500
_TOO_MANY = 429


class AuthorizationServer:
    """One authorization server that is not the company's issuer.

    Args:
        issuer: Its name, which is an address.
        network: How to reach it.
        origins: Where something of the sign-in may be sent.
        clock: Seconds; only differences count.
    """

    def __init__(
        self,
        issuer: str,
        network: Network,
        origins: Collection[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._network = network
        self._origins = origins
        self._clock = clock
        self._known: tuple[float, str] | None = None

    async def token_endpoint(self) -> str:
        """Its token endpoint, looked up at most once an hour.

        Raises:
            GrantNotConfigured: It is at an origin that the company did not name.
            IssuerMisconfigured: It does not say where, or says it wrongly.
            Unreachable: Nobody answered.
        """
        if self._known is not None and self._clock() - self._known[0] < FRESH:
            return self._known[1]
        self._check(self._issuer, "authorization server")
        found = read_endpoint(await self._metadata(), self._issuer)
        # The company's word goes there, and what the metadata says is not the company's.
        self._check(found, "token endpoint")
        self._known = (self._clock(), found)
        return found

    def _check(self, url: str, what: str) -> None:
        check_address(url, self._issuer, what)
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}".lower() not in self._origins:
            msg = f"The {what} {parts.netloc} is none to which your company sends anything."
            raise GrantNotConfigured(msg)

    async def _metadata(self) -> dict[str, object]:
        answer: Answer | None = None
        for url in metadata_addresses(self._issuer):
            answer = await self._network.request("GET", url, headers={"accept": "application/json"})
            if answer.status >= _SERVER_ERROR or answer.status == _TOO_MANY:
                msg = f"{urlsplit(url).netloc} answered with HTTP {answer.status}."
                raise Unreachable(msg)
            document = json_object(answer) if answer.status == OK else None
            if document is not None:
                return document
        status = answer.status if answer else 0
        msg = f"{self._issuer} does not say how it gives tokens (HTTP {status})."
        raise IssuerMisconfigured(msg)


def metadata_addresses(issuer: str) -> tuple[str, str]:
    """Where the metadata of an issuer may be (RFC 8414 §3.1; OpenID Connect Discovery §4)."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    home = f"{parts.scheme}://{parts.netloc}"
    return (
        f"{home}/.well-known/oauth-authorization-server{path}",
        f"{issuer.rstrip('/')}/.well-known/openid-configuration",
    )


def read_endpoint(document: dict[str, object], issuer: str) -> str:
    """The token endpoint that the metadata of `issuer` names.

    Raises:
        IssuerMisconfigured: It is another issuer's, or names none.
    """
    if document.get("issuer") != issuer:
        msg = f"The metadata of {issuer} is another issuer's: {document.get('issuer')!r:.200}."
        raise IssuerMisconfigured(msg)
    endpoint = document.get("token_endpoint")
    if not isinstance(endpoint, str):
        msg = f"{issuer} names no token endpoint."
        raise IssuerMisconfigured(msg)
    return endpoint
