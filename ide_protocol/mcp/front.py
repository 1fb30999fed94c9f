"""MCP as lines: what an AI client speaks to, in both eras.

`initialize` and `server/discover` are answered from what is known at once; the list comes from the
catalog; a call becomes an exchange. Messages stay plain dicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.dialogue import Dialogue, Identifier
from ide_protocol.mcp import greeting
from ide_protocol.mcp.relay import CallRelay
from ide_protocol.mcp.window import McpWindow
from ide_protocol.own.summary import STATUS_TOOL, summary
from proxy import wire
from proxy.exchange.call import Call
from proxy.upstream.contract import Refused

if TYPE_CHECKING:
    from ide_protocol.door.connection import Connection
    from proxy.hub import Hub
    from proxy.session import Session

MOST_LISTENS = 16
"""Streams of news that one client may have open; each of them repeats every change."""

_Modern = dict[str, Any] | None


class McpFront:
    """One AI client's connection.

    Args:
        hub: What it is a window of.
        session: Its place in the hub.
        connection: Its socket, after the hellos.
    """

    def __init__(self, hub: Hub, session: Session, connection: Connection) -> None:
        self._hub = hub
        self._session = session
        self.dialogue = Dialogue(connection, requested=self._requested, notified=self._notified)
        self.capabilities: dict[str, Any] = {}
        self.listens: set[Identifier] = set()
        self.initialized = False
        self._roots_stale = False
        self._learning = False

    async def serve(self) -> int:
        """Answer until the client has gone; returns the shim's exit code."""
        self._session.window = McpWindow(self)
        await self.dialogue.serve()
        return 0

    # --- arriving ----------------------------------------------------------------------------

    def _notified(self, method: str, params: dict[str, Any]) -> None:
        if method == "notifications/cancelled":
            cancelled = params.get("requestId")
            if isinstance(cancelled, Identifier):
                self.listens.discard(cancelled)
                running = self.dialogue.running.get(cancelled)
                if running is not None:
                    running.cancel()
        elif method == "notifications/initialized":
            self.initialized = True
            self._relearn()
        elif method == "notifications/roots/list_changed":
            self._relearn()

    def _requested(self, identifier: Identifier, method: str, params: dict[str, Any]) -> None:
        try:
            modern = greeting.modern(params)
        except greeting.Unsupported as wrong:
            self.dialogue.send(wire.error(identifier, wrong.code, str(wrong), wrong.data))
            return
        if modern is not None:
            self._meet(modern)
        if method == "tools/call":
            self.dialogue.start(identifier, self._call(identifier, params, modern))
        elif method == "tools/list":
            self.dialogue.start(identifier, self._list(identifier, params, modern))
        else:
            self._at_once(identifier, method, params, modern)

    def _at_once(
        self, identifier: Identifier, method: str, params: dict[str, Any], modern: _Modern
    ) -> None:
        """What needs no waiting."""
        if method == "initialize":
            self._meet(params)
            self.dialogue.send(wire.result(identifier, greeting.initialized(params)))
        elif method == "server/discover":
            self.dialogue.send(wire.result(identifier, greeting.discovered()))
        elif method == "ping":
            self.dialogue.send(wire.result(identifier, {}))
        elif method == "subscriptions/listen" and modern is not None:
            if identifier not in self.listens and len(self.listens) >= MOST_LISTENS:
                self.dialogue.fail(identifier, wire.INVALID_REQUEST, "Too many streams are open.")
                return
            if greeting.listens(params):
                self.listens.add(identifier)
            self.dialogue.send(greeting.acknowledged(identifier, params))
        else:
            self.dialogue.fail(
                identifier, wire.METHOD_NOT_FOUND, f"Portico does not offer {method[:80]}."
            )

    def _meet(self, params: dict[str, Any]) -> None:
        """Learn who the client is and whether it can put a question to a person."""
        who, can = params.get("clientInfo"), params.get("capabilities")
        if isinstance(who, dict):
            name = who.get("title") or who.get("name")
            self._session.host = name[:80] if isinstance(name, str) and name else "unknown client"
        self.capabilities = can if isinstance(can, dict) else {}
        self._session.can_ask = greeting.asks_by_form(self.capabilities)

    # --- answering ---------------------------------------------------------------------------

    async def _list(self, identifier: Identifier, params: dict[str, Any], modern: _Modern) -> None:
        if params.get("cursor") is not None:
            self.dialogue.fail(identifier, wire.INVALID_PARAMS, "The list has one page only.")
            return
        result: dict[str, Any] = {"tools": [STATUS_TOOL, *await self._hub.tools()]}
        await self.dialogue.answer(
            wire.result(identifier, greeting.cacheable(result) if modern else result)
        )

    async def _call(self, identifier: Identifier, params: dict[str, Any], modern: _Modern) -> None:
        name = params.get("name")
        if not isinstance(name, str) or not isinstance(params.get("arguments", {}), dict):
            self.dialogue.fail(
                identifier, wire.INVALID_PARAMS, "A call has a `name` and `arguments`."
            )
            return
        if name == STATUS_TOOL["name"]:
            await self._hub.loaded()
            answer = wire.result(identifier, greeting.text_result(summary(self._hub)))
        else:
            relay = CallRelay(self, params, modern=modern is not None)
            call = Call(self._session, name, params, relay, returns=modern is not None)
            answer = await self._hub.call(call)
            answer["id"] = identifier
        greeting.fit(answer, modern=modern is not None)
        await self.dialogue.answer(answer)

    def _relearn(self) -> None:
        """Ask for the roots, once more after the present question where one is open."""
        self._roots_stale = True
        if not self._learning:
            self._learning = True
            self.dialogue.chore(self._learn_workspace())

    async def _learn_workspace(self) -> None:
        try:
            while self._roots_stale:
                self._roots_stale = False
                await self._ask_for_roots()
        finally:
            self._learning = False

    async def _ask_for_roots(self) -> None:
        """The workspace from the client's roots, where the person named none."""
        if self._session.workspace_named or "roots" not in self.capabilities:
            return
        try:
            roots = await self.dialogue.request("roots/list", {})
        except Refused:
            return  # Then the workspace stays unknown, which only widens the choice of windows.
        self._session.workspace = greeting.first_folder(roots) or self._session.workspace
