"""The messages of one response."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from ide_protocol.door.connection import OUTBOX_MOST
from ide_protocol.http.stream import Stream, pour

if TYPE_CHECKING:
    from ide_protocol.http.visitor import Reply


class Paper:
    """A reply that is only written down."""

    def __init__(self) -> None:
        self.streaming = False
        self.written: list[object] = []
        self.breathed = asyncio.Event()

    async def send(self, status: int, body: bytes, fields: object) -> None:
        """A whole response."""
        self.written.append((status, body, fields))

    async def event(self, message: bytes, fields: object) -> None:
        """One message."""
        del fields
        self.streaming = True
        self.written.append(message)

    async def breathe(self, fields: object) -> None:
        """A sign of life."""
        del fields
        self.streaming = True
        self.breathed.set()

    async def finish(self, fields: object) -> None:
        """The end."""
        del fields
        self.written.append("end")


async def poured(stream: Stream, *, silence: float = 60) -> list[object]:
    """What a stream becomes."""
    paper = Paper()
    async with asyncio.timeout(10):
        await pour(stream, cast("Reply", paper), (("a", "b"),), silence=silence)
    return paper.written


async def test_an_answer_alone_is_json_with_its_status() -> None:
    """Nothing can change the status of a stream any more."""
    stream = Stream()
    stream.put(b"{}", last=True, status=404)
    assert await poured(stream) == [(404, b"{}", (("a", "b"),))]


async def test_an_answer_after_something_else_is_an_event() -> None:
    """Everything in its order, and nothing after the last."""
    stream = Stream()
    for message in (b"1", b"2"):
        stream.put(message)
    stream.put(b"3", last=True, status=404)
    stream.put(b"4")
    assert await poured(stream) == [b"1", b"2", b"3", "end"]


async def test_a_long_silence_becomes_a_stream_that_breathes() -> None:
    """By which a client that has gone is noticed, and no proxy gives up."""
    stream, paper = Stream(), Paper()
    pouring = asyncio.ensure_future(pour(stream, cast("Reply", paper), silence=0.01))
    async with asyncio.timeout(10):
        await paper.breathed.wait()
        stream.put(b"1", last=True, status=400)
        await pouring
    assert paper.written == [b"1", "end"]


async def test_a_client_that_does_not_read_loses_its_stream() -> None:
    """What is held for it is bounded; what was queued before still comes."""
    stream = Stream()
    half = b"x" * (OUTBOX_MOST // 2 + 1)
    for message in (half, half, b"lost"):
        stream.put(message)
    assert await poured(stream) == [half, half, "end"]
