"""Fetching what servers offer besides tools: prompts, resources, templates.

It follows the list of tools and holds nobody up: a call, and a list of tools, never wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from auth.fault import Fault
from proxy.catalog.feature import OTHERS
from proxy.catalog.pace import PAUSE
from proxy.trust.keeper import ill

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.catalog.shelf import Shelf
    from proxy.upstream.face import Face

log = logging.getLogger("portico.catalog")

_STOCK_SECONDS = 30.0


class Stockroom:
    """The errands for one catalog, at most one per server.

    Args:
        stocked: Called with the server and its shelf, when something on it is new.
        kept: Called when a shelf may be due earlier than it was.
    """

    def __init__(self, stocked: Callable[[str, Shelf], None], kept: Callable[[], None]) -> None:
        self._stocked = stocked
        self._kept = kept
        self._errands: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, asyncio.TimerHandle] = {}
        self._again: dict[str, tuple[Shelf, Face]] = {}

    def stock(self, server: str, shelf: Shelf, upstream: Face) -> None:
        """Fetch everything anew, at most once in `PAUSE` seconds, however often it is asked for."""
        if server in self._resting:
            self._again[server] = shelf, upstream
            return
        self._rest(server)
        met, shelf.capabilities = shelf.capabilities, upstream.capabilities
        if not {feature.group for feature in OTHERS} & shelf.capabilities.keys():
            had, shelf.others, shelf.stocked = shelf.others, {}, True
            if had or met != shelf.capabilities:
                self._stocked(server, shelf)
            return
        errand = asyncio.ensure_future(self._fetch(server, shelf, upstream))
        self._errands[server] = errand
        errand.add_done_callback(lambda done: self._ended(server, done))

    def _rest(self, server: str) -> None:
        loop = asyncio.get_running_loop()
        self._resting[server] = loop.call_later(PAUSE, self._rested, server)

    def _rested(self, server: str) -> None:
        del self._resting[server]
        if server not in self._again:
            return
        if server in self._errands:
            self._rest(server)  # It may have missed what changed since; it ends first, though.
        else:
            self.stock(server, *self._again.pop(server))

    def drop(self, server: str) -> None:
        """Fetch nothing of a server any more."""
        self._again.pop(server, None)
        resting = self._resting.pop(server, None)
        if resting is not None:
            resting.cancel()
        errand = self._errands.pop(server, None)
        if errand is not None:
            errand.cancel()

    def waited(self, shelves: dict[str, Shelf]) -> list[asyncio.Task[None]]:
        """The errands that bring what was never seen."""
        return [
            errand
            for server, errand in self._errands.items()
            if server in shelves and not shelves[server].stocked
        ]

    async def _fetch(self, server: str, shelf: Shelf, upstream: Face) -> None:
        found = dict(shelf.others)
        for feature in OTHERS:
            if feature.group not in shelf.capabilities:
                found.pop(feature, None)
                continue
            try:
                async with asyncio.timeout(_STOCK_SECONDS):
                    listed = await upstream.list_all(feature.method, feature.value)
            except (Fault, TimeoutError) as wrong:
                # What was known stays; the next round asks again.
                log.info("%s: its %s could not be listed: %s", server, feature, _name(wrong))
            else:
                found[feature] = listed
        if found != shelf.others:
            shelf.ill = {feature: ill(feature.key, listed) for feature, listed in found.items()}
        if shelf.live and not shelf.failures and upstream.fresh != shelf.fresh:
            shelf.keep(upstream.fresh)
            self._kept()
        new = found != shelf.others or not shelf.stocked
        shelf.others, shelf.stocked = found, True
        if new:
            self._stocked(server, shelf)

    def _ended(self, server: str, errand: asyncio.Task[None]) -> None:
        if self._errands.get(server) is errand:
            del self._errands[server]
        if not errand.cancelled() and (wrong := errand.exception()) is not None:
            log.error("%s could not be listed", server, exc_info=wrong)


def _name(wrong: BaseException) -> str:
    return wrong.reference if isinstance(wrong, Fault) else "no answer in time"
