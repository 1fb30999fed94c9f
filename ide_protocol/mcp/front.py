"""MCP as lines: what an AI client speaks to, in both eras.

`initialize` and `server/discover` are answered from what is known at once; lists come from the
catalog; whatever is for one server becomes an exchange. Messages stay plain dicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.dialogue import Dialogue, Identifier
from ide_protocol.mcp import greeting, search
from ide_protocol.mcp.capability import offered
from ide_protocol.mcp.changes import Changes
from ide_protocol.mcp.logging_level import LEVEL_KEY, LEVELS, most_talkative
from ide_protocol.mcp.relay import CallRelay
from ide_protocol.mcp.roots import Roots
from ide_protocol.mcp.window import McpWindow
from ide_protocol.own.summary import STATUS_TOOL, shown, summary
from proxy import wire
from proxy.catalog.feature import LISTED_BY, Feature
from proxy.exchange.addressed import CALL, READ, ROUTED, TASKS, UNKNOWN_RESOURCE, address
from proxy.exchange.call import Call
from proxy.exchange.patience import impatient
from proxy.profile import view_of
from proxy.roots import RootsRelay, roots_changed
from proxy.subscriptions import runs_tasks

if TYPE_CHECKING:
    from ide_protocol.door.connection import Connection
    from proxy.catalog.view import View
    from proxy.hub import Hub
    from proxy.session import Session

MOST_LISTENS = 16
"""Streams of news that one client may have open; each of them repeats every change."""

_INCOMPLETE = {CALL: "A call has a `name` and `arguments`."}
_NAMELESS = "The params do not name what they are about."

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
        self.changes = Changes(self.dialogue, hub.subscriptions, lambda: self.view)
        self._finder = search.Finder()
        self._calls: dict[Identifier, Call] = {}
        self._roots = Roots(
            hub, session, self.dialogue, self.changes, lambda: "roots" in self.capabilities
        )

    async def serve(self) -> int:
        """Answer until the client has gone; returns the shim's exit code."""
        self._session.window = McpWindow(self.dialogue, self.changes)
        self._hub.subscriptions.join(self.changes)
        try:
            await self.dialogue.serve()
        finally:
            # Their tasks are cancelled by now, and have not run since.
            for call in self._calls.values():
                call.given_up = True
            self._hub.subscriptions.leave(self.changes)
        return 0

    @property
    def view(self) -> View:
        """What of the catalog this window sees now."""
        return view_of(self._hub.configuration, self._session)

    def _offered(self) -> dict[str, Any]:
        return offered(
            self._hub.catalog.capabilities(self.view).values(), hopeful=self._hub.blank()
        )

    # --- arriving ----------------------------------------------------------------------------

    def _notified(self, method: str, params: dict[str, Any]) -> None:
        if method == "notifications/cancelled":
            cancelled = params.get("requestId")
            if isinstance(cancelled, Identifier):
                self.changes.hang_up(cancelled)
                call = self._calls.get(cancelled)
                if call is not None:
                    call.given_up = impatient(params.get("reason"))
                running = self.dialogue.running.get(cancelled)
                if running is not None:
                    running.cancel()
        elif method == "notifications/initialized":
            self.changes.shake()
            self._roots.learn()
        elif method == "notifications/roots/list_changed":
            self._roots.learn()
            relay = RootsRelay(self._relay({}, modern=False), self._session.id)
            roots_changed(self._hub.catalog, self.view, relay)

    def _requested(self, identifier: Identifier, method: str, params: dict[str, Any]) -> None:
        try:
            modern = greeting.modern(params)
        except greeting.Unsupported as wrong:
            self.dialogue.send(wire.error(identifier, wrong.code, str(wrong), wrong.data))
            return
        if modern is not None:
            self._meet(modern)
        if method in ROUTED:
            self.dialogue.start(identifier, self._call(identifier, method, params, modern))
        elif method in LISTED_BY:
            self.dialogue.start(identifier, self._list(identifier, method, params, modern))
        elif not self._at_once(identifier, method, params, modern):
            if modern is None and self._legacy_wish(identifier, method, params):
                return
            if method.startswith(TASKS) or self.view.single is not None:
                self.dialogue.start(identifier, self._call(identifier, method, params, modern))
                return
            self.dialogue.fail(
                identifier, wire.METHOD_NOT_FOUND, f"Portico does not offer {method[:80]}."
            )

    def _at_once(
        self, identifier: Identifier, method: str, params: dict[str, Any], modern: _Modern
    ) -> bool:
        """Answer what needs no waiting; False where it is something else."""
        if method == "initialize":
            self._meet(params)
            answer = greeting.initialized(params, self._offered())
            self.dialogue.send(wire.result(identifier, answer))
        elif method == "server/discover":
            self.dialogue.send(wire.result(identifier, greeting.discovered(self._offered())))
        elif method == "ping":
            self.dialogue.send(wire.result(identifier, {}))
        elif method == "subscriptions/listen" and modern is not None:
            if self.changes.tracks(params) and not runs_tasks(self.capabilities):
                self.dialogue.send(greeting.lacking_tasks(identifier))
            elif self.changes.watches(params) and self._hub.blank(Feature.RESOURCES):
                self.dialogue.start(identifier, self._listen_later(identifier, params))
            else:
                self._listen(identifier, params)
        else:
            return False
        return True

    def _legacy_wish(self, identifier: Identifier, method: str, params: dict[str, Any]) -> bool:
        """What a legacy client asks to be told from now on; False where it is something else."""
        uri, level = params.get("uri"), params.get("level")
        if method in {"resources/subscribe", "resources/unsubscribe"}:
            if not isinstance(uri, str):
                self.dialogue.fail(identifier, wire.INVALID_PARAMS, "A subscription has a `uri`.")
                return True
            if method == "resources/subscribe":
                self.dialogue.start(identifier, self._subscribe(identifier, uri))
                return True
            self.changes.unsubscribe(uri)
        elif method == "logging/setLevel":
            if level not in LEVELS:
                self.dialogue.fail(identifier, wire.INVALID_PARAMS, "There is no such level.")
                return True
            self._session.log_level = str(level)
            # Each window's own level is applied to what arrives; servers hear of one for all.
            levels = [session.log_level for session in self._hub.sessions]
            self._hub.catalog.set_level(most_talkative(levels))
        else:
            return False
        self.dialogue.send(wire.result(identifier, {}))
        return True

    async def _subscribe(self, identifier: Identifier, uri: str) -> None:
        await self._hub.listed(Feature.RESOURCES)  # Whose the URI is may not be known before.
        if self.changes.subscribe(uri):
            self.dialogue.send(wire.result(identifier, {}))
        else:
            self.dialogue.fail(identifier, UNKNOWN_RESOURCE, f"Unknown resource: {uri}")

    async def _listen_later(self, identifier: Identifier, params: dict[str, Any]) -> None:
        await self._hub.listed(Feature.RESOURCES)
        self._listen(identifier, params)

    def _listen(self, identifier: Identifier, params: dict[str, Any]) -> None:
        listens = self.changes.listens
        if identifier not in listens and len(listens) >= MOST_LISTENS:
            self.dialogue.fail(identifier, wire.INVALID_REQUEST, "Too many streams are open.")
        else:
            self.changes.listen(identifier, params, self._offered())

    def _meet(self, params: dict[str, Any]) -> None:
        """Learn who the client is and whether it can put a question to a person."""
        who, can = params.get("clientInfo"), params.get("capabilities")
        if isinstance(who, dict):
            name = who.get("title") or who.get("name")
            self._session.host = name[:80] if isinstance(name, str) and name else "unknown client"
        self.capabilities = can if isinstance(can, dict) else {}
        self._session.can_ask = greeting.asks_by_form(self.capabilities)

    # --- answering ---------------------------------------------------------------------------

    async def _list(
        self, identifier: Identifier, method: str, params: dict[str, Any], modern: _Modern
    ) -> None:
        if params.get("cursor") is not None:
            self.dialogue.fail(identifier, wire.INVALID_PARAMS, "The list has one page only.")
            return
        await self._hub.know(self._session)
        feature, view = LISTED_BY[method], self.view
        listed = await self._hub.listed(feature, view)
        if feature is Feature.TOOLS:
            listed = search.TOOLS if self._session.search else listed
            listed = listed if view.bare else [STATUS_TOOL, *listed]
        result: dict[str, Any] = {feature.value: listed}
        if modern is not None:
            result = greeting.cacheable(result, self._hub.catalog.promise(view))
        await self.dialogue.answer(wire.result(identifier, result))

    async def _call(
        self, identifier: Identifier, method: str, params: dict[str, Any], modern: _Modern
    ) -> None:
        found = self._session.search and method == CALL and params.get("name") == search.CALL_FOUND
        params = search.unwrapped(params) if found else params
        named = address(method, params) if method in ROUTED else (None, method)
        if named is None or not isinstance(params.get("arguments", {}), dict):
            self.dialogue.fail(identifier, wire.INVALID_PARAMS, _INCOMPLETE.get(method, _NAMELESS))
            return
        await self._hub.know(self._session)
        view = self.view
        own = None if found or method != CALL else await self._own(named[1], params, view)
        if own is not None:
            answer = wire.result(identifier, own)
        else:
            if named[0] not in {None, Feature.TOOLS}:
                await self._hub.listed(named[0])  # A URI leads nowhere before anybody listed any.
            call = Call(
                self._session,
                named[1],
                self._with_level(params, modern),
                self._relay(params, modern=modern is not None, identifier=identifier),
                returns=modern is not None,
                method=method,
                view=view,
            )
            self._calls[identifier] = call
            try:
                answer = await self._hub.call(call)
            finally:
                del self._calls[identifier]
            answer["id"] = identifier
        greeting.fit(answer, modern=modern is not None, cacheable=method == READ)
        await self.dialogue.answer(answer)

    async def _own(self, name: str, params: dict[str, Any], view: View) -> dict[str, Any] | None:
        """The result of a tool of Portico's own; None where the name is somebody else's."""
        if name == STATUS_TOOL["name"] and not view.bare:
            await self._hub.loaded()
            parts = (summary(self._hub), shown(self._hub, view))
            return greeting.text_result(" ".join(filter(None, parts)))
        if name == search.FIND and self._session.search:
            tools = await self._hub.listed(Feature.TOOLS, view)
            return self._finder.find(params.get("arguments", {}), tools)
        return None

    def _relay(
        self, params: dict[str, Any], *, modern: bool, identifier: Identifier | None = None
    ) -> CallRelay:
        return CallRelay(
            self.dialogue,
            self._session,
            self.capabilities,
            params,
            modern=modern,
            identifier=identifier,
        )

    def _with_level(self, params: dict[str, Any], modern: _Modern) -> dict[str, Any]:
        """The params of a legacy client with its level of logging, as modern servers are told."""
        if modern is not None or not self._session.log_level:
            return params
        meta = params.get("_meta")
        kept = meta if isinstance(meta, dict) else {}
        return {**params, "_meta": {**kept, LEVEL_KEY: self._session.log_level}}
