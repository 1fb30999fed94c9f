"""What the upstream tests share: servers on loopback, and a hub's worth of upstreams."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn

from auth.network import Network
from proxy.upstream import Era, EraMemory, Upstream
from proxy.upstream.era import Terms
from tests.proxy.upstream.upstream_double import Double, Tokens

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from starlette.types import ASGIApp

    from proxy.upstream.contract import OwnHeaders


@pytest.fixture
async def double() -> AsyncIterator[Double]:
    """A server that does what the test says, on loopback."""
    double = Double()
    running: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.ensure_future(double.serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    double.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"
    yield double
    server.close()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


class Server(uvicorn.Server):
    """A server in the loop of the test, which says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def _served(application: ASGIApp) -> AsyncIterator[str]:
    """Run an ASGI application on loopback; its MCP endpoint's URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application, log_config=None, ws="none", timeout_graceful_shutdown=1, lifespan="on"
    )
    server = Server(config)
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    await server.listening.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    finally:
        server.should_exit = True
        await running
        listener.close()


class Room:
    """Everything one hub has for its upstreams: a network, a memory, and the upstreams made."""

    def __init__(self, path: Path) -> None:
        self.network = Network()
        self.memory = EraMemory(str(path / "eras.json"))
        self.stack = AsyncExitStack()

    def upstream(
        self,
        url: str,
        *,
        grant: Tokens | None = None,
        remembered: Era | None = None,
        headers: OwnHeaders | None = None,
    ) -> Upstream:
        """An upstream at `url`, closed when the test ends."""
        if remembered is not None:
            version = "2026-07-28" if remembered is Era.MODERN else "2025-11-25"
            self.memory.keep(url, Terms(remembered, version))
        upstream = Upstream(
            "presto",
            url,
            network=self.network,
            grant=grant,
            memory=self.memory,
            headers=headers,
        )
        self.stack.push_async_callback(upstream.aclose)
        return upstream


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A hub's worth of upstreams."""
    room = Room(tmp_path)
    yield room
    await room.stack.aclose()
    await room.network.aclose()


@pytest.fixture
def served() -> Callable[[ASGIApp], AbstractAsyncContextManager[str]]:
    """Runs an ASGI application on loopback while a context is open; gives its endpoint's URL."""
    return _served
