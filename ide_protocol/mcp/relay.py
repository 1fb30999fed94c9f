"""The way back from one call to the AI client that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.mcp.capability import TASKS
from ide_protocol.mcp.logging_level import LEVEL_KEY, loud_enough
from proxy import wire
from proxy.upstream.contract import LET_GO, Refused
from proxy.upstream.era import CAPABILITIES_KEY, Era

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ide_protocol.dialogue import Dialogue, Identifier
    from proxy.session import Session

_RELAYED = ("elicitation", "sampling", "roots")
_MESSAGE = "notifications/message"
_LEGACY_ONLY = frozenset({"notifications/elicitation/complete"})


class CallRelay:
    """Progress, logging and a server's questions, while one call is open.

    Args:
        dialogue: The client's connection.
        session: Its place in the hub.
        capabilities: What it said that it can; a modern client says it with each call.
        params: The call's params, whose `_meta` holds what a modern client can be asked.
        modern: Whether the client is of the modern era, which is never asked, only answered.
        identifier: The id of the client's request, where it is one of a call.
    """

    __slots__ = ("_dialogue", "_identifier", "_level", "_modern", "_session", "capabilities", "era")

    def __init__(
        self,
        dialogue: Dialogue,
        session: Session,
        capabilities: Mapping[str, Any],
        params: dict[str, Any],
        *,
        modern: bool,
        identifier: Identifier | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._session = session
        self._identifier = identifier
        self._modern = modern
        self.era = Era.MODERN if modern else Era.LEGACY
        meta = params.get("_meta")
        told = meta if modern and isinstance(meta, dict) else {}
        self._level = told.get(LEVEL_KEY) if modern else session.log_level
        declared = told.get(CAPABILITIES_KEY)
        can = declared if isinstance(declared, dict) else capabilities
        relayed = {k: can[k] for k in _RELAYED if k in can}
        extensions = can.get("extensions")
        if isinstance(extensions, dict) and TASKS in extensions:
            # Any other extension may have methods that nothing leads to a server by.
            relayed["extensions"] = {TASKS: extensions[TASKS]}
        self.capabilities: Mapping[str, Any] = relayed

    def notify(self, message: dict[str, Any]) -> None:
        """Pass on progress, logging that is loud enough, and what Portico does not know."""
        method, params = message["method"], message.get("params")
        if method == _MESSAGE and not self._heard(params):
            return
        if method == LET_GO:
            if self._session.resumes and not self._modern and isinstance(params, dict):
                self._dialogue.hint(method, {**params, "requestId": self._identifier})
            return
        if not (self._modern and method in _LEGACY_ONLY):
            self._dialogue.hint(method, params)

    def _heard(self, params: object) -> bool:
        """Whether a log message is wanted: modern clients opt in with each request."""
        if not isinstance(self._level, str) or not self._level:
            return not self._modern
        return loud_enough(params.get("level") if isinstance(params, dict) else None, self._level)

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Put a server's question to the client, see `proxy.upstream.contract.Relay`."""
        asked = "elicitation" if method == "elicitation/create" else method.partition("/")[0]
        if self._modern or asked not in self.capabilities:
            raise Refused(wire.METHOD_NOT_FOUND, f"The client cannot be asked {method[:80]}.")
        return await self._dialogue.request(method, params)
