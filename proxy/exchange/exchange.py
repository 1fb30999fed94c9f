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
from proxy.approval.surface import beside
from proxy.audit import Event, Outcome
from proxy.audit.capture import captured
from proxy.exchange import bridge, pages
from proxy.exchange.addressed import CALL, readdressed, returned
from proxy.exchange.asking import Asking
from proxy.exchange.call import Exchange, ending
from proxy.exchange.continuation import as_shown, strip
from proxy.exchange.editing import told
from proxy.exchange.judging import Judging
from proxy.exchange.links import renamed
from proxy.exchange.named_relay import NamedRelay
from proxy.exchange.parking import Parking
from proxy.exchange.patience import EVERY
from proxy.exchange.routing import Routing, failure
from proxy.exchange.sending import send
from proxy.exchange.watching import LONG, Stopped, watched
from proxy.fault import Denied, Internal, NotApproved, UnknownTool, unforged
from proxy.plain import plain
from proxy.policy.risk import Risk
from proxy.policy.verdict import Ruling
from proxy.trust.fault import Quarantined
from proxy.trust.size import MOST_RESULT, exceeds, large
from proxy.upstream.fault import UpstreamMalformed, UpstreamUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from auth.identity import Identity
    from proxy.approval import Desk
    from proxy.audit import Journal
    from proxy.catalog import Catalog, Route
    from proxy.exchange.call import Call
    from proxy.exchange.tasks import Tasks
    from proxy.policy.verdict import Verdict
    from proxy.session import Session
    from proxy.upstream.contract import Relay
    from proxy.upstream.face import Face

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
        sessions: Every session, whenever it is called.
        captures: Whether the audit keeps redacted arguments and results.
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
        sessions: Callable[[], Iterable[Session]] = tuple,
        captures: bool = False,
    ) -> None:
        self._catalog = catalog
        self._captured: Callable[[object], str] = captured if captures else lambda _: ""
        self._journal = journal
        self._identity = identity
        self._clock = clock
        self._sessions = sessions
        self.most_result = MOST_RESULT
        """Bytes of text that a result may have."""
        self.parking = Parking(approval_seconds)
        self._routing = Routing(catalog)
        self.judging = Judging(identity, signs_in=signs_in)
        self.asking = Asking(
            catalog=catalog,
            routing=self._routing,
            judging=self.judging,
            desk=desk,
            journal=journal,
            clock=clock,
            patience=approval_seconds,
            reassuring=reassuring,
        )
        self.long = LONG
        """Seconds that a call takes before it is shown in an editor."""
        self.heard: Callable[[str, dict[str, Any]], None] = lambda _, __: None
        """Told what a server says on a call's stream that is not about the call."""

    @property
    def tasks(self) -> Tasks:
        """Which server runs which task."""
        return self._routing.tasks

    async def call(self, call: Call) -> dict[str, Any]:
        """Run a call to its one outcome.

        Returns:
            A JSON-RPC response envelope without our id: the server's own, or a tool error of
            Portico's that says what happened and who must act.
        """
        identity = self._identity()
        exchange = Exchange(call, self._clock(), identity.subject if identity else "")
        outcome, reference, payload = Outcome.FAILED, Internal.reference, ""
        try:
            envelope = await self._through(exchange)
            outcome, reference = ending(envelope)
            payload = self._captured(envelope.get("result", envelope.get("error")))
        except (UnknownTool, Denied, NotApproved, Quarantined) as fault:
            outcome, reference = Outcome.DENIED, fault.reference
            self._tell(call, fault)
            return failure(call, fault)
        except Stopped as fault:
            outcome, reference = Outcome.CANCELLED, fault.reference
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
            self._close(exchange, outcome, reference, payload)
        return envelope

    def _tell(self, call: Call, fault: Fault) -> None:
        """Have the editor window of a call's workspace say why it did not run."""
        window = beside(self._sessions(), call.session)
        if window is not None and window.editor is not None:
            what = f"{plain(call.session.host, 80)} called {plain(call.name, 128)}"
            window.editor.log(f"{what}, which did not run. {plain(fault.message, 500)}")

    def _note(self, exchange: Exchange, event: Event, outcome: str) -> None:
        self._journal.note(exchange.record(event, self._clock(), outcome=outcome))

    def _close(self, exchange: Exchange, outcome: Outcome, reference: str, payload: str) -> None:
        now = self._clock()
        self._journal.note(
            exchange.record(
                Event.OUTCOME,
                now,
                outcome=outcome,
                reference=reference,
                milliseconds=max(round((now - exchange.at) * 1000, 3), 0.0),
                payload=payload,
            )
        )

    async def _through(self, exchange: Exchange) -> dict[str, Any]:
        call = exchange.call
        route, verdict = await self._judged(call)
        exchange.route, exchange.verdict = route, verdict
        exchange.describe(self._journal.key)
        if verdict.ruling is Ruling.DENY:
            if verdict.unknown:
                # The audit, too, tells nobody that what is hidden exists.
                exchange.route = exchange.verdict = None
            raise self.judging.denial(call, verdict)
        if route.quarantine is not None:
            raise route.quarantine.fault(route.tool, route.offering.title)
        if pages.declined(call.params):
            raise pages.unopened(route.offering)
        if verdict.ruling is not Ruling.ASK:
            return await self._send(exchange, route, strip(call.params))
        question = await self.asking.ask(exchange, route, verdict)
        if question is not None:
            return question
        return await self._send(exchange, exchange.route, as_shown(strip(exchange.call.params)))

    async def _judged(self, call: Call) -> tuple[Route, Verdict]:
        """Where a call leads, and the verdict on what is there now."""
        route = self._routing.find(call)
        if route is None:
            raise self.judging.unknown(call)
        verdict = self.judging.judge(call, route)
        if verdict.ruling is Ruling.DENY:
            return route, verdict  # What is not this user's is not even asked for its tools.
        self.judging.within_reach(call, route)
        live = await self._routing.live(route)
        if live is None:
            raise self.judging.unknown(call)
        if live is not route:
            verdict = self.judging.judge(call, live)
        return live, verdict

    async def _send(
        self, exchange: Exchange, route: Route, params: dict[str, Any]
    ) -> dict[str, Any]:
        def title() -> str:
            what = exchange.call.label(route.tool)
            return f"{plain(route.offering.title, 60)}: {plain(what, 80)}"

        async with watched(exchange.call, title, self._sessions, self.long) as relay:
            return await self._converse(exchange, route, params, relay)

    async def _converse(
        self, exchange: Exchange, route: Route, params: dict[str, Any], through: Relay
    ) -> dict[str, Any]:
        """Send a call, and answer what its server asks meanwhile."""
        call, offering = exchange.call, route.offering
        if call.session.chaos is not None:
            await call.session.chaos.meddle(offering)
        upstream = self._catalog.upstream(offering)
        relay = NamedRelay(through, offering)
        params = readdressed(call.method, params, route.tool)
        for _ in range(bridge.ROUNDS):
            envelope = await self._sent(exchange, upstream, route, params, through)
            wanted = bridge.wants_input(envelope)
            if wanted is None:
                if exceeds(envelope.get("result"), self.most_result):
                    raise large(offering.title, self.most_result)
                await self._recorded(exchange, route, envelope)
                answer = self._answer(call, route, unforged(envelope))
                return answer if exchange.edited is None else told(answer, exchange.edited)
            if call.returns:
                bridge.named_all(offering, envelope, wanted)
                self.asking.remember(exchange, route, wanted)
                return envelope
            answers = {
                key: await relay.answer(method, asked)
                for key, method, asked in bridge.questions(wanted)
            }
            params = bridge.retry(params, wanted, answers)
        raise UpstreamMalformed(f"{offering.title} asked {bridge.ROUNDS} times, answering never.")

    async def _sent(
        self,
        exchange: Exchange,
        upstream: Face,
        route: Route,
        params: dict[str, Any],
        through: Relay,
    ) -> dict[str, Any]:
        """What a server answers to a call whose intent is on the disk."""
        call, offering = exchange.call, route.offering
        payload = self._captured(call.arguments)
        await self._journal.commit(exchange.record(Event.INTENT, self._clock(), payload=payload))
        try:
            envelope = await send(
                upstream,
                call,
                params,
                relay=through,
                offering=offering,
                heard=self.heard,
                parking=self.parking,
                gave_up=lambda why: self._note(exchange, Event.EXPIRED, why),
                bound=lambda: self.judging.bound(call, route),
                refused=lambda f: self._note(exchange, Event.QUARANTINED, f.reference),
            )
        except UpstreamUnreachable as fault:
            raise self._catalog.lost(offering, fault) from fault
        return pages.told(call, offering, envelope) if "error" in envelope else envelope

    async def _recorded(self, exchange: Exchange, route: Route, envelope: dict[str, Any]) -> None:
        """Have a window's recorder take what was read; nothing that could change anything."""
        call, verdict = exchange.call, exchange.verdict
        reads = verdict is not None and verdict.risk is Risk.READ and call.method == CALL
        if call.session.recorder is not None and reads:
            server = route.offering.server
            await call.session.recorder.take(
                *(server, route.tool, call.arguments, envelope),
                title=route.offering.title,
                definitions=self._catalog.definitions(server),
            )

    def _answer(self, call: Call, route: Route, envelope: dict[str, Any]) -> dict[str, Any]:
        """A server's last word on a call, as its client is to have it."""
        server = route.offering.server
        self._routing.tasks.remember(server, envelope)

        def public(uri: str) -> str:
            if uri == route.tool:
                return call.public(route)
            return self._catalog.public_uri(server, uri, call.view)

        return renamed(call.method, returned(call.method, envelope, modern=call.returns), public)
