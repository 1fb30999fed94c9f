"""One remote MCP server, whichever era it speaks."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

from proxy.upstream.answer import Rejected, error_code, is_session_lost
from proxy.upstream.conversation import converse
from proxy.upstream.endpoint import Endpoint
from proxy.upstream.era import HEADER_MISMATCH, Era
from proxy.upstream.fault import UpstreamLost, UpstreamMalformed, UpstreamSlow
from proxy.upstream.hearing import Hearing
from proxy.upstream.listing import NOBODY, every_tool
from proxy.upstream.mirror import Marks
from proxy.upstream.negotiation import negotiate
from proxy.upstream.request import write
from proxy.upstream.sessions import HandshakeRejected, Sessions
from proxy.wire import INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from auth.network import Network
    from proxy.upstream.contract import Grant, Relay
    from proxy.upstream.era import Terms
    from proxy.upstream.memory import EraMemory

_PAGE_SECONDS = 30.0
_UNKNOWN_THERE = frozenset({INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, -32000, -32002})


class Upstream:
    """The way to one remote server: connected at its first use, and again when it has to be.

    Args:
        server: Short name, for messages.
        url: Its Streamable HTTP endpoint.
        network: How this machine gets there; it owns the connections.
        grant: Where tokens come from, or None for a server that wants none.
        memory: What servers spoke last.

    Attributes:
        on_list_changed: Called when the server says that its tools are other ones now.
    """

    def __init__(
        self, server: str, url: str, *, network: Network, grant: Grant | None, memory: EraMemory
    ) -> None:
        self.on_list_changed: Callable[[], None] | None = None
        self._server = server
        self._url = url
        self._memory = memory
        self._endpoint = Endpoint(server, url, network=network, grant=grant)
        self._identifiers = itertools.count(1)
        self._terms: Terms | None = memory.recall(url)
        self._proven = False
        self._agreeing: asyncio.Task[Terms] | None = None
        self._sessions = Sessions(self._endpoint, self._identifiers, self._settle)
        self._marks = Marks()

    # --- what is known -----------------------------------------------------------------------

    @property
    def era(self) -> Era | None:
        """What the server speaks, or spoke last; None before anybody asked it."""
        return self._terms.era if self._terms else None

    @property
    def server_info(self) -> dict[str, Any]:
        """The server's own name and version; it is not to be trusted for what people are shown."""
        return self._terms.server_info if self._terms else {}

    @property
    def capabilities(self) -> dict[str, Any]:
        """The server's capabilities, verbatim."""
        return self._terms.capabilities if self._terms else {}

    def learn(self, tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take in which parameters headers repeat; the tools without those that ask wrongly."""
        return self._marks.learn(self._server, tools, drop=self.era is Era.MODERN)

    # --- requests ----------------------------------------------------------------------------

    async def list_tools(self) -> list[dict[str, Any]]:
        """Every tool the server offers, verbatim; see `proxy.upstream.listing` for the bounds.

        Raises:
            UpstreamFault: The server could not be asked, or refused.
            Fault: The grant has no token.
        """

        async def ask(params: dict[str, Any]) -> dict[str, Any]:
            return await self.send(
                "tools/list", params, NOBODY, timeout=_PAGE_SECONDS, idempotent=True
            )

        return self.learn(await every_tool(self._server, ask))

    async def send(
        self,
        method: str,
        params: dict[str, Any],
        relay: Relay,
        *,
        timeout: float = 300.0,  # noqa: ASYNC109 - it is paused while a person answers.
        idempotent: bool = False,
    ) -> dict[str, Any]:
        """Send one request and wait for its response; cancelling it cancels it upstream.

        Args:
            method: The JSON-RPC method.
            params: As the client gave them, under the server's own names; never changed.
            relay: The way back to the client, for progress, logging and questions.
            timeout: Seconds for everything but a person's answers.
            idempotent: Whether it may be sent again after it may have run.

        Returns:
            The JSON-RPC response as the server sent it, with `result` or `error`; its id is ours.

        Raises:
            UpstreamFault: There is no response; `may_have_run` says whether it could have run.
            Fault: The grant has no token.
        """
        clock = asyncio.timeout(timeout)
        try:
            async with clock:
                try:
                    return await self._ask(method, params, relay, clock)
                except UpstreamLost:
                    if not idempotent:
                        raise
                    return await self._ask(method, params, relay, clock)
        except TimeoutError:
            if not clock.expired():
                raise
            msg = f"{self._server} did not answer within {timeout:g} seconds."
            raise UpstreamSlow(msg) from None

    async def _ask(
        self, method: str, params: dict[str, Any], relay: Relay, clock: asyncio.Timeout
    ) -> dict[str, Any]:
        """Send once, and once more when the first attempt surely did not run."""
        terms = self._terms or await self._agree(relay.capabilities)
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
        if terms.era is Era.MODERN:
            return await self._alone(terms, method, params, relay, clock)
        # Lists are asked for on nobody's behalf, so any session will do.
        capabilities = None if relay is NOBODY else relay.capabilities
        session = await self._sessions.get(capabilities)
        try:
            return await session.ask(
                next(self._identifiers), method, params, relay, changed=self._changed, clock=clock
            )
        except Rejected as rejected:
            if not session.has_id or not is_session_lost(rejected):
                raise
            self._sessions.forget(session)
        session = await self._sessions.get(capabilities)
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
            terms, identifier, method, params, capabilities=relay.capabilities, marks=marks
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

    def _changed(self) -> None:
        if self.on_list_changed is not None:
            self.on_list_changed()

    # --- agreeing ----------------------------------------------------------------------------

    async def _mended(self, terms: Terms, rejected: Rejected, method: str, relay: Relay) -> bool:
        """Whether something has changed so that a rejected request is worth sending again."""
        if rejected.code == HEADER_MISMATCH:
            if method != "tools/call":
                return False
            await self.list_tools()  # the tool asks for other headers than when it was learned
            return True
        if terms.era is Era.LEGACY and not isinstance(rejected, HandshakeRejected):
            return False
        self._proven = True
        if self._terms is not terms:
            return True  # somebody else has negotiated meanwhile
        now = await self._agree(relay.capabilities)
        return (now.era, now.version) != (terms.era, terms.version)

    async def _agree(self, capabilities: Mapping[str, Any]) -> Terms:
        """Negotiate, together with everybody who waits for the same."""
        if self._agreeing is None:
            self._agreeing = asyncio.ensure_future(self._negotiate(capabilities))
            self._agreeing.add_done_callback(self._agreed)
        return await asyncio.shield(self._agreeing)

    def _agreed(self, task: asyncio.Task[Terms]) -> None:
        self._agreeing = None
        if not task.cancelled():
            task.exception()  # whoever waited has it; with nobody left it is not worth a warning

    async def _negotiate(self, capabilities: Mapping[str, Any]) -> Terms:
        terms, session = await negotiate(
            self._endpoint,
            first=self.era,
            capabilities=dict(capabilities),
            identifiers=self._identifiers,
        )
        self._settle(terms)
        if session is not None:
            self._sessions.adopt(capabilities, session)
        return terms

    def _settle(self, terms: Terms) -> None:
        self._proven = True
        if terms != self._terms:
            self._terms = terms
        self._memory.keep(self._url, terms)

    async def aclose(self) -> None:
        """End the sessions and what runs in the background; the network keeps its connections."""
        if self._agreeing is not None:
            self._agreeing.cancel()
            await asyncio.wait([self._agreeing])
        await self._sessions.aclose()
        await self._endpoint.aclose()


def _outcome(rejected: Rejected) -> dict[str, Any]:
    """What a rejected request ends in: the server's own error if it gave one, else the fault."""
    if rejected.envelope is not None:
        return rejected.envelope
    raise rejected.fault
