"""Posing the question about one call, and waiting for what a person says to it.

A call is asked about once. Where its client brings the answer along, where the host of an identical
call had given up before the person decided, or where that question is still open, there is no new
one.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from proxy import wire
from proxy.approval import Answer, Question, Surface
from proxy.approval.kept import Caller, Kept
from proxy.audit import Event
from proxy.exchange.addressed import CALL
from proxy.exchange.continuation import Carried
from proxy.exchange.patience import MESSAGE, ON_PAGE, waiting
from proxy.fault import NotApproved

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.approval import Decision, Desk
    from proxy.approval.change import Change
    from proxy.approval.pending import Pending
    from proxy.audit import Journal
    from proxy.catalog import Route
    from proxy.exchange.call import Call, Exchange
    from proxy.exchange.continuation import Continuations
    from proxy.policy.verdict import Verdict
    from proxy.session import Session


class Posing:
    """The open questions of one hub's calls.

    Args:
        desk: Where questions wait.
        continuations: The calls of modern clients that come back with an answer.
        journal: The audit.
        clock: Unix seconds.
        patience: Seconds that a person has to answer.
        reassuring: Seconds between two words to a client that its call waits for a person.
        since: What changed in a call since the last approved one of its tool.
        before: The arguments of that one, as JSON text.
        late: Told of a decision that came after the call's host had given up.
    """

    def __init__(
        self,
        *,
        desk: Desk,
        continuations: Continuations,
        journal: Journal,
        clock: Callable[[], float],
        patience: float,
        reassuring: float,
        since: Callable[[Call, Route], tuple[Change, ...] | None],
        before: Callable[[Call, Route], str | None],
        late: Callable[[Exchange, Route, Decision], None],
    ) -> None:
        self._desk = desk
        self._continuations = continuations
        self._journal = journal
        self._clock = clock
        self._patience = patience
        self._reassuring = reassuring
        self._since = since
        self._before = before
        self._late = late
        self._kept = Kept(clock)

    async def decide(
        self, exchange: Exchange, route: Route, verdict: Verdict
    ) -> Decision | dict[str, Any]:
        """What a person says to a call, or the result that asks a modern client.

        Raises:
            NotApproved: There is nobody to ask.
        """
        said = self._returned(exchange, verdict)
        return said if said is not None else await self._put(exchange, route, verdict)

    def note(
        self,
        exchange: Exchange,
        event: Event,
        *,
        outcome: str = "",
        rule: str | None = None,
        surface: str = "",
    ) -> None:
        """Write a record about a question; an answer says how long it took."""
        now, took = self._clock(), None
        if event is Event.ANSWERED and exchange.asked is not None:
            took = round(max(now - exchange.asked, 0.0) * 1000, 3)
        self._journal.note(
            exchange.record(
                event, now, outcome=outcome, rule=rule, surface=surface, milliseconds=took
            )
        )

    def _returned(self, exchange: Exchange, verdict: Verdict) -> Decision | dict[str, Any] | None:
        """The decision that a call brings along, or that came after its host had given up."""
        call, bound = exchange.call, exchange.bound
        if call.returns and (said := self._continuations.answer(call, bound)) is not None:
            if not isinstance(said, dict):
                exchange.asked = said.asked
            return said
        kept = self._kept.take((Caller.of(call.session), bound))
        counts = kept is not None and (
            kept.answer is not Answer.YES or kept.surface in verdict.surfaces
        )
        return kept if counts else None

    async def _put(
        self, exchange: Exchange, route: Route, verdict: Verdict
    ) -> Decision | dict[str, Any]:
        """Put the question and wait; a result for a modern client is the question itself."""
        call = exchange.call
        pending = self._pending(exchange, route, verdict)
        waited = {pending.decided, pending.carried} - {None}
        since = self._clock()
        try:
            where = ON_PAGE if pending.surface is Surface.PAGE else MESSAGE
            async with waiting(call, self._reassuring, where):
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var]
        except asyncio.CancelledError:
            self._leave(exchange, route, pending)
            raise
        finally:
            exchange.waited += round(max(self._clock() - since, 0.0) * 1000, 3)
        if pending.decided.done() or pending.carried is None:
            return pending.decided.result()
        # The client asks now, and comes back with what was said.
        self._desk.withdraw(pending)
        carried = Carried(pending.carried.result(), pending.question)
        return self._continuations.park(call, exchange.bound, carried)

    def _pending(self, exchange: Exchange, route: Route, verdict: Verdict) -> Pending:
        """The question of a call: that of an identical one whose host gave up, or a new one."""
        call = exchange.call
        pending = self._kept.rejoin((Caller.of(call.session), exchange.bound))
        if pending is not None:
            if pending.surface in verdict.surfaces:
                exchange.asked = pending.question.deadline - self._patience
                self.note(exchange, Event.ASKED, surface=pending.surface)
                return pending
            self._desk.withdraw(pending)  # The rules have become stricter since.
        surface = self._surface(exchange, verdict)
        exchange.asked = self._clock()
        self.note(exchange, Event.ASKED, surface=surface[0])
        return self._desk.put(
            self._question(call, route, verdict, exchange.bound),
            asking=call.session,
            surface=surface,
            allowed=verdict.surfaces,
            carries=surface == (Surface.ELICITATION, call.session) and call.returns,
        )

    def _leave(self, exchange: Exchange, route: Route, pending: Pending) -> None:
        """The call was cancelled: its question goes, unless its host was only impatient."""
        call = exchange.call
        if pending.carried is not None:
            pending.carried.cancel()  # Another call of the batch can still carry the form.
        if call.given_up:
            key = (Caller.of(call.session), exchange.bound)
            self._kept.leave(key, pending, partial(self._late, exchange, route))
        else:
            self._desk.withdraw(pending)
            self.note(exchange, Event.WITHDRAWN, surface=pending.surface)

    def _surface(self, exchange: Exchange, verdict: Verdict) -> tuple[Surface, Session | None]:
        call, allowed = exchange.call, verdict.surfaces
        surface = self._desk.surface(call.session, call.arrived, allowed)
        if surface is None or surface[1] is None:
            for weak, why in self._desk.too_weak(call.session, call.arrived, allowed):
                self.note(exchange, Event.REFUSED_SURFACE, outcome=why, surface=weak)
        if surface is None:
            raise NotApproved(
                f"{verdict.reason} A person must confirm it, and no window that can ask is open.",
                remedy="Open an editor with Portico's extension, then call again.",
            )
        if self._desk.full(call.session):
            raise NotApproved(
                f"{verdict.reason} A person must confirm it, and too many questions are open.",
                remedy="Wait until the user has answered what is open, then call again.",
            )
        return surface

    def _question(self, call: Call, route: Route, verdict: Verdict, bound: str) -> Question:
        offering, what = route.offering, call.label(route.tool)
        schema = (route.definition or {}).get("inputSchema") if call.method == CALL else None
        return Question(
            server=offering.server,
            title=offering.title,
            owner=offering.owner,
            reviewed=offering.reviewed,
            tool=what,
            risk=verdict.risk,
            arguments=wire.encode(call.arguments).decode(),
            digest=bound,
            reason=verdict.reason,
            host=call.session.host,
            workspace=call.session.workspace,
            deadline=self._clock() + self._patience,
            changes=self._since(call, route),
            before=self._before(call, route),
            lease=verdict.lease,
            schema=schema if isinstance(schema, dict) else None,
            exchange=call.id,
        )
