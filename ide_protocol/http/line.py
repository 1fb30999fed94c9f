"""One connection to the hub, as an AI client's: messages as lines, both ways."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from ide_protocol.door import birth
from ide_protocol.door.connection import OUTBOX_MOST
from proxy import wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from proxy.home import Home

    Connect = Callable[[], Awaitable["HubLine"]]


class HubGone(Exception):  # noqa: N818 - it says what happened.
    """The hub cannot be reached, or has ended this connection; the text says why."""


class HubLine:
    """A line to the hub, after the hellos.

    Args:
        reader: Where the hub's messages come from; what it said already is in it.
        writer: Where this client's messages go.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.closed = False

    @classmethod
    async def open(cls, home: Home, greeting: bytes) -> HubLine:
        """Reach the hub of `home`, starting it if need be.

        Raises:
            HubGone: There is none, or it refused.
        """
        try:
            # This blocks, for it forks and sets an alarm, which only the main thread may. A hub
            # answers in milliseconds; while one does not, there is nothing else to serve.
            connection, heard = birth.connect(home, greeting)
        except (birth.NoHub, OSError) as wrong:
            raise HubGone(str(wrong)) from wrong
        connection.setblocking(False)
        reader, writer = await asyncio.open_unix_connection(sock=connection, limit=OUTBOX_MOST)
        reader.feed_data(heard)
        return cls(reader, writer)

    async def send(self, message: dict[str, Any]) -> None:
        """Send one message.

        Raises:
            HubGone: The hub has ended this connection.
        """
        if self.closed:
            raise HubGone("The hub has gone.")
        self._writer.write(wire.encode(message) + b"\n")
        try:
            await self._writer.drain()
        except ConnectionError as lost:
            raise HubGone("The hub has gone.") from lost

    async def messages(self) -> AsyncIterator[tuple[dict[str, Any], bytes]]:
        """Each message of the hub, read and as it came, until the hub's farewell or its loss."""
        try:
            while True:
                try:
                    line = await self._reader.readline()
                except (ConnectionError, ValueError):
                    return  # Lost, or longer than any answer the hub may send.
                if not line.endswith(b"\n") or line.startswith(b"\0"):
                    return
                message = wire.decode(line)
                if isinstance(message, dict):
                    yield message, line.rstrip(b"\n")
        finally:
            self.close()

    def close(self) -> None:
        """End the connection; the hub cancels what is under way after a grace period."""
        self.closed = True
        with contextlib.suppress(RuntimeError):  # The loop may have ended before.
            self._writer.close()
