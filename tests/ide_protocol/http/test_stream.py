"""The messages of one response."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from ide_protocol.door.connection import OUTBOX_MOST
from ide_protocol.http import stream as stream_module
from ide_protocol.http.stream import Said, Stream, pour

if TYPE_CHECKING:
    import pytest

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

    async def event(self, message: bytes, fields: object, identifier: str = "") -> None:
        """One message."""
        del fields
        self.streaming = True
        self.written.append((identifier, message) if identifier else message)

    async def prime(self, identifier: str, retry: int, fields: object) -> None:
        """An id without a message."""
        del fields, retry
        self.streaming = True
        self.written.append(identifier)

    async def breathe(self, fields: object) -> None:
        """A sign of life."""
        del fields
        self.streaming = True
        self.breathed.set()

    async def finish(self, fields: object, *, retry: int | None) -> None:
        """The end."""
        del fields
        self.written.append("end" if retry is None else f"back in {retry}")


async def poured(stream: Stream, *, silence: float = 60) -> list[object]:
    """What a stream becomes."""
    paper = Paper()
    async with asyncio.timeout(120):
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
    async with asyncio.timeout(120):
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


async def test_what_was_sent_is_kept_within_bounds_and_the_answer_always(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a client can come back; elsewhere nothing that was sent is kept."""
    monkeypatch.setattr(stream_module, "SENT_MOST", 10)
    for name, held in (("c1", [12]), ("", [0])):
        stream = Stream(name, primes=True)
        for _ in range(3):
            stream.put(b"x" * 6)
        stream.put(b"y" * 12, last=True)
        await poured(stream)
        assert [stream.held] == held
    stream = Stream("c1", primes=True)
    for _ in range(3):
        stream.put(b"x" * 6)
    stream.put(b"y", last=True)
    await poured(stream)
    assert not stream.rewind(1)
    assert stream.rewind(2)
    assert await poured(stream) == [("c1.2.2"), ("c1.3", b"x" * 6), ("c1.4", b"y"), "end"]


async def test_a_stream_that_is_let_go_says_what_it_has_first() -> None:
    """And one that is at its end ends as it would have."""
    stream = Stream("c1", primes=True)
    stream.put(b"1")
    stream.opened = True
    stream.let_go(7)
    response = stream.enter()
    stream.let_go(7)
    assert (await stream.next(response) or Said(b"")).message == b"1"
    assert await stream.next(response) is None
    assert stream.retry == 7
    stream.end()
    stream.let_go(9)
    assert stream.retry == 7
