"""A client, a grant and a server that do what the test says."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from auth.secret import Secret
from proxy.upstream.contract import Refused
from proxy.upstream.era import Era

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


class Asker:
    """A client at the other end of a relay: it keeps what it hears and answers as told."""

    def __init__(
        self, capabilities: Mapping[str, Any] | None = None, era: Era = Era.MODERN
    ) -> None:
        self.era = era
        self.capabilities: Mapping[str, Any] = capabilities or {}
        self.heard: list[dict[str, Any]] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answer: Callable[[], Awaitable[dict[str, Any]]] = self.refuse

    async def refuse(self) -> dict[str, Any]:
        """Answer every question with a JSON-RPC error."""
        raise Refused(-32601, "nobody is here")

    def notify(self, message: dict[str, Any]) -> None:
        """Keep a notification."""
        self.heard.append(message)

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Keep a question and answer it."""
        self.asked.append((method, params))
        return await self.answer()


class Tokens:
    """A grant that hands out the next of its tokens when one was refused.

    Args:
        values: The tokens.
        chances: How often a request may be tried again, as often with the last token.
    """

    def __init__(self, *values: str, chances: int = 1) -> None:
        self.values = [Secret(value) for value in values]
        self.chances = chances
        self.refusals: list[str] = []

    async def token(self) -> Secret:
        """The current token."""
        return self.values[0]

    async def again(
        self, token: Secret | None, status: int, _header: str, tried: int
    ) -> Secret | None:
        """Go on to the next token after a 401, if there is one."""
        if token is None or status != 401 or tried >= self.chances:
            return None
        self.refusals.append(token.reveal())
        if len(self.values) > 1:
            self.values.pop(0)
        return self.values[0] if self.values[0] != token or self.chances > 1 else None


class Seen:
    """One HTTP request as it arrived: `verb`, `headers` (lower case) and `message`."""

    def __init__(self, verb: str, headers: dict[str, str], body: bytes) -> None:
        self.verb = verb
        self.headers = headers
        self.body = body
        self.message: dict[str, Any] = json.loads(body) if body else {}

    @property
    def method(self) -> str:
        """The JSON-RPC method, or the HTTP one when there is no body."""
        return str(self.message.get("method", "response" if self.message else self.verb))


class Wire:
    """What a double may do with the connection that a request came in on."""

    def __init__(self, writer: asyncio.StreamWriter, seen: Seen) -> None:
        self.writer = writer
        self.seen = seen

    def head(self, status: int, **headers: str) -> None:
        """Send a status line and headers; underscores in names stand for hyphens."""
        lines = [
            f"HTTP/1.1 {status} X",
            *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
        ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())

    def send(
        self, status: int, body: bytes = b"", kind: str = "application/json", **headers: str
    ) -> None:
        """Send a whole answer."""
        self.head(status, content_type=kind, content_length=str(len(body)), **headers)
        self.writer.write(body)

    def json(self, message: object, status: int = 200, **headers: str) -> None:
        """Send a whole JSON answer."""
        self.send(status, json.dumps(message).encode(), **headers)

    def result(self, result: object, **headers: str) -> None:
        """Answer the request with a JSON-RPC result."""
        answer = {"jsonrpc": "2.0", "id": self.seen.message["id"], "result": result}
        self.json(answer, 200, **headers)

    def error(
        self, code: int, status: int = 200, message: str = "no", identifier: object = ...
    ) -> None:
        """Answer the request with a JSON-RPC error."""
        named = self.seen.message["id"] if identifier is ... else identifier
        error = {"code": code, "message": message}
        self.json({"jsonrpc": "2.0", "id": named, "error": error}, status=status)

    def stream(self) -> None:
        """Begin a stream of events."""
        self.head(200, content_type="text/event-stream", transfer_encoding="chunked")

    def event(self, message: object) -> None:
        """Send one event."""
        self.chunk(b"data: " + json.dumps(message).encode() + b"\n\n")

    def chunk(self, data: bytes) -> None:
        """Send some bytes of a stream; none end it."""
        self.writer.write(b"%x\r\n%s\r\n" % (len(data), data))

    def hang_up(self) -> None:
        """Break the connection."""
        self.writer.transport.abort()


class Double:
    """A server whose every answer is written by the test.

    Attributes:
        url: Its endpoint.
        seen: Every request, in order.
        connections: How many connections were made to it.
        gone: Set when a client closed a connection.
    """

    def __init__(self) -> None:
        self.url = ""
        self.seen: list[Seen] = []
        self.connections = 0
        self.gone = asyncio.Event()
        self.behave: Callable[[Wire], Awaitable[None]] = self.modern

    def methods(self) -> list[str]:
        """The methods of all requests, in order."""
        return [seen.method for seen in self.seen]

    async def modern(self, wire: Wire) -> None:
        """Be a modern server whose tools return what they are given."""
        if wire.seen.method == "server/discover":
            wire.result({"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}})
        else:
            wire.result({"echo": wire.seen.message["params"]})

    async def legacy(self, wire: Wire) -> None:
        """Be a legacy server with sessions."""
        if wire.seen.method == "initialize":
            info = {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "serverInfo": {"name": "l"},
            }
            wire.result(info, mcp_session_id=f"session-{len(self.seen)}")
        elif "id" not in wire.seen.message or wire.seen.method == "response":
            wire.send(202)
        elif "mcp-session-id" not in wire.seen.headers:
            wire.error(-32600, status=400, message="Missing session ID", identifier="server-error")
        else:
            wire.result({"echo": wire.seen.message["params"]})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read requests off one connection until it ends."""
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                pairs = [line.partition(": ") for line in head[1:] if line]
                headers = {name.lower(): value for name, _, value in pairs}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                seen = Seen(head[0].split()[0], headers, body)
                self.seen.append(seen)
                await self.behave(Wire(writer, seen))
        except (asyncio.IncompleteReadError, ConnectionError):
            self.gone.set()
        finally:
            writer.close()
