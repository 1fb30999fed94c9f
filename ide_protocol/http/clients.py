"""Modern clients, told apart by the name that each request carries."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ide_protocol.http.modern import ModernClient
from proxy import wire
from proxy.upstream.era import CLIENT_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from ide_protocol.http.line import Connect

MOST_CLIENTS = 32
"""Names at once; more share one line, for whoever may send requests may send any name."""

CLIENT_IDLE = 3900.0
"""Seconds after which the line of a client with no response open is ended.

Longer than the hour that a question may wait at most: the line is where its answer finds the call.
"""

_OTHERS = b""


class ModernClients:
    """One line to the hub for each name.

    Args:
        connect: Opens a line.
        clock: Seconds that only grow.
    """

    def __init__(self, connect: Connect, *, clock: Callable[[], float]) -> None:
        self._connect = connect
        self._clock = clock
        self._used: dict[bytes, float] = {}
        self._known: dict[bytes, asyncio.Future[ModernClient]] = {}

    async def get(self, message: dict[str, Any]) -> ModernClient:
        """The client that sent a modern request.

        Raises:
            HubGone: The hub cannot be reached.
        """
        name = wire.encode(message["params"]["_meta"].get(CLIENT_KEY))
        if name not in self._known and len(self._known) >= MOST_CLIENTS:
            name = _OTHERS
        opening = self._known.get(name)
        if opening is None or _spent(opening):
            opening = self._known[name] = asyncio.ensure_future(self._open())
        self._used[name] = self._clock()
        # Others may wait for the same line when this request is given up.
        return await asyncio.shield(opening)

    async def tidy(self) -> None:
        """End the lines that nobody has used for long, and forget those that have ended."""
        now = self._clock()
        for name, opening in list(self._known.items()):
            if not opening.done():
                continue
            if not _spent(opening) and opening.result().busy:
                self._used[name] = now
            elif _spent(opening) or now - self._used[name] > CLIENT_IDLE:
                del self._known[name], self._used[name]
                if not _spent(opening):
                    await opening.result().close()

    async def close(self) -> None:
        """End every line."""
        for opening in self._known.values():
            opening.cancel()
        found = await asyncio.gather(*self._known.values(), return_exceptions=True)
        await asyncio.gather(*(one.close() for one in found if isinstance(one, ModernClient)))

    async def _open(self) -> ModernClient:
        return ModernClient(await self._connect())


def _spent(opening: asyncio.Future[ModernClient]) -> bool:
    """Whether a line could not be opened, or has ended."""
    if not opening.done():
        return False
    return opening.cancelled() or opening.exception() is not None or opening.result().closed
