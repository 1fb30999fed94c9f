"""A door in this process: a real hub and its reception, reached through real socket pairs."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.door import hello
from ide_protocol.door.reception import Reception
from ide_protocol.wiring import build
from proxy.configuration.company_policy import CompanyPolicy
from proxy.home import Home

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from proxy.hub import Hub


class Client:
    """The other end of one connection, which speaks in lines or in LSP frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, message: object) -> None:
        """Send one JSON line."""
        self.raw(json.dumps(message).encode() + b"\n")

    def raw(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)

    async def receive(self) -> dict[str, Any]:
        """The next JSON line."""
        async with asyncio.timeout(120):
            message: dict[str, Any] = json.loads(await self.reader.readline())
        return message

    async def ask(self, method: str, params: object = None, identifier: int = 1) -> dict[str, Any]:
        """A request, and the next message that answers it."""
        self.send({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or {}})
        while True:
            message = await self.receive()
            if message.get("id") == identifier and "method" not in message:
                return message

    def frame(self, message: object) -> None:
        """Send one LSP message."""
        body = json.dumps(message).encode()
        self.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def receive_frame(self) -> dict[str, Any]:
        """The next LSP message."""
        async with asyncio.timeout(120):
            length = 0
            while (line := await self.reader.readline()).strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            message: dict[str, Any] = json.loads(await self.reader.readexactly(length))
        return message

    async def rest(self) -> bytes:
        """Everything until the connection ends."""
        async with asyncio.timeout(120):
            return await self.reader.read()

    def close(self) -> None:
        """Go away."""
        self.writer.close()


class Door:
    """The reception of a hub in this process."""

    def __init__(self, home: Home, hub: Hub) -> None:
        self.home = home
        self.hub = hub
        self.reception = Reception(hub, standalone=True, stale=lambda: False)
        self._tasks: list[asyncio.Task[None]] = []
        self._clients: list[Client] = []

    async def knock(self, greeting: bytes) -> Client:
        """A connection on which `greeting` was said."""
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_unix_connection(sock=theirs)
        self._tasks.append(asyncio.ensure_future(self.reception.receive(reader, writer)))
        client = Client(*await asyncio.open_unix_connection(sock=ours, limit=2**26))
        client.raw(greeting)
        self._clients.append(client)
        return client

    async def open(self, role: str, **words: Any) -> Client:  # noqa: ANN401 - words of a hello.
        """A connection that was let in."""
        client = await self.knock(hello.compose(role, **words))
        assert "error" not in hello.read(await client.reader.readline())
        return client

    async def close(self) -> None:
        """Let everybody go."""
        for client in self._clients:
            client.close()
        await self.reception.close()
        await self.hub.aclose()


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """A door of an empty home."""
    home = Home(str(tmp_path), own=True)
    # This machine's own administrator has no say in a test.
    mine = CompanyPolicy(f"{tmp_path}/managed/policy.toml", frozenset({os.getuid()}))
    hub = build(home, mine)
    hub.start()
    opened = Door(home, hub)
    yield opened
    await opened.close()
