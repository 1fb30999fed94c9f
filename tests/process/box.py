"""A remote MCP server of few words: its tools, its silence and its death are the test's to say."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from tests.proxy.upstream.upstream_double import Double

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.proxy.upstream.upstream_double import Wire


DoubleT = TypeVar("DoubleT", bound=Double)


def tool(name: str, **annotations: bool) -> dict[str, Any]:
    """A tool that takes anything."""
    return {"name": name, "inputSchema": {"type": "object"}, "annotations": annotations}


class Box(Double):
    """A server in either era.

    `wait` answers once `released` is set; `big` answers with `size` characters; every other tool
    answers with its own name.

    Attributes:
        tools: What it lists.
        waiting: Set once a call of `wait` has arrived.
        released: Lets calls of `wait` answer.
        cancelled: Set once a legacy cancellation has arrived.
        left: Set once the caller of `wait` closed its connection before the answer.
        status: The HTTP status of every answer to a call, when it is not 200.
        pause: When set, nothing is answered at all before it is set.
    """

    def __init__(self, *, legacy: bool = False) -> None:
        super().__init__()
        self.tools = [tool(name) for name in ("read", "wait", "big", "change", "drop")]
        self.waiting, self.released, self.left = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.cancelled = asyncio.Event()
        self.size = 1_000_000
        self.status = 200
        self.pause: asyncio.Event | None = None
        self._legacy = legacy
        self._readers: dict[asyncio.StreamWriter, asyncio.StreamReader] = {}
        self.behave = self._behave

    @property
    def calls(self) -> list[str]:
        """The tools that were called, in order."""
        calls = [seen for seen in self.seen if seen.method == "tools/call"]
        return [str(seen.message["params"]["name"]) for seen in calls]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read requests off one connection until it ends."""
        self._readers[writer] = reader
        await super().serve(reader, writer)

    async def _behave(self, wire: Wire) -> None:
        method = wire.seen.method
        if method == "notifications/cancelled":
            self.cancelled.set()
        if self.pause is not None:
            await self.pause.wait()
        if method == "tools/list":
            wire.result({"tools": self.tools, **self._complete()})
        elif method == "tools/call":
            await self._call(wire)
        elif self._legacy:
            if method == "server/discover":
                wire.error(-32601, status=400)
            else:
                await self.legacy(wire)
        elif "id" in wire.seen.message:
            await self.modern(wire)
        else:
            wire.send(202)

    async def _call(self, wire: Wire) -> None:
        if self.status != 200:
            wire.send(self.status, b"no", "text/plain")
            return
        name = wire.seen.message["params"]["name"]
        if name == "wait":
            await self._hold(wire)
        text = "x" * self.size if name == "big" else str(name)
        wire.result({"content": [{"type": "text", "text": text}], **self._complete()})

    async def _hold(self, wire: Wire) -> None:
        """Wait for `released`, and notice when the caller leaves first."""
        self.waiting.set()
        leaving = asyncio.ensure_future(self._readers[wire.writer].read(1))
        releasing = asyncio.ensure_future(self.released.wait())
        await asyncio.wait({leaving, releasing}, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            self.left.set()
        for task in (leaving, releasing):
            task.cancel()
        await asyncio.gather(leaving, releasing, return_exceptions=True)

    def _complete(self) -> dict[str, str]:
        return {} if self._legacy else {"resultType": "complete"}


@asynccontextmanager
async def served(box: DoubleT, port: int = 0) -> AsyncIterator[DoubleT]:
    """Serve a box on loopback until the end of the block; its connections end with it."""
    running: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.ensure_future(box.serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", port)
    box.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"
    try:
        yield box
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
