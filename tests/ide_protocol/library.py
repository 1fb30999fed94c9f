"""A server with one of everything, in either era, and a door behind which several of them stand."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from ide_protocol.wiring import build
from proxy.home import Home
from tests.ide_protocol.conftest import Door
from tests.process.box import served
from tests.proxy.upstream.upstream_double import Double

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.proxy.upstream.upstream_double import Wire

CAPABILITIES = {
    "tools": {"listChanged": True},
    "prompts": {"listChanged": True},
    "resources": {"listChanged": True, "subscribe": True},
    "completions": {},
    "logging": {},
}


class Library(Double):
    """One tool, prompt, resource and template; every answer repeats what was asked.

    Attributes:
        lists: Method of a list -> key and entries.
        listening: Set when a stream of changes is open, or was asked for by GET.
        answers: Method -> a result to give instead.
    """

    def __init__(self, *, legacy: bool = False) -> None:
        super().__init__()
        self.is_legacy = legacy
        self.capabilities: dict[str, Any] = dict(CAPABILITIES)
        self.lists: dict[str, tuple[str, list[dict[str, Any]]]] = {
            "tools/list": ("tools", [{"name": "read", "inputSchema": {"type": "object"}}]),
            "prompts/list": ("prompts", [{"name": "greet", "vendor": {"x": 1}}]),
            "resources/list": ("resources", [{"uri": "file:///a", "name": "a"}]),
            "resources/templates/list": (
                "resourceTemplates",
                [{"uriTemplate": "row:///{id}", "name": "row"}],
            ),
        }
        self.answers: dict[str, dict[str, Any]] = {}
        self.listening = asyncio.Event()
        self._streams: list[Wire] = []
        self.behave = self._behave

    def say(self, method: str, **params: Any) -> None:  # noqa: ANN401 - any JSON.
        """Say something on every open stream."""
        for wire in self._streams:
            meta = {"io.modelcontextprotocol/subscriptionId": wire.seen.message.get("id", 0)}
            told = params if self.is_legacy else {**params, "_meta": meta}
            wire.event({"jsonrpc": "2.0", "method": method, "params": told})

    def open_last(self) -> bool:
        """Whether the newest thing that was asked for is a stream, so that it listens by now."""
        return bool(self._streams) and self.methods()[-1] == "GET"

    def params(self, method: str) -> list[dict[str, Any]]:
        """The params of every request of a method, without what the protocol adds."""
        return [
            {k: v for k, v in seen.message["params"].items() if k != "_meta"}
            for seen in self.seen
            if seen.method == method
        ]

    async def _behave(self, wire: Wire) -> None:
        method, message = wire.seen.method, wire.seen.message
        if method == "initialize" and self.is_legacy:
            info = {"name": "library", "version": "1"}
            wire.result(
                {
                    "protocolVersion": "2025-11-25",
                    "capabilities": self.capabilities,
                    "serverInfo": info,
                },
                mcp_session_id=f"s{len(self.seen)}",
            )
        elif method in {"GET", "subscriptions/listen"}:
            await self._listen(wire)
        elif "id" not in message:
            wire.send(202)
        elif method == "server/discover" and not self.is_legacy:
            wire.result({"supportedVersions": ["2026-07-28"], "capabilities": self.capabilities})
        elif method in {"server/discover", "initialize"}:
            wire.error(-32601, status=400)
        elif method in self.lists:
            key, entries = self.lists[method]
            wire.result({key: entries, **self._complete()})
        else:
            wire.result(self.answers.get(method) or self._answer(method, message["params"]))

    def _answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        echo = {key: value for key, value in params.items() if key != "_meta"}
        if method == "resources/read":
            contents = [{"uri": params["uri"], "text": "page", "vendor": [1]}]
            return {"contents": contents, **self._complete()}
        return {"echo": echo, "content": [], "messages": [], **self._complete()}

    async def _listen(self, wire: Wire) -> None:
        wire.stream()
        if not self.is_legacy:
            wire.event(
                {
                    "jsonrpc": "2.0",
                    "method": "notifications/subscriptions/acknowledged",
                    "params": {
                        "notifications": wire.seen.message["params"]["notifications"],
                        "_meta": {
                            "io.modelcontextprotocol/subscriptionId": wire.seen.message["id"]
                        },
                    },
                }
            )
        self._streams.append(wire)
        self.listening.set()

    def _complete(self) -> dict[str, str]:
        return {} if self.is_legacy else {"resultType": "complete"}


@asynccontextmanager
async def shelves(folder: Path, more: str = "", **servers: Double) -> AsyncIterator[Door]:
    """A door of a hub of these servers, written down by hand, whose calls nobody is asked about."""
    async with AsyncExitStack() as stack:
        lines = []
        for name, server in servers.items():
            await stack.enter_async_context(served(server))
            lines.append(f'[servers.{name}]\nurl = "{server.url}"\nconfirm = "never"\n')
        (folder / "portico.toml").write_text("".join(lines) + more, encoding="utf-8")
        home = Home(str(folder), own=True)
        hub = build(home)
        hub.start()
        door = Door(home, hub)
        try:
            yield door
        finally:
            await door.close()
