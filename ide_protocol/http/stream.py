"""The messages that answer one HTTP request, from the hub's line to the client.

An answer that comes alone is sent as JSON, so that its error can choose the HTTP status; as soon as
something else comes first, or nothing for a while, the response becomes an event stream.

A stream of a legacy session has a name. Its events carry ids, `name.number`, and what was sent is
kept for a while, so that a client whose stream ended hears the rest on another response
(2025-11-25, transports, "Resumability and Redelivery").
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ide_protocol.door.connection import OUTBOX_MOST

if TYPE_CHECKING:
    from ide_protocol.http.visitor import Reply

SILENCE = 15.0
"""Seconds without a message after which a response says that it lives."""

RETRY = 1000
"""Milliseconds after which a client may come back for the rest of its stream."""

SENT_MOST = 1024 * 1024
"""Bytes of what a stream has sent that are kept for a client that comes back, beside its answer."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a stream.

    Attributes:
        message: One JSON text.
        status: The HTTP status, should it be sent alone.
        last: Whether it ends the stream.
        identifier: The id of its event; empty where streams are not resumed.
    """

    message: bytes
    status: int = 200
    last: bool = False
    identifier: str = ""


class Stream:
    """A queue of messages with an end, bounded in bytes, read by one response at a time.

    Args:
        name: What its events' ids begin with; empty where it is not resumed.
        primes: Whether the client knows an event that has an id and no data.

    Attributes:
        name: See above.
        ended: Whether nothing more will be put in.
        opened: Whether the client knows an id of it, and so can come back.
        retry: Milliseconds until the client shall come back, where its response is to end before
            the answer; else None.
    """

    def __init__(self, name: str = "", *, primes: bool = False) -> None:
        self.name = name
        self.ended = False
        self.opened = False
        self.retry: int | None = None
        self._primes = primes
        self._said: deque[Said] = deque()
        self._moved = asyncio.Event()
        self._put = 0
        self._read = 0
        self._unread_bytes = 0
        self._sent_bytes = 0
        self._response = 0
        self._responses = 0

    @property
    def read(self) -> bool:
        """Whether a response reads it now."""
        return self._response != 0

    @property
    def held(self) -> int:
        """Bytes of messages in it, sent or not."""
        return self._unread_bytes + self._sent_bytes

    # --- what goes in ------------------------------------------------------------------------

    def put(self, message: bytes, *, last: bool = False, status: int = 200) -> None:
        """Queue one message, unless the stream has ended.

        Args:
            message: One JSON text.
            last: Whether it ends the stream.
            status: The HTTP status, should it be sent alone.
        """
        if self.ended:
            return
        self._put += 1
        identifier = f"{self.name}.{self._put}" if self.name else ""
        self._said.append(Said(message, status, last, identifier))
        self._unread_bytes += len(message)
        # A client that does not read loses its stream, never the others theirs.
        self.ended = last or self._unread_bytes > OUTBOX_MOST
        self._moved.set()

    def end(self) -> None:
        """Nothing more will come."""
        self.ended = True
        self._moved.set()

    def let_go(self, retry: int | None) -> None:
        """End the response before the answer, where the client knows how to come back for it."""
        if self._primes and self.opened and not self.ended:
            self.retry = RETRY if retry is None else retry
            self._moved.set()

    # --- what comes out ----------------------------------------------------------------------

    def enter(self) -> int:
        """Begin to read with a new response, which takes the place of another; its number."""
        self._responses += 1
        self._response = self._responses
        self.retry = None
        self._moved.set()
        return self._response

    def leave(self, response: int) -> None:
        """Stop reading, unless another response reads already."""
        if self._response == response:
            self._response = 0

    def opening(self) -> str:
        """The id with which the response that just entered may begin; empty for none."""
        if not (self.name and self._primes):
            return ""
        # No event has it: the client that comes back with it has read all that came before.
        return f"{self.name}.{self._read}.{self._response}"

    def rewind(self, number: int) -> bool:
        """Have the message after `number` read next; False when that is not kept any more."""
        if not self._put - len(self._said) <= number <= self._put:
            return False
        kept = len(self._said) - (self._put - number)
        sizes = [len(said.message) for said in self._said]
        self._read = number
        self._sent_bytes, self._unread_bytes = sum(sizes[:kept]), sum(sizes[kept:])
        return True

    def unread(self) -> list[bytes]:
        """The messages that no response has sent."""
        return [
            said.message for said in list(self._said)[len(self._said) - self._put + self._read :]
        ]

    async def next(self, response: int = 0) -> Said | None:
        """The next message; None where the response is to end.

        Args:
            response: Its number, see `enter`; 0 for whoever reads without one.
        """
        while self._response == response and self._read == self._put:
            if self.ended or self.retry is not None:
                return None
            self._moved.clear()
            await self._moved.wait()
        if self._response != response:
            return None
        said = self._said[len(self._said) - (self._put - self._read)]
        self._read += 1
        self._unread_bytes -= len(said.message)
        self._sent_bytes += len(said.message)
        self._drop_sent()
        return said

    def _drop_sent(self) -> None:
        """Forget what was sent, as far as nobody can or will ask for it again."""
        most = SENT_MOST if self.name else 0
        while self._said and self._put - len(self._said) < self._read:
            oldest = self._said[0]
            if self._sent_bytes <= most or (self.name and oldest.last):
                return
            self._said.popleft()
            self._sent_bytes -= len(oldest.message)


async def pour(
    stream: Stream,
    reply: Reply,
    fields: tuple[tuple[str, str], ...] = (),
    *,
    at_once: bool = False,
    silence: float = SILENCE,
) -> None:
    """Send everything in a stream as one response.

    Args:
        stream: Where the messages come from.
        reply: Where they go.
        fields: More response headers.
        at_once: Whether the response is an event stream whatever comes.
        silence: Seconds until a sign of life.
    """
    response = stream.enter()
    opening = stream.opening()
    try:
        if at_once:
            await _open(stream, opening, reply, fields)
            if not reply.streaming:
                await reply.breathe(fields)
        while True:
            try:
                async with asyncio.timeout(silence):
                    said = await stream.next(response)
            except TimeoutError:
                await _open(stream, opening, reply, fields)
                await reply.breathe(fields)
                continue
            if said is None:
                break
            if said.last and not reply.streaming:
                await reply.send(said.status, said.message, fields)
                return
            await _open(stream, opening, reply, fields)
            stream.opened = stream.opened or bool(said.identifier)
            await reply.event(said.message, fields, said.identifier)
            if said.last:
                break
        await reply.finish(fields, retry=stream.retry)
    finally:
        stream.leave(response)


async def _open(
    stream: Stream, opening: str, reply: Reply, fields: tuple[tuple[str, str], ...]
) -> None:
    """Begin an event stream with an id, where the response is none yet and the client knows how."""
    if opening and not reply.streaming:
        stream.opened = True
        await reply.prime(opening, RETRY, fields)
