"""A server's whole list of tools, prompts or resources, page by page, within bounds."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.upstream.contract import Refused
from proxy.upstream.era import TASKS_KEY, Era
from proxy.upstream.fault import UpstreamFault, UpstreamMalformed
from proxy.upstream.freshness import promised, shorter
from proxy.wire import METHOD_NOT_FOUND, encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from proxy.upstream.contract import Relay

log = logging.getLogger("portico.upstream")

PAGES = 50
MOST = 2000
"""How much of one list of a server is taken."""

ENTRY_LIMIT = 64 * 1024
"""Bytes of JSON that one entry may have; a larger one is left out."""

LIST_LIMIT = 1024 * 1024
"""Bytes of JSON that one list of a server may have; the rest is left out."""


class Nobody:
    """A relay for whoever asks for a list: it wants no news and answers no questions.

    A list serves every client, so it is asked for in the modern way wherever that is understood.
    """

    era = Era.MODERN
    capabilities: Mapping[str, Any] = MappingProxyType({})

    def notify(self, message: dict[str, Any]) -> None:
        """News of a list request has no reader."""

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """Nobody is there to be asked."""
        raise Refused(METHOD_NOT_FOUND, "Method not found")


NOBODY = Nobody()

EVERYTHING: Mapping[str, Any] = {
    "elicitation": {"form": {}, "url": {}},
    "sampling": {"tools": {}, "context": {}},
    "roots": {"listChanged": True},
    "extensions": {TASKS_KEY: {}},
}
"""All that Portico can carry to a client, declared where a list is asked for.

Some servers hide the tools that would ask. Which of them work depends on the client that calls.
"""


def declared(relay: Relay) -> Mapping[str, Any]:
    """What a request on behalf of this client says that can be asked."""
    return EVERYTHING if relay is NOBODY else relay.capabilities


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of a server.

    Attributes:
        entries: Verbatim.
        left_out: What to say when some were left out, else None.
        fresh: Seconds for which the server says that it stays true, or None.
    """

    entries: list[dict[str, Any]]
    left_out: UpstreamFault | None = None
    fresh: float | None = None


async def every(
    server: str, key: str, ask: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
) -> Listed:
    """Every entry of one list of a server, verbatim, at most `MOST` from at most `PAGES` pages.

    Every window that lists is sent all of it, so it is bounded in bytes as well.

    Args:
        server: Short name, for messages.
        key: Where a page holds its entries: `tools`, `prompts`, …
        ask: Sends the list's request with the given params and returns the response.

    Raises:
        UpstreamFault: The server refused, or sent something else than a list.
    """
    taken = _Taken()
    params: dict[str, Any] = {}
    fresh: float | None = None
    for _ in range(PAGES):
        page = _page(server, key, await ask(params))
        fresh = shorter(fresh, promised(page))
        if not all(taken.take(entry) for entry in page[key] if isinstance(entry, dict)):
            break
        cursor = page.get("nextCursor")
        if not isinstance(cursor, str) and not taken.oversize:
            return Listed(taken.entries, fresh=fresh)
        if not isinstance(cursor, str) or params.get("cursor") == cursor:
            break
        params = {"cursor": cursor}
    log.warning("%s offers more %s than Portico takes; the rest is left out", server, key)
    msg = f"{server} offers more {key}, or larger ones, than Portico takes; some are left out."
    return Listed(taken.entries, UpstreamMalformed(msg, may_have_run=False), fresh)


class _Taken:
    """The entries so far, and how much room they take."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.oversize = False
        self._bytes = 0

    def take(self, entry: dict[str, Any]) -> bool:
        """Take an entry, or leave it out when it alone is too large; False when the list is full.

        One that is left out takes room too: else a list of nothing else would have no end.
        """
        size = len(encode(entry))
        self._bytes += min(size, ENTRY_LIMIT)
        if self._bytes > LIST_LIMIT or len(self.entries) >= MOST:
            return False
        if size > ENTRY_LIMIT:
            self.oversize = True
        else:
            self.entries.append(entry)
        return True


def _page(server: str, key: str, envelope: dict[str, Any]) -> dict[str, Any]:
    failure = envelope.get("error")
    if isinstance(failure, dict):
        if failure.get("code") == METHOD_NOT_FOUND:
            return {key: []}  # a server may well have none of them
        said = plain(str(failure.get("message", "")))
        msg = f"{server} did not list its {key} and said: {said}"
        raise UpstreamFault(msg)
    page = envelope["result"]
    if not isinstance(page, dict) or not isinstance(page.get(key), list):
        msg = f"{server} sent a list of {key} that is none."
        raise UpstreamMalformed(msg)
    return page
