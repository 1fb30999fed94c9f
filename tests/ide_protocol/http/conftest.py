"""A loopback front in this process, before a hub that says what the test wants."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from auth.secret import Secret
from ide_protocol.http.front import HttpFront
from ide_protocol.http.line import HubLine
from ide_protocol.http.serving import listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

SECRET = "s" * 43
MODERN = "2026-07-28"
_KEYS = "io.modelcontextprotocol/"


def meta(name: str = "tester", **more: object) -> dict[str, Any]:
    """What a modern request carries."""
    return {
        f"{_KEYS}protocolVersion": MODERN,
        f"{_KEYS}clientCapabilities": {},
        f"{_KEYS}clientInfo": {"name": name, "version": "1"},
        **more,
    }


class Talk:
    """The hub's end of one line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def receive(self) -> dict[str, Any]:
        """The next message of the front."""
        async with asyncio.timeout(120):
            found: dict[str, Any] = json.loads(await self._reader.readline())
        return found

    def send(self, message: dict[str, Any]) -> None:
        """Send a message to the front."""
        self._writer.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def end(self) -> None:
        """Say farewell."""
        self._writer.write(b"\x000\n")
        self._writer.close()

    async def ended(self) -> None:
        """Wait until the front has ended the line; nothing may come before."""
        async with asyncio.timeout(120):
            assert await self._reader.read() == b""


class HubDouble:
    """Everything that the front opened lines to.

    Attributes:
        talks: The lines, in the order in which they were opened.
        now: What the front's clock shows.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.talks: asyncio.Queue[Talk] = asyncio.Queue()
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self) -> HubLine:
        """A line, as the front opens it."""
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_unix_connection(sock=theirs)
        self._writers.append(writer)
        self.talks.put_nowait(Talk(reader, writer))
        return HubLine(*await asyncio.open_unix_connection(sock=ours))

    async def talk(self) -> Talk:
        """The next line."""
        async with asyncio.timeout(120):
            return await self.talks.get()

    def close(self) -> None:
        """Let go of every line."""
        for writer in self._writers:
            writer.close()


class Events:
    """The messages of one response that is a stream.

    Attributes:
        ids: The ids that events had, in their order.
        retry: What the stream said last of when to come back, in milliseconds.
    """

    def __init__(self, response: httpx2.Response) -> None:
        self._lines = response.aiter_lines()
        self.ids: list[str] = []
        self.retry = 0

    async def next(self) -> dict[str, Any] | None:
        """The next message; None at the end."""
        async with asyncio.timeout(120):
            async for line in self._lines:
                word, _, value = line.partition(": ")
                if word == "id":
                    self.ids.append(value)
                elif word == "retry":
                    self.retry = int(value)
                elif word == "data" and value:
                    found: dict[str, Any] = json.loads(value)
                    return found
        return None

    async def primed(self) -> str:
        """The id of the event that has nothing else."""
        async with asyncio.timeout(120):
            async for line in self._lines:
                word, _, value = line.partition(": ")
                if word == "id":
                    self.ids.append(value)
                    return value
        return ""


class Client:
    """An HTTP client of the front."""

    def __init__(self, http: httpx2.AsyncClient, front: HttpFront) -> None:
        self.http = http
        self.front = front
        self.session: dict[str, str] = {}

    @staticmethod
    def headers(message: dict[str, Any]) -> dict[str, str]:
        """What a modern request repeats; nothing for a legacy one."""
        params = message.get("params", {})
        if not any(key.startswith(_KEYS) for key in params.get("_meta", {})):
            return {}
        named = params.get("name") or params.get("uri")
        return {
            "mcp-protocol-version": MODERN,
            "mcp-method": message["method"],
            **({"mcp-name": named} if named else {}),
        }

    async def post(self, message: dict[str, Any], **headers: str) -> httpx2.Response:
        """Send a message; the whole response."""
        sent = {**self.session, **self.headers(message), **headers}
        return await self.http.post("/mcp", json={"jsonrpc": "2.0", **message}, headers=sent)

    @contextlib.asynccontextmanager
    async def stream(
        self,
        message: dict[str, Any] | None = None,
        *,
        first: Awaitable[None] | None = None,
        accept: str = "application/json, text/event-stream",
        last: str | None = None,
    ) -> AsyncIterator[Events]:
        """Send a message, or open the GET stream; the events of the response.

        Args:
            message: What is sent by POST; None opens the GET stream.
            first: What the hub does meanwhile, for a response begins with its first event.
            accept: What a POST says that it takes.
            last: The event after which the GET stream goes on, by its id.
        """
        doing = asyncio.ensure_future(first or asyncio.sleep(0))
        if message is None:
            after = {} if last is None else {"last-event-id": last}
            sent = {**self.session, "accept": "text/event-stream", **after}
            opening = self.http.stream("GET", "/mcp", headers=sent)
        else:
            sent = {**self.session, **self.headers(message), "accept": accept}
            body = {"jsonrpc": "2.0", **message}
            opening = self.http.stream("POST", "/mcp", json=body, headers=sent)
        async with opening as response:
            await doing
            assert response.status_code == 200
            assert response.headers["content-type"] == "text/event-stream"
            yield Events(response)

    async def begin(self, hub: HubDouble, version: str = "2025-06-18") -> Talk:
        """The handshake of a legacy client; the line of its session."""
        asked = asyncio.ensure_future(
            self.post({"id": 0, "method": "initialize", "params": {"capabilities": {}}})
        )
        talk = await hub.talk()
        assert (await talk.receive())["method"] == "initialize"
        talk.send({"id": 0, "result": {"protocolVersion": version}})
        self.session = {"mcp-session-id": (await asked).headers["mcp-session-id"]}
        return talk


@pytest.fixture
async def hub() -> AsyncIterator[HubDouble]:
    """A hub that the test speaks for."""
    double = HubDouble()
    yield double
    double.close()


@pytest.fixture
async def client(hub: HubDouble) -> AsyncIterator[Client]:
    """A client of a front before that hub."""
    front = HttpFront(hub.connect, secret=Secret(SECRET), clock=lambda: hub.now)
    async with listening(front, 0) as url:
        headers = {
            "authorization": f"Bearer {SECRET}",
            "accept": "application/json, text/event-stream",
        }
        base = url.removesuffix("/mcp")
        async with httpx2.AsyncClient(base_url=base, headers=headers, trust_env=False) as http:
            yield Client(http, front)
