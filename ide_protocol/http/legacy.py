"""A legacy client's HTTP session: one line to the hub, shared by its requests and its GET stream.

Ids and progress tokens are the client's own, for nobody else is on the line. What belongs to a call
goes out on that call's response: progress by its token; a log line or a question, which name no
call, on the newest one that is open, else on the GET stream.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from ide_protocol.http.request import identifier_of
from ide_protocol.http.stream import Stream
from proxy import wire

if TYPE_CHECKING:
    from ide_protocol.http.line import HubLine
    from ide_protocol.http.request import Identifier

MOST_WAITING = 64
"""Questions that wait for a client to open a stream on which they can be put."""

_ASKING = frozenset({"tools/call", "prompts/get", "resources/read"})
"""Methods during which a server may log and ask."""

_GONE = "The hub went away. Begin a new session."


class LegacySession:
    """One session, from `initialize` to DELETE.

    Args:
        line: Its line to the hub.
    """

    def __init__(self, line: HubLine) -> None:
        self._line = line
        self._streams: dict[Identifier, tuple[Stream, str]] = {}
        self._tokens: dict[Identifier, Identifier] = {}
        self._listening: Stream | None = None
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._reading = asyncio.ensure_future(self._read())

    @property
    def closed(self) -> bool:
        """Whether its line to the hub has ended."""
        return self._line.closed

    @property
    def busy(self) -> bool:
        """Whether a response of its is open."""
        return bool(self._streams) or self._listening is not None

    async def ask(self, message: dict[str, Any]) -> Stream | None:
        """Pass on a request; where its answer comes, or None when its id is in use.

        Raises:
            HubGone: The hub has gone.
        """
        identifier: Identifier = message["id"]
        if identifier in self._streams:
            return None
        stream = Stream()
        self._streams[identifier] = stream, message["method"]
        token = _asked_token(message)
        if token is not None:
            self._tokens[token] = identifier
        await self._line.send(message)
        return stream

    async def tell(self, message: dict[str, Any]) -> None:
        """Pass on a notification, or an answer to a question.

        Raises:
            HubGone: The hub has gone.
        """
        await self._line.send(message)

    def forget(self, identifier: Identifier) -> None:
        """The client left before this answer; that cancels nothing (2025-11-25, transports)."""
        found = self._streams.pop(identifier, None)
        if found is not None:
            found[0].end()
        self._tokens = {t: owner for t, owner in self._tokens.items() if owner != identifier}

    def listen(self) -> Stream:
        """The client's GET stream; a second one replaces the first."""
        if self._listening is not None:
            self._listening.end()
        self._listening = stream = Stream()
        while self._waiting:
            stream.put(self._waiting.popleft())
        return stream

    def unlisten(self, stream: Stream) -> None:
        """The client left its GET stream."""
        stream.end()
        if self._listening is stream:
            self._listening = None

    async def close(self) -> None:
        """End the session and everything in it."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async for message, line in self._line.messages():
                self._route(message, line)
        finally:
            self._line.close()
            for identifier, (stream, _) in self._streams.items():
                error = wire.error(identifier, wire.INTERNAL_ERROR, _GONE)
                stream.put(wire.encode(error), last=True, status=503)
            if self._listening is not None:
                self._listening.end()

    def _route(self, message: dict[str, Any], line: bytes) -> None:
        identifier, method = identifier_of(message), message.get("method")
        if not isinstance(method, str):
            found = self._streams.get(identifier) if identifier is not None else None
            if found is not None and identifier is not None:
                found[0].put(line, last=True)
                self.forget(identifier)
        elif method == "notifications/progress":
            token = _progress_token(message)
            owner = self._tokens.get(token) if token is not None else None
            if owner is not None:
                self._streams[owner][0].put(line)
        elif identifier is None and method != "notifications/message":
            if self._listening is not None:
                self._listening.put(line)
        else:
            self._put_to_somebody(line, waits=identifier is not None)

    def _put_to_somebody(self, line: bytes, *, waits: bool) -> None:
        """Send what names no call on the newest that may have caused it, else on the GET stream."""
        open_calls = [stream for stream, method in self._streams.values() if method in _ASKING]
        if open_calls:
            open_calls[-1].put(line)
        elif self._listening is not None:
            self._listening.put(line)
        elif waits:
            self._waiting.append(line)


def _asked_token(message: dict[str, Any]) -> Identifier | None:
    """The token by which a request wants to hear of progress."""
    params = message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    return identifier_of({"id": meta.get("progressToken")}) if isinstance(meta, dict) else None


def _progress_token(message: dict[str, Any]) -> Identifier | None:
    """The token of a progress notification."""
    params = message.get("params")
    return identifier_of({"id": params.get("progressToken")}) if isinstance(params, dict) else None
