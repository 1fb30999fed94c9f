"""Asking a person about one call, from the question to a yes that still fits what is there.

What a person can be asked on, and how their answer comes, is `proxy.approval`'s; here an exchange
is turned into a question, waits, and is let through or ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy import wire
from proxy.approval import Answer, Question, Surface
from proxy.audit import Event
from proxy.exchange.continuation import Continuations, asking_result
from proxy.exchange.patience import waiting
from proxy.fault import NotApproved, refusal
from proxy.policy.verdict import Ruling

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.approval import Desk
    from proxy.audit import Journal
    from proxy.catalog import Catalog, Route
    from proxy.exchange.call import Call, Exchange
    from proxy.exchange.judging import Judging
    from proxy.exchange.routing import Routing
    from proxy.policy.verdict import Verdict
    from proxy.session import Session


class Asking:
    """The questions of one hub's calls.

    Args:
        catalog: Asks a server again what its tool is.
        routing: Finds the tool again.
        judging: Judges it again.
        desk: Where questions wait.
        journal: The audit.
        clock: Unix seconds.
        patience: Seconds that a person has to answer.
        reassuring: Seconds between two words to a client that its call waits for a person.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        routing: Routing,
        judging: Judging,
        desk: Desk,
        journal: Journal,
        clock: Callable[[], float],
        patience: float,
        reassuring: float,
    ) -> None:
        self._catalog = catalog
        self._routing = routing
        self._judging = judging
        self._desk = desk
        self._journal = journal
        self._clock = clock
        self._patience = patience
        self._reassuring = reassuring
        self.continuations = Continuations(clock, patience)

    async def ask(
        self, exchange: Exchange, route: Route, verdict: Verdict
    ) -> dict[str, Any] | None:
        """Have a person decide on a call; after a yes the exchange's route is what is there then.

        Returns:
            None after a yes; else the result that carries the question to a modern client.

        Raises:
            NotApproved: Everything that is not a yes, and a yes to something that changed.
        """
        call = exchange.call
        bound = self._judging.bound(call, route)
        if self.continuations.approved(call, bound):
            return None
        question = await self._ask(exchange, route, verdict, bound)
        if question is None:
            # A server that changed a tool without saying so is found out before it is called.
            await self._catalog.relist(route.offering.server)
            exchange.route = self._unchanged(route, call, bound)
        return question

    def remember(self, call: Call, route: Route, wanted: dict[str, Any]) -> None:
        """A server's own question interrupts this call; its answer needs no second yes."""
        self.continuations.remember(call, self._judging.bound(call, route), wanted)

    async def _ask(
        self, exchange: Exchange, route: Route, verdict: Verdict, bound: str
    ) -> dict[str, Any] | None:
        """Ask a person; None means yes, an envelope is the question for a modern client."""
        call = exchange.call
        decision = self.continuations.answer(call, bound) if call.returns else None
        if decision is None:
            surface = self._surface(call, verdict)
            question = self._question(call, route, verdict, bound)
            self._note(exchange, Event.ASKED, surface[0], verdict.rule)
            if surface[0] is Surface.ELICITATION and call.returns:
                return asking_result(question, self.continuations.park(call, bound))
            async with waiting(call, self._reassuring):
                decision = await self._desk.decide(
                    question, asking=call.session, surface=surface, allowed=verdict.surfaces
                )
        self._note(exchange, Event.ANSWERED, decision.answer, decision.surface)
        if decision.answer is not Answer.YES:
            raise refusal(decision.answer, f"{route.tool} of {route.offering.title}")
        return None

    def _surface(self, call: Call, verdict: Verdict) -> tuple[Surface, Session | None]:
        surface = self._desk.surface(call.session, call.arrived, verdict.surfaces)
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

    def _note(self, exchange: Exchange, event: Event, outcome: str, rule: str) -> None:
        self._journal.note(exchange.record(event, self._clock(), outcome=outcome, rule=rule))

    def _question(self, call: Call, route: Route, verdict: Verdict, bound: str) -> Question:
        offering = route.offering
        return Question(
            server=offering.server,
            title=offering.title,
            owner=offering.owner,
            reviewed=offering.reviewed,
            tool=call.label(route.tool),
            risk=verdict.risk,
            arguments=wire.encode(call.arguments).decode(),
            digest=bound,
            reason=verdict.reason,
            host=call.session.host,
            workspace=call.session.workspace,
            deadline=self._clock() + self._patience,
        )

    def _unchanged(self, route: Route, call: Call, bound: str) -> Route:
        """The route again after the answer: what was shown must be what is there now.

        Raises:
            NotApproved: The tool, its rules or the user changed while the person decided.
        """
        now = self._routing.find(call)
        if (
            now is None
            or self._judging.judge(call, now).ruling is Ruling.DENY
            or self._judging.bound(call, now) != bound
        ):
            what = f"{route.tool} of {route.offering.title}"
            raise NotApproved(
                f"{what}, or who is signed in, changed while you were asked about it.",
                remedy="Call it again to be asked about what it is now.",
            )
        return now
