"""The way back from one call to the AI client that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy import wire
from proxy.upstream.contract import Refused
from proxy.upstream.era import CAPABILITIES_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ide_protocol.mcp.front import McpFront

_RELAYED = ("elicitation", "sampling", "roots")
_TO_CLIENT = frozenset({"notifications/progress", "notifications/message"})


class CallRelay:
    """Progress, logging and a server's questions, while one call is open.

    Args:
        front: The client's connection.
        params: The call's params, whose `_meta` holds what a modern client can be asked.
        modern: Whether the client is of the modern era, which is never asked, only answered.
    """

    __slots__ = ("_front", "_modern", "capabilities")

    def __init__(self, front: McpFront, params: dict[str, Any], *, modern: bool) -> None:
        self._front = front
        self._modern = modern
        meta = params.get("_meta")
        declared = meta.get(CAPABILITIES_KEY) if modern and isinstance(meta, dict) else None
        can = declared if isinstance(declared, dict) else front.capabilities
        self.capabilities: Mapping[str, Any] = {k: can[k] for k in _RELAYED if k in can}

    def notify(self, message: dict[str, Any]) -> None:
        """Pass on progress and logging; what else a server says on a call's stream is the hub's."""
        if message.get("method") in _TO_CLIENT:
            self._front.dialogue.notify(message["method"], message.get("params"))

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Put a server's question to the client, see `proxy.upstream.contract.Relay`."""
        asked = "elicitation" if method == "elicitation/create" else method.partition("/")[0]
        if self._modern or asked not in self.capabilities:
            raise Refused(wire.METHOD_NOT_FOUND, f"The client cannot be asked {method[:80]}.")
        return await self._front.dialogue.request(method, params)
