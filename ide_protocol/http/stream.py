"""The messages that answer one HTTP request, from the hub's line to the client.

An answer that comes alone is sent as JSON, so that its error can choose the HTTP status; as soon as
something else comes first, or nothing for a while, the response becomes an event stream.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from ide_protocol.door.connection import OUTBOX_MOST

if TYPE_CHECKING:
    from ide_protocol.http.visitor import Reply

SILENCE = 15.0
"""Seconds without a message after which a response says that it lives."""


class Stream:
    """A queue of messages with an end, bounded in bytes."""

    def __init__(self) -> None:
        self._messages: deque[tuple[bytes, int, bool]] = deque()
        self._moved = asyncio.Event()
        self._held = 0
        self.ended = False

    def put(self, message: bytes, *, last: bool = False, status: int = 200) -> None:
        """Queue one message, unless the stream has ended.

        Args:
            message: One JSON text.
            last: Whether it ends the stream.
            status: The HTTP status, should it be sent alone.
        """
        if self.ended:
            return
        self._messages.append((message, status, last))
        self._held += len(message)
        # A client that does not read loses its stream, never the others theirs.
        self.ended = last or self._held > OUTBOX_MOST
        self._moved.set()

    def end(self) -> None:
        """Nothing more will come."""
        self.ended = True
        self._moved.set()

    async def next(self) -> tuple[bytes, int, bool] | None:
        """The next message, its status and whether it is the last; None at the end."""
        while not self._messages:
            if self.ended:
                return None
            self._moved.clear()
            await self._moved.wait()
        message = self._messages.popleft()
        self._held -= len(message[0])
        return message


async def pour(
    stream: Stream,
    reply: Reply,
    fields: tuple[tuple[str, str], ...] = (),
    *,
    silence: float = SILENCE,
) -> None:
    """Send everything in a stream as one response.

    Args:
        stream: Where the messages come from.
        reply: Where they go.
        fields: More response headers.
        silence: Seconds until a sign of life.
    """
    while True:
        try:
            async with asyncio.timeout(silence):
                found = await stream.next()
        except TimeoutError:
            await reply.breathe(fields)
            continue
        if found is None:
            await reply.finish(fields)
            return
        message, status, last = found
        if last and not reply.streaming:
            await reply.send(status, message, fields)
            return
        await reply.event(message, fields)
        if last:
            await reply.finish(fields)
            return
