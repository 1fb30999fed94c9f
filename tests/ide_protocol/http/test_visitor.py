"""One HTTP connection, byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from ide_protocol.http import visitor as module
from ide_protocol.http.visitor import HEAD_LIMIT, Visitor
from proxy.wire import LINE_LIMIT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from ide_protocol.http.request import Request
    from ide_protocol.http.visitor import Reply

POST = b"POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}"


@contextlib.asynccontextmanager
async def visited(
    answer: Callable[[Request, Reply], Awaitable[None]],
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a front that answers so."""

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Visitor(reader, writer, answer).serve()
        ended.set()

    ended = asyncio.Event()
    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        async with asyncio.timeout(120):
            await ended.wait()
        server.close()


async def echo(request: Request, reply: Reply) -> None:
    """Send the body back."""
    await reply.send(200, request.body)


async def test_a_connection_serves_one_request_after_the_other() -> None:
    """Also those that came before the first was answered."""
    async with visited(echo) as (reader, writer):
        writer.write(POST + POST.replace(b"{}", b"[]"))
        found = b""
        async with asyncio.timeout(120):
            while found.count(b"HTTP/1.1 200") < 2 or not found.endswith(b"[]"):
                found += await reader.read(1000)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * (HEAD_LIMIT + 1), 431),
        (b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n", 400),
        (
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % (LINE_LIMIT + 1)
            + b"x" * (LINE_LIMIT + 1),
            413,
        ),
    ],
    ids=["noise", "no-host", "two-hosts", "long-head", "length", "long-body"],
)
async def test_what_cannot_be_read_is_refused_and_the_connection_ends(
    sent: bytes, status: int
) -> None:
    """With a status that says why; the client reads it although it sent too much."""
    async with visited(echo) as (reader, writer):
        writer.write(sent)
        async with asyncio.timeout(120):
            found = await reader.readline()
            await reader.read()
    assert found.startswith(b"HTTP/1.1 %d" % status)


async def test_a_client_that_asks_first_is_told_to_go_on() -> None:
    """`Expect: 100-continue`, as some clients send with a large body."""
    async with visited(echo) as (reader, writer):
        head, body = POST[:-2], POST[-2:]
        writer.write(head.replace(b"\r\n\r\n", b"\r\nexpect: 100-continue\r\n\r\n"))
        async with asyncio.timeout(120):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
            writer.write(body)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")


async def test_an_answer_ends_when_its_client_has_gone() -> None:
    """So that what is under way for it can be withdrawn."""
    begun, withdrawn = asyncio.Event(), asyncio.Event()

    async def wait(request: Request, reply: Reply) -> None:
        del request, reply
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            withdrawn.set()

    async with visited(wait) as (_, writer):
        writer.write(POST)
        async with asyncio.timeout(120):
            await begun.wait()
            writer.close()
            await withdrawn.wait()


async def test_a_client_that_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word, after a while."""
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.01)
    async with visited(echo) as (reader, writer):
        writer.write(b"POST /mcp HT")
        async with asyncio.timeout(120):
            assert await reader.read() == b""


@pytest.mark.parametrize("asked", [True, False], ids=["under-way", "idle"])
async def test_a_front_that_is_told_to_stop_ends_its_visits_in_order(asked: bool) -> None:
    """Nothing is reported as an error: whoever reads the front's stderr looks for what is wrong."""
    reported: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: reported.append(told))
    begun, ended = asyncio.Event(), asyncio.Event()
    tasks: list[asyncio.Task[None]] = []

    async def wait(request: Request, reply: Reply) -> None:
        del request, reply
        begun.set()
        await asyncio.Event().wait()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.add_done_callback(lambda _: ended.set())
        tasks.append(task)
        if not asked:
            begun.set()
        await Visitor(reader, writer, wait).serve()

    async with await asyncio.start_server(receive, "127.0.0.1", 0) as server, asyncio.timeout(120):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        if asked:
            writer.write(POST)
        await begun.wait()
        tasks[0].cancel()
        await ended.wait()
        assert await reader.read() == b""
        writer.close()
    assert reported == []
