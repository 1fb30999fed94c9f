"""The page's listener on loopback: opened when somebody wants it, closed when nobody is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ide_protocol.http.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ide_protocol.http.request import Request
    from ide_protocol.http.visitor import Reply

IDLE = 900.0
"""Seconds without anybody after which the listener closes; the next one has another port."""

MOST_CONNECTIONS = 32


class Listener:
    """A port of loopback, for as long as it is wanted.

    Args:
        answer: Answers one request.
        wanted: Whether it has to stay, asked when nobody came for `IDLE` seconds.
    """

    def __init__(
        self, answer: Callable[[Request, Reply], Awaitable[None]], wanted: Callable[[], bool]
    ) -> None:
        self._answer = answer
        self._wanted = wanted
        self.origin = ""
        """Where it listens, or did last; what its pages say they come from."""
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()
        self._closing: asyncio.TimerHandle | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def open(self) -> str:
        """Listen, where it does not yet; returns its origin.

        Raises:
            OSError: No port could be had.
        """
        async with self._opening:
            if self._server is None:
                self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
                port = self._server.sockets[0].getsockname()[1]
                # The literal, because a name can be pointed elsewhere.
                self.origin = f"http://127.0.0.1:{port}"
        self.stay()
        return self.origin

    def stay(self) -> None:
        """Somebody came: the time until it closes begins anew."""
        if self._closing is not None:
            self._closing.cancel()
        self._closing = asyncio.get_running_loop().call_later(IDLE, self._leave)

    async def aclose(self) -> None:
        """Close it, and end every connection to it."""
        if self._closing is not None:
            self._closing.cancel()
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _leave(self) -> None:
        if self._wanted():
            self.stay()
            return
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._open) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        self._open.add(task)
        try:
            await Visitor(reader, writer, self._answer).serve()
        finally:
            self._open.discard(task)
