"""The life of a call, told once from top to bottom.

`Exchanges.call` arrives, routes, judges, asks, authorises, writes the intent, sends, and closes
with exactly one outcome. Each step that decides is a plain function of another module; this one
only waits, in order.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from proxy import bridge, wire
from proxy.approval import Answer, Question, Surface, digest
from proxy.audit import Event, Outcome, Record
from proxy.audit.redaction import digest as keyed_digest
from proxy.audit.redaction import summary
from proxy.continuation import Continuations, asking_result, strip
from proxy.fault import Denied, Internal, NotApproved, UnknownTool
from proxy.plain import plain
from proxy.policy import Ruling, Verdict, judge
from proxy.session import arrival
from proxy.upstream.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from auth.identity import Identity
    from proxy.approval import Desk
    from proxy.audit import Journal
    from proxy.catalog import Catalog, Route
    from proxy.offering import Offering
    from proxy.session import Session
    from proxy.upstream.contract import Relay

log = logging.getLogger("portico.exchange")

CALL_SECONDS = 300.0
"""How long a server may take to answer a call."""


@dataclass(slots=True)
class Call:
    """One `tools/call` as a client made it.

    Attributes:
        name: The public name of the tool.
        params: The params as they came; forwarded whole but for the name.
        relay: The way back to the client while the call is open.
        returns: Whether the client takes questions as a result (`input_required`) and repeats
            the call with the answers, as modern clients do.
    """

    session: Session
    name: str
    params: dict[str, Any]
    relay: Relay
    returns: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    arrived: int = field(default_factory=arrival)

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments, `{}` when there are none."""
        arguments = self.params.get("arguments")
        return arguments if isinstance(arguments, dict) else {}


@dataclass(slots=True)
class _Exchange:
    """A call under way, and what the audit will say of it."""

    call: Call
    at: float
    user: str
    route: Route | None = None
    verdict: Verdict | None = None
    digest: str = ""
    summary: str = ""

    def record(
        self,
        event: Event,
        at: float,
        *,
        outcome: str = "",
        reference: str = "",
        rule: str | None = None,
        milliseconds: float | None = None,
    ) -> Record:
        verdict, route = self.verdict, self.route
        return Record(
            at=at,
            event=event,
            exchange=self.call.id,
            user=self.user,
            host=plain(self.call.session.host, 80),
            server=route.offering.server if route else "",
            tool=plain(route.tool, 128) if route else plain(self.call.name, 128),
            risk=verdict.risk if verdict else "",
            verdict=verdict.ruling if verdict else "",
            rule=rule if rule is not None else (verdict.rule if verdict else ""),
            outcome=outcome,
            reference=reference,
            milliseconds=milliseconds,
            digest=self.digest,
            summary=self.summary,
        )


