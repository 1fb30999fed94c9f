"""One remote MCP server, whichever era it speaks."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from proxy.upstream.answer import Rejected, error_code, is_session_lost
from proxy.upstream.conversation import converse
from proxy.upstream.endpoint import Endpoint
from proxy.upstream.era import HEADER_MISMATCH, Era
from proxy.upstream.face import Face
from proxy.upstream.fault import UpstreamMalformed, UpstreamSlow
from proxy.upstream.hearing import Hearing
from proxy.upstream.listening import Changes
from proxy.upstream.listing import EVERYTHING, NOBODY, declared
from proxy.upstream.mirror import Marks
from proxy.upstream.negotiation import negotiate
from proxy.upstream.patience import within
from proxy.upstream.request import write
from proxy.upstream.sessions import HandshakeRejected, Sessions
from proxy.wire import INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from auth.network import Network
    from proxy.upstream.contract import Grant, OwnHeaders, Relay
    from proxy.upstream.era import Terms
    from proxy.upstream.memory import EraMemory

_UNKNOWN_THERE = frozenset({INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, -32000, -32002})


class Upstream(Face):
    """The way to one remote server: connected at its first use, and again when it has to be.

    Args:
        server: Short name, for messages.
        url: Its Streamable HTTP endpoint.
        network: How this machine gets there; it owns the connections.
        grant: Where tokens come from, or None for a server that wants none.
        memory: What servers spoke last.
        headers: Gives what the user has sent to it, or None for nothing.
    """

    def __init__(
        self,
        server: str,
        url: str,
        *,
        network: Network,
        grant: Grant | None,
        memory: EraMemory,
        headers: OwnHeaders | None = None,
    ) -> None:
        super().__init__(server)
        self._url = url
        self._memory = memory
        self._endpoint = Endpoint(server, url, network=network, grant=grant, own=headers)
        self._identifiers = itertools.count(1)
        self._terms = memory.recall(url)
        self._proven = False
        self._met = False
        self._agreeing: asyncio.Task[Terms] | None = None
        self._sessions = Sessions(self._endpoint, self._identifiers, self._shaken)
        self._changes = Changes(self._endpoint, self._identifiers, self._sessions, self._changed)
        self._marks = Marks()

    def learn(self, tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take in which parameters headers repeat; the tools without those that ask wrongly."""
        return self._marks.learn(self._server, tools, drop=self.era is Era.MODERN)

    # --- requests ----------------------------------------------------------------------------

    async def meet(self) -> Terms:
        """See `Face.meet`."""
        if self._terms is not None and self._met:
            return self._terms
        return await self._agree(None)

    async def send(
        self,
        method: str,
        params: dict[str, Any],
        relay: Relay,
        *,
        timeout: float = 300.0,  # noqa: ASYNC109 - it is paused while a person answers.
        idempotent: bool = False,
    ) -> dict[str, Any]:
        """See `Face.send`."""

        async def ask(clock: asyncio.Timeout) -> dict[str, Any]:
            return await self._ask(method, params, relay, clock)

        return await within(self._server, timeout, ask, idempotent=idempotent)

    async def _ask(
        self, method: str, params: dict[str, Any], relay: Relay, clock: asyncio.Timeout
    ) -> dict[str, Any]:
        """Send once, and once more when the first attempt surely did not run."""
        terms = self._terms or await self._agree(_asker(relay))
        try:
            return await self._once(terms, method, params, relay, clock)
        except Rejected as rejected:
            if not await self._mended(terms, rejected, method, relay):
                return _outcome(rejected)
        try:
            return await self._once(self._terms or terms, method, params, relay, clock)
        except Rejected as again:
            return _outcome(again)

    async def _once(
        self,
        terms: Terms,
        method: str,
        params: dict[str, Any],
        relay: Relay,
        clock: asyncio.Timeout,
    ) -> dict[str, Any]:
        if not in_session(terms, relay):
            return await self._alone(terms, method, params, relay, clock)
        try:
            return await self._seated(method, params, relay, clock)
        except (HandshakeRejected, UpstreamSlow) as deaf:
            if terms.era is Era.LEGACY:
                raise
            # It does not shake hands, or not now, where it did before. Nothing has run.
            self._speaks_both(
                dual=None if terms.dual else False, lasting=not isinstance(deaf, UpstreamSlow)
            )
        return await self._alone(terms, method, params, relay, clock)

    async def _seated(
        self, method: str, params: dict[str, Any], relay: Relay, clock: asyncio.Timeout
    ) -> dict[str, Any]:
        """Send a request inside the session of its client, once more where the server lost that."""
        session = await self._sessions.get(_asker(relay))
        try:
            return await session.ask(
                next(self._identifiers), method, params, relay, changed=self._changed, clock=clock
            )
        except Rejected as rejected:
            if not session.has_id or not is_session_lost(rejected):
                raise
            self._sessions.forget(session)
        session = await self._sessions.get(_asker(relay))
        return await session.ask(
            next(self._identifiers), method, params, relay, changed=self._changed, clock=clock
        )

    async def _alone(
        self,
        terms: Terms,
        method: str,
        params: dict[str, Any],
        relay: Relay,
        clock: asyncio.Timeout,
    ) -> dict[str, Any]:
        """Send a modern request, which needs nothing before or after it."""
        identifier = next(self._identifiers)
        marks = self._marks.of(params.get("name")) if method == "tools/call" else None
        written = write(
            terms, identifier, method, params, capabilities=declared(relay), marks=marks
        )
        hearing = Hearing(
            identifier,
            written.progress_token,
            relay,
            changed=self._changed,
            answer=None,
            clock=clock,
        )
        envelope, _ = await converse(
            self._endpoint, written.headers, written.body, identifier, hearing.hear
        )
        if not self._proven:
            self._prove(envelope)
        return envelope

    def _prove(self, envelope: dict[str, Any]) -> None:
        """Trust what was remembered once the server has answered in its terms.

        Raises:
            Rejected: It sounds like a server that does not know this kind of request.
        """
        if error_code(envelope) in _UNKNOWN_THERE:
            msg = f"{self._server} refused the request."
            raise Rejected(200, envelope, UpstreamMalformed(msg, may_have_run=False))
        self._proven = True

    async def _stream(
        self,
        wanted: Mapping[str, Any],
        heard: Callable[[dict[str, Any]], None],
        is_open: Callable[[], None],
    ) -> None:
        await self._changes.stream(await self.meet(), wanted, heard, is_open)

    # --- agreeing ----------------------------------------------------------------------------

    async def _mended(self, terms: Terms, rejected: Rejected, method: str, relay: Relay) -> bool:
        """Whether something has changed so that a rejected request is worth sending again."""
        if rejected.code == HEADER_MISMATCH:
            if method != "tools/call":
                return False
            await self.list_tools()  # the tool asks for other headers than when it was learned
            return True
        if in_session(terms, relay) and not isinstance(rejected, HandshakeRejected):
            return False
        self._proven = True
        if self._terms is not terms:
            return True  # somebody else has negotiated meanwhile
        now = await self._agree(_asker(relay))
        return (now.era, now.version) != (terms.era, terms.version)

    async def _agree(self, capabilities: Mapping[str, Any] | None) -> Terms:
        """Negotiate, together with everybody who waits for the same."""
        if self._agreeing is None:
            self._agreeing = asyncio.ensure_future(self._negotiate(capabilities))
            self._agreeing.add_done_callback(self._agreed)
        return await asyncio.shield(self._agreeing)

    def _agreed(self, task: asyncio.Task[Terms]) -> None:
        self._agreeing = None
        if not task.cancelled():
            task.exception()  # whoever waited has it; with nobody left it is not worth a warning

    async def _negotiate(self, capabilities: Mapping[str, Any] | None) -> Terms:
        terms, session = await negotiate(
            self._endpoint,
            known=self._terms,
            capabilities=EVERYTHING if capabilities is None else capabilities,
            identifiers=self._identifiers,
        )
        self._settle(terms)
        if session is not None:
            await self._sessions.adopt(capabilities, session)
        return terms

    def _shaken(self, terms: Terms) -> None:
        """A session was opened: all that a legacy server speaks, the second way of a modern one."""
        known = self._terms
        if known is None or known.era is Era.LEGACY:
            self._settle(terms)
        elif not known.dual:
            self._speaks_both(dual=True)

    def _speaks_both(self, *, dual: bool | None, lasting: bool = True) -> None:
        if self._terms is not None:
            self._terms = replace(self._terms, dual=dual)
            if lasting:
                self._memory.keep(self._url, self._terms)

    def _settle(self, terms: Terms) -> None:
        self._proven = self._met = True
        if terms != self._terms:
            self._terms = terms
        self._memory.keep(self._url, terms)

    def set_level(self, level: str) -> None:
        """See `Face.set_level`."""
        self._sessions.set_level(level)

    def roots_changed(self, relay: Relay) -> None:
        """See `Face.roots_changed`."""
        self._sessions.roots_changed(relay, self._changed)

    async def aclose(self) -> None:
        """End the sessions and what runs in the background; the network keeps its connections."""
        if self._agreeing is not None:
            self._agreeing.cancel()
            await asyncio.wait([self._agreeing])
        await self._sessions.aclose()
        await self._endpoint.aclose()


def in_session(terms: Terms, relay: Relay) -> bool:
    """Whether a request travels in a session: with a legacy server, or for a legacy client.

    A server of both eras is spoken to in its client's, because it can ask only as that era does. A
    client that can be asked nothing is served as well without a session, and sooner.
    """
    if terms.era is Era.LEGACY:
        return True
    return relay.era is Era.LEGACY and terms.dual is not False and bool(relay.capabilities)


def _asker(relay: Relay) -> Mapping[str, Any] | None:
    return None if relay is NOBODY else relay.capabilities


def _outcome(rejected: Rejected) -> dict[str, Any]:
    """What a rejected request ends in: the server's own error if it gave one, else the fault."""
    if rejected.envelope is not None:
        return rejected.envelope
    raise rejected.fault
