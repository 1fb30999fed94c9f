"""Asking a person about one call, from the question to a yes that still fits what is there.

What a person can be asked on, and how their answer comes, is `proxy.approval`'s; here an exchange
is turned into a question, waits, and is let through or ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.approval import Answer, Decision
from proxy.approval.lease import Lease, Leases, fitting
from proxy.approval.memory import LastApproved
from proxy.audit import Event
from proxy.exchange.continuation import Continuations
from proxy.exchange.editing import checked, edited
from proxy.exchange.posing import Posing
from proxy.fault import NotApproved, refusal
from proxy.policy.risk import graver
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
        self._journal = journal
        self._clock = clock
        self._continuations = Continuations(clock, patience)
        self._posing = Posing(
            desk=desk,
            continuations=self._continuations,
            journal=journal,
            clock=clock,
            patience=patience,
            reassuring=reassuring,
            since=lambda call, route: self._last.since(self._tool(call, route), call.arguments),
            before=lambda call, route: self._last.before(self._tool(call, route)),
            late=self._said,
        )
        self.leases = Leases(clock)
        self._last = LastApproved()

    async def ask(
        self, exchange: Exchange, route: Route, verdict: Verdict
    ) -> dict[str, Any] | None:
        """Have a person decide on a call; after a yes the exchange is what they said yes to.

        Returns:
            None after a yes; else the result that carries the question to a modern client.

        Raises:
            NotApproved: Everything that is not a yes, and a yes to something that changed.
        """
        call = exchange.call
        bound = exchange.bound = self._judging.bound(call, route)
        approved = self._continuations.approved(call, bound)
        if approved is not None:
            if approved.arguments is not None:
                self._rewrite(exchange, approved.arguments)
            return None
        decision = self._leased(exchange, route, verdict)
        if decision is None:
            said = await self._posing.decide(exchange, route, verdict)
            if isinstance(said, dict):
                return said
            decision = said
            self._answered(exchange, route, decision)
        # A server that changed a tool without saying so is found out before it is called.
        await self._catalog.relist(route.offering.server)
        if decision.arguments is not None:
            await checked(call, route.definition, decision.arguments)
        exchange.route = self._unchanged(exchange, route, verdict, decision)
        if decision.arguments is not None:
            self._edit(exchange, exchange.route, decision)
        self._approve(exchange, exchange.route, verdict, decision)
        return None

    def remember(self, exchange: Exchange, route: Route, wanted: dict[str, Any]) -> None:
        """A server's own question interrupts this call; its answer needs no second yes."""
        call = exchange.call
        bound = exchange.bound or self._judging.bound(call, route)
        self._continuations.remember(call, bound, wanted, exchange.edited)

    def keep_only(self, user: str) -> None:
        """Somebody else is signed in, or nobody: what was given in advance ends."""
        self.leases.keep_only(user)
        self._last.keep_only(user)

    def _leased(self, exchange: Exchange, route: Route, verdict: Verdict) -> Decision | None:
        """The answer that a person gave in advance.

        Raises:
            NotApproved: It is a stop.
        """
        call = exchange.call
        given = self.leases.find(self._judging.scope(call, route), call.arguments)
        if given is None:
            return None
        if given.answer is Answer.STOP:
            self._posing.note(
                exchange, Event.ANSWERED, outcome=Answer.STOP, rule=f"stop {given.id}"
            )
            raise refusal(Answer.STOP, f"{route.tool} of {route.offering.title}")
        if verdict.lease is None or given.surface not in verdict.surfaces:
            return None  # The rules have become stricter since.
        self.leases.use(given)
        self._posing.note(exchange, Event.LEASE_USED, rule=f"lease {given.id}")
        return Decision(Answer.YES, given.surface)

    def _answered(self, exchange: Exchange, route: Route, decision: Decision) -> None:
        """Write down what was said, and end the call if it was not yes."""
        self._said(exchange, route, decision)
        if decision.answer is not Answer.YES:
            raise refusal(decision.answer, f"{route.tool} of {route.offering.title}")

    def _said(self, exchange: Exchange, route: Route, decision: Decision) -> None:
        said, surface = decision.answer, decision.surface
        self._posing.note(exchange, Event.ANSWERED, outcome=said, surface=surface)
        if decision.answer is Answer.STOP:
            scope = self._judging.scope(exchange.call, route)
            self.leases.give(Lease(scope, Answer.STOP, route.offering.title, decision.surface))

    def _edit(self, exchange: Exchange, route: Route, decision: Decision) -> None:
        """Judge the corrected call anew; from here on it is the exchange's.

        Raises:
            Fault: The rules do not let it run on this person's yes.
        """
        arguments = decision.arguments or {}
        call = edited(exchange.call, arguments)
        verdict = self._judging.judge(call, route)
        if verdict.ruling is Ruling.DENY:
            raise self._judging.denial(call, verdict)
        if verdict.ruling is Ruling.ASK and decision.surface not in verdict.surfaces:
            raise NotApproved(
                f"{verdict.reason} The corrected call needs a yes from another surface.",
                remedy="Call it with the corrected arguments, to be asked there.",
            )
        exchange.verdict = verdict
        self._rewrite(exchange, arguments)
        self._posing.note(exchange, Event.EDITED, surface=decision.surface)

    def _rewrite(self, exchange: Exchange, arguments: dict[str, Any]) -> None:
        exchange.call, exchange.edited = edited(exchange.call, arguments), arguments
        exchange.describe(self._journal.key)

    def _approve(
        self, exchange: Exchange, route: Route, verdict: Verdict, decision: Decision
    ) -> None:
        """A person stands behind this call: remember it, and what they gave in advance."""
        call, offering = exchange.call, route.offering
        self._last.remember(self._tool(call, route), call.arguments)
        wish = fitting(decision.lease, verdict.lease) if decision.lease else None
        if wish is None:
            return
        lease = Lease(
            self._judging.scope(call, route),
            Answer.YES,
            offering.title,
            decision.surface,
            patterns=wish.patterns,
            until=self._clock() + wish.minutes * 60,
            left=wish.calls,
        )
        self.leases.give(lease)
        self._posing.note(
            exchange,
            Event.LEASED,
            outcome=lease.reach,
            rule=f"lease {lease.id}",
            surface=decision.surface,
        )

    def _tool(self, call: Call, route: Route) -> tuple[str, str, str]:
        return self._judging.user, route.offering.server, call.label(route.tool)

    def _unchanged(
        self, exchange: Exchange, route: Route, shown: Verdict, decision: Decision
    ) -> Route:
        """The route again after the answer: what was shown must be what is there now.

        Raises:
            NotApproved: The tool, its rules or the user changed while the person decided.
        """
        call = exchange.call
        now = self._routing.find(call)
        if (
            now is None
            or now.quarantine is not None
            or _stricter(self._judging.judge(call, now), shown, decision)
            or self._judging.bound(call, now) != exchange.bound
        ):
            what = f"{route.tool} of {route.offering.title}"
            raise NotApproved(
                f"{what}, or who is signed in, changed while you were asked about it.",
                remedy="Call it again to be asked about what it is now.",
            )
        return now


def _stricter(now: Verdict, shown: Verdict, decision: Decision) -> bool:
    """Whether the rules became such that what the person said would not do any more."""
    if now.ruling is not Ruling.ASK:
        return now.ruling is Ruling.DENY
    graver_now = graver(shown.risk, now.risk) is not shown.risk
    return graver_now or decision.surface not in now.surfaces
