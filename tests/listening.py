"""An ASGI application on a port of its own, in the loop of the test."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from socket import socket

    from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.listening.set()


@contextlib.asynccontextmanager
async def listening(application: ASGIApp) -> AsyncIterator[str]:
    """Serve it while the block lasts; yields its URL."""
    config = uvicorn.Config(
        application, port=0, lifespan="off", log_config=None, ws="none", loop="none"
    )
    server = _Server(config)
    serving = asyncio.create_task(server._serve())
    await server.listening.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving
