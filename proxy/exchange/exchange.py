"""The life of a call, told once from top to bottom.

`Exchanges.call` arrives, routes, judges, asks, authorises, writes the intent, sends, and closes
with exactly one outcome. Each step that decides is a plain function of another module; this one
only waits, in order.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from auth.refresh import SignInNeeded
from proxy import wire
from proxy.approval import Answer, Question, Surface, digest
from proxy.audit import Event, Outcome
from proxy.audit.redaction import digest as keyed_digest
from proxy.audit.redaction import summary
from proxy.exchange import bridge
from proxy.exchange.addressed import readdressed, returned
from proxy.exchange.call import Exchange
from proxy.exchange.continuation import Continuations, as_shown, asking_result, strip
from proxy.exchange.named_relay import NamedRelay
from proxy.exchange.parked import Parking
from proxy.exchange.patience import EVERY, waiting
from proxy.exchange.routing import Routing, failure, judged, unknown
from proxy.exchange.sending import send
from proxy.fault import Denied, Internal, NotApproved, UnknownTool, refusal, unforged
from proxy.policy.verdict import Ruling, Verdict
from proxy.upstream.fault import UpstreamMalformed, UpstreamUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.identity import Identity
    from proxy.approval import Desk
    from proxy.audit import Journal
    from proxy.catalog import Catalog, Route
    from proxy.exchange.call import Call
    from proxy.session import Session

log = logging.getLogger("portico.exchange")


class Exchanges:
    """Every call of one hub.

    Args:
        catalog: Where public names lead.
        desk: Where questions wait.
        journal: The audit.
        identity: Who is signed in now.
        clock: Unix seconds.
        approval_seconds: How long a person has to answer.
        signs_in: Whether there is a company to sign in to.
        reassuring: Seconds between two words to a client that its call waits for a person.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        desk: Desk,
        journal: Journal,
        identity: Callable[[], Identity | None],
        clock: Callable[[], float],
        approval_seconds: float,
        signs_in: bool = False,
        reassuring: float = EVERY,
    ) -> None:
        self._catalog = catalog
        self._desk = desk
        self._journal = journal
        self._identity = identity
        self._clock = clock
        self._patience = approval_seconds
        self._signs_in = signs_in
        self._reassuring = reassuring
        self._continuations = Continuations(clock, approval_seconds)
        self.parking = Parking(approval_seconds)
        self._routing = Routing(catalog)
        self.heard: Callable[[str, dict[str, Any]], None] = lambda _, __: None
        """Told what a server says on a call's stream that is not about the call."""

    async def call(self, call: Call) -> dict[str, Any]:
        """Run a call to its one outcome.

        Returns:
            A JSON-RPC response envelope without our id: the server's own, or a tool error of
            Portico's that says what happened and who must act.
        """
        identity = self._identity()
        exchange = Exchange(call, self._clock(), identity.subject if identity else "")
        outcome, reference = Outcome.FAILED, Internal.reference
        try:
            envelope = await self._through(exchange)
            outcome, reference = Outcome.REPLIED, ""
        except (UnknownTool, Denied, NotApproved) as fault:
            outcome, reference = Outcome.DENIED, fault.reference
            return failure(call, fault)
        except Fault as fault:
            reference = fault.reference
            return failure(call, fault)
        except asyncio.CancelledError:
            outcome, reference = Outcome.CANCELLED, ""
            raise
        except Exception:
            # One call's bug must not end the hub, nor hide: it goes to the log with its trace.
            log.exception("exchange %s failed", call.id)
            return failure(call, Internal("Portico made a mistake with this call."))
        finally:
            self._close(exchange, outcome, reference)
        return envelope

    def _close(self, exchange: Exchange, outcome: Outcome, reference: str) -> None:
        now = self._clock()
        self._journal.note(
            exchange.record(
                Event.OUTCOME,
                now,
                outcome=outcome,
                reference=reference,
                milliseconds=round((now - exchange.at) * 1000, 3),
            )
        )

    async def _through(self, exchange: Exchange) -> dict[str, Any]:
        call = exchange.call
        route = exchange.route = await self._route(call)
        exchange.digest = keyed_digest(self._journal.key, call.arguments)
        exchange.summary = summary(call.arguments)
        verdict = exchange.verdict = self._judge(route)
        if verdict.ruling is Ruling.DENY:
            if verdict.unknown:
                # The audit, too, tells nobody that what is hidden exists.
                exchange.route = exchange.verdict = None
            raise self._denial(call, verdict)
        params = strip(call.params)
        if verdict.ruling is Ruling.ASK:
            params = as_shown(params)
            bound = self._bound(route, call)
            if not self._continuations.approved(call, bound):
                question = await self._ask(exchange, route, verdict, bound)
                if question is not None:
                    return question
                # A server that changed a tool without saying so is found out before it is called.
                await self._catalog.relist(route.offering.server)
                route = exchange.route = self._unchanged(route, call, bound)
        return await self._send(exchange, route, params)

    async def _route(self, call: Call) -> Route:
        route = self._routing.find(call)
        if route is None:
            raise self._unknown(call)
        if self._judge(route).ruling is Ruling.DENY:
            return route  # A server that is not this user's is not even asked for its tools.
        live = await self._routing.live(route)
        if live is None:
            raise self._unknown(call)
        return live

    def _denial(self, call: Call, verdict: Verdict) -> Fault:
        """What a denied call ends in."""
        if verdict.sign_in:
            return SignInNeeded("Nobody is signed in.")
        if verdict.unknown:
            return self._unknown(call)
        return Denied(verdict.reason, remedy=verdict.remedy)

    def _unknown(self, call: Call) -> Fault:
        """What a name ends in that leads nowhere; a hidden server's ends in the same.

        Before anybody is signed in, nothing can be said of any name but that.
        """
        if self._signs_in and self._identity() is None:
            return SignInNeeded("Nobody is signed in.")
        return unknown(call)

    def _judge(self, route: Route) -> Verdict:
        return judged(route, self._groups())

    def _groups(self) -> frozenset[str]:
        identity = self._identity()
        return identity.groups if identity else frozenset()

    def _bound(self, route: Route, call: Call) -> str:
        """What a yes to this call is bound to."""
        identity = self._identity()
        user = identity.key if identity else ""
        what = call.label(route.tool)
        return digest(user, route.offering.server, what, call.arguments, route.definition)

    # --- asking ------------------------------------------------------------------------------

    async def _ask(
        self, exchange: Exchange, route: Route, verdict: Verdict, bound: str
    ) -> dict[str, Any] | None:
        """Ask a person; None means yes, an envelope is the question for a modern client.

        Raises:
            NotApproved: Everything that is not a yes.
        """
        call = exchange.call
        decision = self._continuations.answer(call, bound) if call.returns else None
        if decision is None:
            surface = self._surface(call, verdict)
            question = self._question(call, route, verdict, bound)
            self._note(exchange, Event.ASKED, surface[0], verdict.rule)
            if surface[0] is Surface.ELICITATION and call.returns:
                return asking_result(question, self._continuations.park(call, bound))
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
        if now is None or self._judge(now).ruling is Ruling.DENY or self._bound(now, call) != bound:
            what = f"{route.tool} of {route.offering.title}"
            raise NotApproved(
                f"{what}, or who is signed in, changed while you were asked about it.",
                remedy="Call it again to be asked about what it is now.",
            )
        return now

    # --- sending -----------------------------------------------------------------------------

    async def _send(
        self, exchange: Exchange, route: Route, params: dict[str, Any]
    ) -> dict[str, Any]:
        call, offering = exchange.call, route.offering
        upstream = self._catalog.upstream(offering)
        relay = NamedRelay(call.relay, offering)
        params = readdressed(call.method, params, route.tool)
        for _ in range(bridge.ROUNDS):
            await self._journal.commit(exchange.record(Event.INTENT, self._clock()))
            try:
                envelope = await send(
                    upstream,
                    call,
                    params,
                    offering=offering,
                    heard=self.heard,
                    parking=self.parking,
                    bound=lambda: self._bound(route, call),
                )
            except UpstreamUnreachable as fault:
                raise self._catalog.lost(offering, fault) from fault
            wanted = bridge.wants_input(envelope)
            if wanted is None:
                return self._answer(call, route, unforged(envelope))
            if call.returns:
                bridge.named_all(offering, envelope, wanted)
                self._continuations.remember(call, self._bound(route, call), wanted)
                return envelope
            answers = {
                key: await relay.answer(method, asked)
                for key, method, asked in bridge.questions(wanted)
            }
            params = bridge.retry(params, wanted, answers)
        raise UpstreamMalformed(f"{offering.title} asked {bridge.ROUNDS} times, answering never.")

    def _answer(self, call: Call, route: Route, envelope: dict[str, Any]) -> dict[str, Any]:
        """A server's last word on a call, as its client is to have it."""
        self._routing.tasks.remember(route.offering.server, envelope)
        public = call.public(route)
        return returned(call.method, envelope, own=route.tool, public=public, modern=call.returns)
