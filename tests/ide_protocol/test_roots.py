"""A legacy server that asked for a client's roots hears when they are other ones."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.ide_protocol.library import Library, shelves

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ide_protocol.conftest import Client
    from tests.proxy.upstream.upstream_double import Wire

HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"roots": {"listChanged": True}},
    "clientInfo": {"name": "agent", "version": "1"},
}
CHANGED = "notifications/roots/list_changed"


class Rooted(Library):
    """It asks for the roots on the stream of a call, and again whenever they have changed.

    Attributes:
        answers_to: Its questions' answers, as they come.
    """

    def __init__(self) -> None:
        super().__init__(legacy=True)
        self.answers_to: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.behave = self._rooted

    async def _rooted(self, wire: Wire) -> None:
        if wire.seen.method == "response":
            wire.send(202)
            self.answers_to.put_nowait(wire.seen.message)
        elif wire.seen.method == "tools/call":
            wire.stream()
            wire.event({"jsonrpc": "2.0", "id": "first", "method": "roots/list"})
            given = await self.answers_to.get()
            result = {"content": [], "roots": given["result"]["roots"]}
            wire.event({"jsonrpc": "2.0", "id": wire.seen.message["id"], "result": result})
            wire.chunk(b"")
        else:
            await self._behave(wire)
            if wire.seen.method == CHANGED:
                question = {"jsonrpc": "2.0", "id": "again", "method": "roots/list"}
                session = wire.seen.headers["mcp-session-id"]
                for stream in self._streams:
                    if stream.seen.headers["mcp-session-id"] == session:
                        stream.event(question)


async def answering(client: Client, uri: str) -> dict[str, Any]:
    """Say which roots there are whenever that is asked; the first response to a request."""
    while True:
        message = await client.receive()
        if message.get("method") == "roots/list":
            roots = {"roots": [{"uri": uri}]}
            client.send({"jsonrpc": "2.0", "id": message["id"], "result": roots})
        elif "method" not in message:
            return message


async def test_new_roots_reach_the_server_that_asked_and_no_other(tmp_path: Path) -> None:
    """It asks again with no call open; the window that changed answers, without being guessed."""
    asking, silent = Rooted(), Library(legacy=True)
    async with shelves(tmp_path, asking=asking, silent=silent) as door:
        client = await door.open("mcp")
        await client.ask("initialize", HELLO)
        client.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        answer: dict[str, Any] = {}
        for number, name in enumerate(("silent_read", "asking_read"), 2):
            call = {"name": name, "arguments": {}}
            client.send({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": call})
            answer = await answering(client, "file:///old")
        assert answer["result"]["roots"] == [{"uri": "file:///old"}]
        client.send({"jsonrpc": "2.0", "method": CHANGED})
        telling = asyncio.ensure_future(answering(client, "file:///new"))
        again = await asking.answers_to.get()
        telling.cancel()
        assert (again["id"], again["result"]) == ("again", {"roots": [{"uri": "file:///new"}]})
        assert CHANGED not in silent.methods()
        told = next(seen for seen in asking.seen if seen.method == CHANGED)
        called = next(seen for seen in asking.seen if seen.method == "tools/call")
        assert told.headers["mcp-session-id"] == called.headers["mcp-session-id"]