class Exchanges:
    """Every call of one hub.

    Args:
        catalog: Where public names lead.
        desk: Where questions wait.
        journal: The audit.
        identity: Who is signed in now.
        clock: Unix seconds.
        approval_seconds: How long a person has to answer.
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
    ) -> None:
        self._catalog = catalog
        self._desk = desk
        self._journal = journal
        self._identity = identity
        self._clock = clock
        self._patience = approval_seconds
        self._continuations = Continuations(clock, approval_seconds)

    async def call(self, call: Call) -> dict[str, Any]:
        """Run a call to its one outcome.

        Returns:
            A JSON-RPC response envelope without our id: the server's own, or a tool error of
            Portico's that says what happened and who must act.
        """
        identity = self._identity()
        exchange = _Exchange(call, self._clock(), identity.subject if identity else "")
        outcome, reference = Outcome.FAILED, Internal.reference
        try:
            envelope = await self._through(exchange)
            outcome, reference = Outcome.REPLIED, ""
        except UnknownTool as fault:
            outcome, reference = Outcome.DENIED, fault.reference
            return wire.error(None, wire.INVALID_PARAMS, f"Unknown tool: {call.name}")
        except (Denied, NotApproved) as fault:
            outcome, reference = Outcome.DENIED, fault.reference
            return _tool_error(fault)
        except Fault as fault:
            reference = fault.reference
            return _tool_error(fault)
        except asyncio.CancelledError:
            outcome, reference = Outcome.CANCELLED, ""
            raise
        except Exception:
            # One call's bug must not end the hub, nor hide: it goes to the log with its trace.
            log.exception("exchange %s failed", call.id)
            return _tool_error(Internal("Portico made a mistake with this call."))
        finally:
            self._close(exchange, outcome, reference)
        return envelope

    def _close(self, exchange: _Exchange, outcome: Outcome, reference: str) -> None:
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

    async def _through(self, exchange: _Exchange) -> dict[str, Any]:
        call = exchange.call
        route = exchange.route = await self._route(call)
        exchange.digest = keyed_digest(self._journal.key, call.arguments)
        exchange.summary = summary(call.arguments)
        verdict = exchange.verdict = self._judge(route)
        if verdict.ruling is Ruling.DENY:
            if verdict.unknown:
                raise UnknownTool(call.name)
            raise Denied(verdict.reason, remedy=verdict.remedy)
        if verdict.ruling is Ruling.ASK:
            bound = _bound(route, call)
            if not self._continuations.approved(call, bound):
                question = await self._ask(exchange, route, verdict, bound)
                if question is not None:
                    return question
                route = exchange.route = self._unchanged(route, call, bound)
        return await self._send(exchange, route, strip(call.params))

    async def _route(self, call: Call) -> Route:
        route = self._catalog.find(call.name)
        if route is None:
            raise UnknownTool(call.name)
        denied = judge(route.offering, route.tool, route.definition, self._groups())
        if denied.ruling is Ruling.DENY:
            return route  # A server that is not this user's is not even asked for its tools.
        live = await self._catalog.live(route, call.name)
        if live is None:
            raise UnknownTool(call.name)
        return live

    def _judge(self, route: Route) -> Verdict:
        return judge(route.offering, route.tool, route.definition, self._groups())

    def _groups(self) -> frozenset[str]:
        identity = self._identity()
        return identity.groups if identity else frozenset()

    # --- asking ------------------------------------------------------------------------------

    async def _ask(
        self, exchange: _Exchange, route: Route, verdict: Verdict, bound: str
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
            decision = await self._desk.decide(
                question, asking=call.session, surface=surface, allowed=verdict.surfaces
            )
        self._note(exchange, Event.ANSWERED, decision.answer, decision.surface)
        if decision.answer is not Answer.YES:
            raise _refusal(decision.answer, route)
        return None

    def _surface(self, call: Call, verdict: Verdict) -> tuple[Surface, Session | None]:
        surface = self._desk.surface(call.session, call.arrived, verdict.surfaces)
        if surface is None:
            raise NotApproved(
                f"{verdict.reason} A person must confirm it, and no window that can ask is open.",
                remedy="Open an editor with Portico's extension, then call again.",
            )
        return surface

    def _note(self, exchange: _Exchange, event: Event, outcome: str, rule: str) -> None:
        self._journal.note(exchange.record(event, self._clock(), outcome=outcome, rule=rule))

    def _question(self, call: Call, route: Route, verdict: Verdict, bound: str) -> Question:
        offering = route.offering
        return Question(
            server=offering.server,
            title=offering.title,
            owner=offering.owner,
            reviewed=offering.reviewed,
            tool=route.tool,
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
        now = self._catalog.find(call.name)
        if now is None or self._judge(now).ruling is Ruling.DENY or _bound(now, call) != bound:
            raise NotApproved(
                f"{route.offering.title} changed {route.tool} while you were asked about it.",
                remedy="Call it again to be asked about what it is now.",
            )
        return now

    # --- sending -----------------------------------------------------------------------------

    async def _send(
        self, exchange: _Exchange, route: Route, params: dict[str, Any]
    ) -> dict[str, Any]:
        call, offering = exchange.call, route.offering
        upstream = self._catalog.upstream(offering)
        relay = _Naming(call.relay, offering)
        params = {**params, "name": route.tool}
        for _ in range(bridge.ROUNDS):
            await self._journal.commit(exchange.record(Event.INTENT, self._clock()))
            envelope: dict[str, Any] = await upstream.send(
                "tools/call", params, relay, timeout=CALL_SECONDS
            )
            wanted = bridge.wants_input(envelope)
            if wanted is None:
                return envelope
            if call.returns:
                bridge.named_all(offering, envelope, wanted)
                self._continuations.remember(call, _bound(route, call), wanted)
                return envelope
            answers = {
                key: await _answer(relay, method, asked)
                for key, method, asked in bridge.questions(wanted)
            }
            params = bridge.retry(params, wanted, answers)
        msg = f"{offering.title} asked {bridge.ROUNDS} times and never answered."
        raise NotApproved(msg, remedy="Tell the server's owner.")


class _Naming:
    """A relay on which the server's questions say whose they are."""

    __slots__ = ("_offering", "_relay")

    def __init__(self, relay: Relay, offering: Offering) -> None:
        self._relay = relay
        self._offering = offering

    @property
    def capabilities(self) -> Mapping[str, Any]:
        return self._relay.capabilities

    def notify(self, message: dict[str, Any]) -> None:
        self._relay.notify(message)

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        return await self._relay.request(method, bridge.named(self._offering, method, params))


async def _answer(relay: Relay, method: str, params: dict[str, Any]) -> dict[str, Any]:
    try:
        return await relay.request(method, params)
    except Refused:
        # Silence towards a question is a cancel: the server decides what that means for it.
        return {"action": "cancel"}


def _bound(route: Route, call: Call) -> str:
    return digest(route.offering.server, route.tool, call.arguments, route.definition)


def _refusal(answer: Answer, route: Route) -> NotApproved:
    what = f"{route.tool} of {route.offering.title}"
    said = {
        Answer.NO: f"The user said no to {what}. It was not sent.",
        Answer.SILENCE: f"Nobody answered whether {what} may run, so it was not sent.",
        Answer.GONE: f"The window that asked about {what} went away, so it was not sent.",
    }
    remedy = {
        Answer.NO: "Do not try it again unless the user asks for it.",
        Answer.SILENCE: "Ask the user to look at their editor, then call again.",
        Answer.GONE: "Ask the user to open their editor, then call again.",
    }
    return NotApproved(said[answer], remedy=remedy[answer])


def _tool_error(fault: Fault) -> dict[str, Any]:
    """A fault as the model reads it: what happened, who must act, under its stable reference."""
    text = f"Portico: {fault.sentence()}".strip()
    return {
        "jsonrpc": "2.0",
        "result": {
            "content": [{"type": "text", "text": f"{text} [{fault.reference}]"}],
            "isError": True,
        },
    }
