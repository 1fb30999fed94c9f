"""A legacy client's HTTP session: one line to the hub, shared by its requests and its GET stream.

Ids and progress tokens are the client's own, for nobody else is on the line. What belongs to a call
goes out on that call's response: progress by its token; a log line or a question, which name no
call, on the newest one that is open, else on the GET stream. A client whose stream ended before the
answer may come back for the rest.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from ide_protocol.http.replay import Replay
from ide_protocol.http.request import identifier_of
from proxy import wire
from proxy.upstream.contract import LET_GO

if TYPE_CHECKING:
    from collections.abc import Callable

    from ide_protocol.http.line import HubLine
    from ide_protocol.http.request import Identifier
    from ide_protocol.http.stream import Stream

MOST_WAITING = 64
"""Questions that wait for a client to open a stream on which they can be put."""

_ASKING = frozenset({"tools/call", "prompts/get", "resources/read"})
"""Methods during which a server may log and ask."""

_PRIMED_SINCE = "2025-11-25"
"""The revision whose clients know an event that has an id and no data."""

_GONE = "The hub went away. Begin a new session."


class LegacySession:
    """One session, from `initialize` to DELETE.

    Args:
        line: Its line to the hub.
        clock: Seconds that only grow.
    """

    def __init__(self, line: HubLine, clock: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._replay = Replay(clock)
        self._primes = False
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
        """Whether a response of its is open, or a request whose answer may be fetched later."""
        return bool(self._streams) or (self._listening is not None and self._listening.read)

    async def ask(self, message: dict[str, Any]) -> Stream | None:
        """Pass on a request; where its answer comes, or None when its id is in use.

        Raises:
            HubGone: The hub has gone.
        """
        identifier: Identifier = message["id"]
        if identifier in self._streams:
            return None
        stream = self._replay.begin("c", primes=self._primes)
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

    def listen(self) -> Stream:
        """The client's GET stream; a second one replaces the first, and says what that did not."""
        stream = self._replay.begin("g", primes=self._primes)
        if self._listening is not None:
            self._listening.end()
            self._replay.forget(self._listening)
            for message in self._listening.unread():
                stream.put(message)
        self._listening = stream
        while self._waiting:
            stream.put(self._waiting.popleft())
        return stream

    def resume(self, last: str) -> Stream | None:
        """The stream of the event `last`, to go on after it; None when it is not kept any more.

        Only a stream of this session: its name is the secret that shows whose the event is. Where
        the GET stream is meant and cannot go on, it begins anew.
        """
        self.tidy()
        found = self._replay.find(last)
        return self.listen() if found is None and last.startswith("g") else found

    def leave(self, stream: Stream) -> None:
        """A response ended, for the client left or was let go; that cancels nothing."""
        if stream.read:
            return  # Another response reads it already.
        if stream.opened:
            self._replay.leave(stream)
            self.tidy()
        else:
            self._forget(stream)

    def tidy(self) -> None:
        """Forget what nobody came back for."""
        for stream in self._replay.tidy():
            self._forget(stream)

    async def close(self) -> None:
        """End the session and everything in it."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    def _forget(self, stream: Stream) -> None:
        """Nobody can hear the rest of a stream any more (2025-11-25, transports)."""
        stream.end()
        self._replay.forget(stream)
        if self._listening is stream:
            self._listening = None
        owners = [owner for owner, (found, _) in self._streams.items() if found is stream]
        for owner in owners:
            self._close(owner)

    def _close(self, identifier: Identifier) -> None:
        """A request is not open any more."""
        del self._streams[identifier]
        self._tokens = {t: owner for t, owner in self._tokens.items() if owner != identifier}

    # --- what the hub says -------------------------------------------------------------------

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
                self._learn(found[1], message)
                self._put(found[0], line, last=True)
                if identifier in self._streams:
                    self._close(identifier)
        elif method == "notifications/progress":
            token = _progress_token(message)
            owner = self._tokens.get(token) if token is not None else None
            if owner is not None:
                self._put(self._streams[owner][0], line)
        elif method == LET_GO:
            self._let_go(message)
        elif identifier is None and method != "notifications/message":
            if self._listening is not None:
                self._put(self._listening, line)
        else:
            self._put_to_somebody(line, waits=identifier is not None)

    def _learn(self, asked: str, message: dict[str, Any]) -> None:
        """Take in which revision was agreed on: only a newer client knows events without data."""
        if asked == "initialize":
            result = message.get("result")
            version = result.get("protocolVersion") if isinstance(result, dict) else None
            self._primes = isinstance(version, str) and version >= _PRIMED_SINCE

    def _put(self, stream: Stream, line: bytes, *, last: bool = False) -> None:
        stream.put(line, last=last)
        if not stream.read:
            self.tidy()

    def _let_go(self, message: dict[str, Any]) -> None:
        """The server closed the stream of a call, to be asked later: so is the client to ask."""
        params = message["params"]
        found = self._streams.get(params["requestId"])
        if found is not None:
            found[0].let_go(params.get("retry"))

    def _put_to_somebody(self, line: bytes, *, waits: bool) -> None:
        """Send what names no call on the newest that may have caused it, else on the GET stream."""
        calls = [stream for stream, method in self._streams.values() if method in _ASKING]
        # One that its client left may be come back for; one that is read is heard now.
        calls.sort(key=lambda stream: stream.read)
        if calls:
            self._put(calls[-1], line)
        elif self._listening is not None:
            self._put(self._listening, line)
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
