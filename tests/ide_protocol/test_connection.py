"""One window's socket: whatever it sends or refuses to read, it costs a bounded amount."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide_protocol.door import connection as module
from ide_protocol.door.connection import Connection, Frames

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LIMIT = 16


class Pair:
    """A connection and the raw socket at its other end."""

    def __init__(self, near: Connection, far: socket.socket) -> None:
        self.near = near
        self.far = far


async def connect() -> tuple[Connection, socket.socket]:
    """A connection over a real socket pair."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    return Connection(*await asyncio.open_unix_connection(sock=ours)), theirs


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    """A connection whose other end the test holds."""
    near, far = await connect()
    yield Pair(near, far)
    far.close()
    await near.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test reaches at once."""
    monkeypatch.setattr(module, "LINE_LIMIT", LIMIT)
    monkeypatch.setattr(module, "OUTBOX", 64 * 1024)
    monkeypatch.setattr(module, "OUTBOX_MOST", 4 * 1024 * 1024)


async def heard(parts: list[bytes], *, framed: bool = False) -> list[bytes | None]:
    """What a connection makes of these parts, each read on its own."""
    near, far = await connect()
    source = Frames(near) if framed else near.lines()

    async def send() -> None:
        loop = asyncio.get_running_loop()
        for part in parts:
            await loop.sock_sendall(far, part)
            await asyncio.sleep(0)
        far.shutdown(socket.SHUT_WR)

    sending = asyncio.ensure_future(send())
    found = [line async for line in source]
    await sending
    far.close()
    await near.close()
    return found


LINES = st.lists(st.binary(max_size=LIMIT * 2).map(lambda b: b.replace(b"\n", b"")), max_size=6)


@given(lines=LINES, cuts=st.lists(st.integers(0, 120), max_size=6))
def test_lines_arrive_whole_however_they_are_cut(lines: list[bytes], cuts: list[int]) -> None:
    """Each line up to the limit comes back; each longer one is one None, whatever the packets."""
    whole = b"".join(line + b"\n" for line in lines)
    edges = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    parts = [whole[a:b] for a, b in pairwise(edges)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LINE_LIMIT", LIMIT)
        assert asyncio.run(heard(parts)) == [n if len(n) <= LIMIT else None for n in lines]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (b"", []),
        (b"half", [b"half"]),
        (b"x" * 999, [None]),
        (b"\n\n", [b"", b""]),
        (b"x" * 999 + b"\nnext\n", [None, b"next"]),
        (b"x" * LIMIT + b"\n", [b"x" * LIMIT]),
    ],
)
async def test_the_end_of_input_ends_the_last_line(sent: bytes, lines: list[bytes | None]) -> None:
    """A last line needs no end, and a giant one is told of once."""
    assert await heard([sent]) == lines


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("sent", "bodies"),
    [
        (b"Content-Length: 2\r\n\r\n{}", [b"{}"]),
        (b"content-length: 2\r\nContent-Type: x\r\n\r\n{}Content-Length:0\r\n\r\n", [b"{}", b""]),
        (b"Content-Length: 99\r\n\r\n" + b"x" * 99 + b"Content-Length: 1\r\n\r\n7", [None, b"7"]),
        (b"Content-Length: 99\r\n\r\nxx", []),
        (b"Content-Length: 9\r\n\r\nxx", []),
        (b"Content-Length: -1\r\n\r\n{}", []),
        (b"Content-Length: 1e3\r\n\r\n{}", []),
        (b"Content-Length: " + b"9" * 40 + b"\r\n\r\n{}", []),
        (b"Content-Type: x\r\n\r\n{}", []),
        (b"{}\n", []),
        (b"x" * 200_000, []),
    ],
)
async def test_frames_are_read_or_the_end(sent: bytes, bodies: list[bytes | None]) -> None:
    """After a header that cannot be trusted nothing can; a giant body is skipped and told of."""
    assert await heard([sent], framed=True) == bodies


@pytest.mark.usefixtures("small")
async def test_who_does_not_read_is_read_from_no_more() -> None:
    """However many requests wait, answers stop at the bound, and go on once the window reads."""
    near, far = await connect()
    answer = b"a" * 32 * 1024
    answered = 0

    async def serve() -> None:
        nonlocal answered
        async for _ in near.lines():
            answered += 1
            near.write(answer)

    serving = asyncio.ensure_future(serve())
    far.send(b"request\n" * 200)
    for _ in range(1000):
        await asyncio.sleep(0)
    held = near._transport.get_write_buffer_size()
    assert answered < 200
    assert held <= 64 * 1024 + len(answer)
    read = 0
    while read < 200 * len(answer):
        part = await asyncio.get_running_loop().sock_recv(far, 2**20)
        assert part
        read += len(part)
    assert answered == 200
    far.close()
    await serving
    await near.close()


@pytest.mark.usefixtures("small")
async def test_answers_beyond_the_last_bound_cut_the_window_off() -> None:
    """What is under way may not pile up without end either; later writes are dropped."""
    near, far = await connect()
    for _ in range(100):
        near.write(b"x" * 256 * 1024)
    await asyncio.sleep(0)
    assert near.closed
    assert near.gone()
    assert near._transport.get_write_buffer_size() == 0
    far.close()
    await near.close()


async def test_parting_from_a_window_that_never_reads_ends_and_frees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gentle close would hold the queued bytes for as long as the other process lives."""
    monkeypatch.setattr(module, "_PARTING", 0.01)
    near, far = await connect()
    near.write(b"x" * 8 * 1024 * 1024)
    assert near._transport.get_write_buffer_size() > 0
    await near.farewell(0)
    assert near.closed
    assert near._transport.get_write_buffer_size() == 0
    far.close()


async def test_a_farewell_follows_everything_that_was_queued(pair: Pair) -> None:
    """A window that reads gets all of it, then the code."""
    pair.near.write(b"x" * 2**20)
    closing = asyncio.ensure_future(pair.near.farewell(3))
    read = b""
    while part := await asyncio.get_running_loop().sock_recv(pair.far, 2**16):
        read += part
    await closing
    assert read == b"x" * 2**20 + b"\x003\n"


async def test_done_with_sending_is_not_dead(pair: Pair) -> None:
    """A half-closed window still gets its answers; a closed one is gone."""
    pair.far.shutdown(socket.SHUT_WR)
    assert not pair.near.gone()
    pair.far.close()
    assert pair.near.gone()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked for the peer")
async def test_the_kernel_says_who_is_at_the_other_end(pair: Pair) -> None:
    """Process and user come from the socket, not from what was said."""
    assert pair.near.peer() == (os.getpid(), os.getuid())


@pytest.mark.usefixtures("small")
async def test_many_large_answers_at_once_all_reach_a_window_that_reads(pair: Pair) -> None:
    """Answers wait for the ones before them to be read, so none cuts the window off."""
    answers = [bytes([65 + number]) * (1024 * 1024) for number in range(12)]

    async def answer(body: bytes) -> None:
        await pair.near.room()
        pair.near.write(body)

    answering = [asyncio.ensure_future(answer(body)) for body in answers]
    loop, received = asyncio.get_running_loop(), bytearray()
    while len(received) < 12 * 1024 * 1024:
        received += await loop.sock_recv(pair.far, 1024 * 1024)
    await asyncio.gather(*answering)
    assert bytes(received) == b"".join(answers)
    assert not pair.near.closed
