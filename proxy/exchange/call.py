"""One call: what a client asked for, and the exchange that it becomes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proxy.audit import Record
from proxy.plain import plain
from proxy.session import arrival

if TYPE_CHECKING:
    from proxy.audit import Event
    from proxy.catalog import Route
    from proxy.policy.verdict import Verdict
    from proxy.session import Session
    from proxy.upstream.contract import Relay


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
class Exchange:
    """A call under way, and what the audit will say of it.

    Attributes:
        at: Unix seconds of its arrival.
        user: The subject of whoever is signed in; empty for nobody.
        route: Where its name leads, once that is known.
        verdict: What policy says, once it was judged.
        digest: Keyed digest of its arguments.
        summary: What of its arguments is safe to show.
    """

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
        """A record of this exchange; without `rule` it names the verdict's."""
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
