"""What a stream has sent, so that a client that lost it hears the rest (SEP-1699)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp.server.streamable_http import EventMessage, EventStore

if TYPE_CHECKING:
    from mcp.server.streamable_http import EventCallback
    from mcp.types import JSONRPCMessage


class Replay(EventStore):
    """Every event of one run, in its order."""

    def __init__(self) -> None:
        self._sent: list[tuple[str, JSONRPCMessage | None]] = []

    async def store_event(self, stream_id: str, message: JSONRPCMessage | None) -> str:
        """Keep an event; its id."""
        self._sent.append((stream_id, message))
        return str(len(self._sent))

    async def replay_events_after(
        self, last_event_id: str, send_callback: EventCallback
    ) -> str | None:
        """Send what came on the same stream after an event; the stream's id, None when unknown."""
        seen = int(last_event_id) if last_event_id.isdigit() else 0
        if not 0 < seen <= len(self._sent):
            return None
        stream, _ = self._sent[seen - 1]
        for number, (owner, message) in enumerate(self._sent[seen:], seen + 1):
            if owner == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream
