"""The stand-in for a person at a browser: opens the sign-in page and presses one button.

It reads the page as a browser would, so that the page itself is tested, and it goes nowhere but
loopback: whatever asks it to open something else has lost its way.
"""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

_MOST_STEPS = 5
_PATIENCE = 10.0


class Stopped(Exception):  # noqa: N818 - the person stopped; nothing of ours broke.
    """The sign-in could not be brought to its end; the text says at which page."""


async def sign_in(url: str, user: str) -> None:
    """Open an authorization URL, sign in, and follow the way back to the client.

    Args:
        url: What the client wants opened.
        user: Sign-in name, for example `alice`; "" presses *Cancel*.

    Raises:
        Stopped: The page shows an error, or has no button for this person.
    """
    # A proxy of the environment must not see a sign-in, so the environment is not asked.
    async with httpx2.AsyncClient(trust_env=False, timeout=_PATIENCE) as client:
        shown = await client.get(_loopback(url))
        # A request that cannot be granted is sent straight back to the client.
        if not shown.is_redirect:
            form = _Form()
            form.feed(shown.text)
            if user not in form.users:
                msg = f"The page at {_place(url)} ({shown.status_code}) has no button for {user!r}."
                raise Stopped(msg)
            target = _loopback(urljoin(url, form.action))
            shown = await client.post(target, data={**form.hidden, "user": user})
        for _ in range(_MOST_STEPS):
            if not shown.is_redirect:
                break
            url = _loopback(urljoin(url, shown.headers["location"]))
            shown = await client.get(url)
        if shown.is_error or shown.is_redirect:
            msg = f"The sign-in ended at {_place(url)} with status {shown.status_code}."
            raise Stopped(msg)


class _Form(HTMLParser):
    """The form of a page: where it goes, what it carries, and whom it has a button for."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.users: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given.get("action", "")
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given.get("name", "")] = given.get("value", "")
        elif tag == "button" and given.get("name") == "user":
            self.users.add(given.get("value", ""))


def _loopback(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname != "127.0.0.1":
        msg = f"The sandbox's browser does not open {_place(url)}."
        raise Stopped(msg)
    return url


def _place(url: str) -> str:
    """A URL without its query, which may hold a code."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
