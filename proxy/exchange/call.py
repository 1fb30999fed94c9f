"""One call: what a client asked for, and the exchange that it becomes."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proxy.audit import Event, Outcome, Record
from proxy.audit.record import ANSWERED_WITH_ERROR
from proxy.audit.redaction import digest, summary
from proxy.catalog.view import EVERYTHING
from proxy.exchange.addressed import CALL
from proxy.exchange.bridge import wants_input
from proxy.plain import plain
from proxy.session import arrival

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.catalog import Route
    from proxy.catalog.view import View
    from proxy.policy.verdict import Verdict
    from proxy.session import Session
    from proxy.upstream.contract import Relay


_WITH_ARGUMENTS = frozenset({CALL, "prompts/get"})
_SECRET = re.compile(r"(?<=//)[^/?#@]*@|[?#].*", re.DOTALL)
_PROTOCOL = frozenset({"_meta", "inputResponses", "requestState"})


@dataclass(slots=True)
class Call:
    """One request for a server as a client made it; a `tools/call` unless it says otherwise.

    Attributes:
        name: The public name of the tool, prompt or resource, or the method where it has none.
        params: The params as they came; forwarded whole but for the name.
        relay: The way back to the client while the call is open.
        returns: Whether the client takes questions as a result (`input_required`) and repeats
            the call with the answers, as modern clients do.
        view: What of the catalog its window sees.
        given_up: Whether its host stopped waiting for it, and did not take it back.
    """

    session: Session
    name: str
    params: dict[str, Any]
    relay: Relay
    returns: bool = False
    method: str = CALL
    view: View = EVERYTHING
    given_up: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    arrived: int = field(default_factory=arrival)

    @property
    def arguments(self) -> dict[str, Any]:
        """What a person is shown of it: the arguments, or all params where it has no such thing."""
        if self.method not in _WITH_ARGUMENTS:
            return {key: self.params[key] for key in self.params if key not in _PROTOCOL}
        arguments = self.params.get("arguments")
        return arguments if isinstance(arguments, dict) else {}

    def label(self, own: str) -> str:
        """What is called, in a record or a question: a tool by its name, all else by its method."""
        if self.method in {CALL, own}:
            return own
        return f"{self.method} {own}"

    def filed(self, own: str) -> str:
        """The same for the audit, without what of a URI may be a secret: its user and its query."""
        label = self.label(own)
        return label if self.method == CALL else _SECRET.sub("", label)

    def public(self, route: Route) -> str:
        """The name by which the client knows what a route leads to."""
        return route.tool if self.view.bare else route.public


@dataclass(slots=True)
class Exchange:
    """A call under way, and what the audit will say of it.

    Attributes:
        at: Unix seconds of its arrival.
        user: The subject of whoever is signed in; empty for nobody.
        route: Where its name leads, once that is known.
        verdict: What policy says, once it was judged.
        digest: Keyed digest of its arguments.
        summary: What of its arguments is safe to show.
        bound: What the yes that let it through was bound to; empty where none was needed.
        edited: The arguments that the person put in place of the caller's.
        asked: Unix seconds of the question to a person about it; None before there was one.
        waited: Milliseconds that it waited for a person so far.
    """

    call: Call
    at: float
    user: str
    route: Route | None = None
    verdict: Verdict | None = None
    digest: str = ""
    summary: str = ""
    bound: str = ""
    edited: dict[str, Any] | None = None
    asked: float | None = None
    waited: float = 0.0

    def describe(self, key: bytes) -> None:
        """Say what its arguments are, for the records from here on; `key` keys their digest."""
        self.digest = digest(key, self.call.arguments)
        self.summary = summary(self.call.arguments)

    def record(
        self,
        event: Event,
        at: float,
        *,
        outcome: str = "",
        reference: str = "",
        rule: str | None = None,
        surface: str = "",
        milliseconds: float | None = None,
        payload: str = "",
    ) -> Record:
        """A record of this exchange; without `rule` it names the verdict's."""
        verdict, route = self.verdict, self.route
        ends = event is Event.OUTCOME
        return Record(
            at=at,
            event=event,
            exchange=self.call.id,
            user=self.user,
            host=plain(self.call.session.host, 80),
            server=route.offering.server if route else "",
            tool=plain(self.call.filed(route.tool if route else self.call.name), 128),
            risk=verdict.risk if verdict else "",
            verdict=verdict.ruling if verdict else "",
            rule=rule if rule is not None else (verdict.rule if verdict else ""),
            surface=surface,
            outcome=outcome,
            reference=reference,
            milliseconds=milliseconds,
            waited=self.waited if ends else None,
            minutes=self._minutes() if ends else None,
            payload=payload,
            digest=self.digest,
            summary=self.summary,
        )

    def _minutes(self) -> float | None:
        """The owner's estimate of what a successful call saves; None of what is no tool."""
        if self.route is None or self.call.method != CALL:
            return None
        return self.route.offering.rule(self.route.tool).minutes_saved


def ending(envelope: Mapping[str, Any]) -> tuple[Outcome, str]:
    """How an exchange ends that gives its client this answer: its outcome, and its reference."""
    if wants_input(envelope) is not None:
        return Outcome.RETURNED, ""
    result = envelope.get("result")
    failed = "error" in envelope or (isinstance(result, dict) and result.get("isError") is True)
    return Outcome.REPLIED, ANSWERED_WITH_ERROR if failed else ""
