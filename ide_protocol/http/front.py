"""Every HTTP request, from the gate to its answer: which era it is of, and who serves it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from typing import TYPE_CHECKING, Any

from ide_protocol.http import envelope, gate
from ide_protocol.http.clients import ModernClients
from ide_protocol.http.legacy import LegacySession
from ide_protocol.http.line import HubGone
from ide_protocol.http.request import Refusal, identifier_of
from ide_protocol.http.stream import pour
from proxy import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.secret import Secret
    from ide_protocol.http.line import Connect
    from ide_protocol.http.modern import ModernClient
    from ide_protocol.http.request import Request
    from ide_protocol.http.visitor import Reply

SESSION = "mcp-session-id"
LAST_EVENT = "last-event-id"

MOST_SESSIONS = 128
"""Legacy sessions at once; the one that was quiet longest makes room for another."""


SESSION_IDLE = 3600.0
"""Seconds after which a session with no response open is ended: most clients never say DELETE."""


class HttpFront:
    """Serves requests of both eras through lines to the hub.

    Args:
        connect: Opens a line to the hub.
        secret: What clients must send, or None where that is turned off.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        secret: Secret | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._secret = secret
        self._clock = clock
        self._sessions: dict[str, LegacySession] = {}
        self._used: dict[str, float] = {}
        self._clients = ModernClients(connect, clock=clock)

    async def answer(self, request: Request, reply: Reply) -> None:
        """Answer one request."""
        refusal = gate.refuse(request, self._secret)
        if refusal is not None:
            await _refuse(reply, refusal)
        elif request.verb == "POST":
            await self._post(request, reply)
        elif request.verb in {"GET", "DELETE"} and _has_session(request):
            await self._of_session(request, reply)
        else:
            text = "Send messages by POST; GET and DELETE belong to a legacy session."
            allowed = (("allow", "POST"),)
            await _refuse(reply, Refusal(405, wire.INVALID_REQUEST, text, fields=allowed))

    async def tidy(self) -> None:
        """End what nobody has used for long; while a line is open, no other hub can follow."""
        now = self._clock()
        for name, session in list(self._sessions.items()):
            session.tidy()
            if session.busy:
                self._used[name] = now
            elif session.closed or now - self._used[name] > SESSION_IDLE:
                await self._end(name)
        await self._clients.tidy()

    async def close(self) -> None:
        """End every session and client."""
        await asyncio.gather(
            self._clients.close(), *(session.close() for session in self._sessions.values())
        )

    # --- POST --------------------------------------------------------------------------------

    async def _post(self, request: Request, reply: Reply) -> None:
        message = envelope.read(request)
        if isinstance(message, Refusal):
            await _refuse(reply, message)
            return
        try:
            if envelope.modern(request, message):
                await self._modern(request, message, reply)
            else:
                await self._legacy(request, message, reply)
        except HubGone as gone:
            refusal = Refusal(503, wire.INTERNAL_ERROR, str(gone))
            await _refuse(reply, refusal, message)

    async def _modern(self, request: Request, message: dict[str, Any], reply: Reply) -> None:
        if "id" not in message or "method" not in message:
            # No notification of a client, and no answer, means anything in this era over HTTP.
            await reply.send(202)
            return
        refusal = envelope.refuse(request, message)
        if refusal is not None:
            await _refuse(reply, refusal, message)
            return
        client = await self._clients.get(message)
        if message["method"] == "tools/call":
            differing = envelope.unmirrored(request, message, await client.marks(message))
            if differing is not None:
                await _refuse(reply, envelope.mismatch(differing), message)
                return
        await _converse(client, message, reply)

    async def _legacy(self, request: Request, message: dict[str, Any], reply: Reply) -> None:
        if message.get("method") == "initialize" and "id" in message:
            await self._begin(message, reply)
            return
        session = self._session(request)
        if isinstance(session, Refusal):
            await _refuse(reply, session, message)
            return
        if "id" not in message or "method" not in message:
            await session.tell(message)
            await reply.send(202)
            return
        stream = await session.ask(message)
        if stream is None:
            refusal = Refusal(400, wire.INVALID_REQUEST, "That id is in use already.")
            await _refuse(reply, refusal, message)
            return
        try:
            await pour(stream, reply, at_once=request.prefers(envelope.EVENTS))
        finally:
            session.leave(stream)

    # --- legacy sessions ---------------------------------------------------------------------

    async def _begin(self, message: dict[str, Any], reply: Reply) -> None:
        """Open a session; its name comes with the answer to `initialize`."""
        session = LegacySession(await self._connect(), self._clock)
        name = secrets.token_urlsafe(24)
        self._sessions[name] = session
        self._used[name] = self._clock()
        await self._make_room()
        kept = False
        try:
            stream = await session.ask(message)
            if stream is not None:
                await pour(stream, reply, ((SESSION, name),))
                session.leave(stream)
                kept = True
        finally:
            if not kept:
                # The client left before it learned the session's name: nobody can ever use it.
                await self._end(name)

    async def _make_room(self) -> None:
        """End sessions whose line has ended, and beyond the bound those that are idle longest."""
        for name, session in list(self._sessions.items()):
            idle = not session.busy and name != next(reversed(self._sessions))
            if session.closed or (len(self._sessions) > MOST_SESSIONS and idle):
                await self._end(name)

    async def _end(self, name: str) -> None:
        self._used.pop(name, None)
        session = self._sessions.pop(name, None)
        if session is not None:
            await session.close()

    def _session(self, request: Request) -> LegacySession | Refusal:
        name = request.field(SESSION)
        if name is None:
            text = "Begin with `initialize`, and send its Mcp-Session-Id from then on."
            return Refusal(400, wire.INVALID_REQUEST, text)
        session = self._sessions.get(name)
        if session is None or session.closed:
            text = "There is no such session any more. Begin a new one with `initialize`."
            return Refusal(404, wire.INVALID_REQUEST, text)
        # The order of the table is that of their last use.
        self._sessions[name] = self._sessions.pop(name)
        self._used[name] = self._clock()
        return session

    async def _of_session(self, request: Request, reply: Reply) -> None:
        """Serve GET, the stream of a session, and DELETE, its end."""
        session = self._session(request)
        if isinstance(session, Refusal):
            await _refuse(reply, session)
        elif request.verb == "DELETE":
            await self._end(request.field(SESSION) or "")
            await reply.send(204)
        elif not request.accepts(envelope.EVENTS):
            text = f"A GET stream is {envelope.EVENTS}, and `Accept` must say so."
            await _refuse(reply, Refusal(406, wire.INVALID_REQUEST, text))
        else:
            await self._stream(session, request.field(LAST_EVENT), reply)

    async def _stream(self, session: LegacySession, last: str | None, reply: Reply) -> None:
        """Open the stream of a session, or go on with one after the event `last`."""
        stream = session.listen() if last is None else session.resume(last)
        if stream is None:
            text = "Nothing is kept of that stream any more. Look whether the action took effect."
            await _refuse(reply, Refusal(400, wire.INVALID_REQUEST, text))
            return
        try:
            # The client learns at once that its stream is open.
            await pour(stream, reply, at_once=True)
        finally:
            session.leave(stream)


async def _converse(client: ModernClient, message: dict[str, Any], reply: Reply) -> None:
    number, stream = await client.ask(message)
    try:
        await pour(stream, reply)
    finally:
        with contextlib.suppress(HubGone):  # Then nothing is under way any more.
            await client.leave(number)


def _has_session(request: Request) -> bool:
    return request.field(SESSION) is not None


async def _refuse(reply: Reply, refusal: Refusal, message: dict[str, Any] | None = None) -> None:
    identifier = identifier_of(message) if message else None
    await reply.send(refusal.status, refusal.body(identifier), refusal.fields)
