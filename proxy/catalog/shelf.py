"""What one server offers, as Portico last knew it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from proxy.catalog.feature import Feature
from proxy.catalog.route import State
from proxy.trust.keeper import Met
from proxy.upstream.fault import Kind, UpstreamFault, UpstreamUnreachable
from proxy.upstream.freshness import pause, stale_after
from proxy.wire import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.trust.quarantine import Quarantine

PROMISE = 60.0
"""Seconds for which a client may keep a list, where the servers in it promise no less."""

_FIRST_RETRY = 2.0
_LAST_RETRY = 300.0


@dataclass(slots=True)
class Shelf:
    """The tools of one server, and how we stand with it.

    Attributes:
        tools: Tool definitions, verbatim as the server gave them.
        fetched_at: Unix seconds when it gave them; 0 when it never did.
        live: Whether the server itself gave them during this hub's life, and still listens.
        fault: Why the last attempt failed, or None.
        failures: Failed attempts in a row.
        due: Unix seconds of the next attempt; infinite when only a person can change something.
        fresh: Seconds for which the server says that its lists stay true; None when it does not.
        missed: Whether a list has left without it already; no later one waits for it again.
        others: Prompts, resources and templates, verbatim.
        capabilities: The server's capabilities, verbatim.
        stocked: Whether `others` is all there is, or a list has left without the rest.
        met: What the look at its tools found.
        ill: Feature -> name or URI -> why that one of `others` is not offered.
    """

    tools: list[dict[str, Any]] = field(default_factory=list)
    fetched_at: float = 0.0
    live: bool = False
    fault: Fault | None = None
    failures: int = 0
    due: float = 0.0
    fresh: float | None = None
    missed: bool = False
    others: dict[Feature, list[dict[str, Any]]] = field(default_factory=dict)
    capabilities: dict[str, Any] = field(default_factory=dict)
    stocked: bool = False
    met: Met = field(default_factory=Met)
    ill: Mapping[Feature, Mapping[str, Quarantine]] = field(default_factory=dict)
    _weighed: tuple[object, object, int] = field(
        default=(None, None, 0), init=False, repr=False, compare=False
    )

    @property
    def weight(self) -> int:
        """Bytes of JSON that everything on it takes; measured once for each new list."""
        tools, others, weight = self._weighed
        if tools is not self.tools or others is not self.others:
            weight = len(encode([self.tools, *self.others.values()]))
            self._weighed = self.tools, self.others, weight
        return weight

    def of(self, feature: Feature) -> list[dict[str, Any]]:
        """The definitions of one kind."""
        return self.tools if feature is Feature.TOOLS else self.others.get(feature, [])

    @property
    def unseen(self) -> bool:
        """Whether a list should wait for it: nothing is known of it yet, not even that it fails."""
        return not (self.fetched_at or self.fault or self.missed)

    @property
    def state(self) -> State:
        """Where the tools come from."""
        if self.live:
            return State.LIVE
        if self.tools:
            return State.SNAPSHOT
        return State.ABSENT if self.fetched_at or self.fault else State.ASKING

    def succeeded(
        self,
        tools: list[dict[str, Any]],
        now: float,
        left_out: Fault | None = None,
        fresh: float | None = None,
    ) -> bool:
        """Take a fresh list, and what to say if that is not all; True when it is another one."""
        changed = tools != self.tools
        self.tools, self.fetched_at, self.live = tools, now, True
        self.fault, self.failures = left_out, 0
        self.keep(fresh)
        return changed

    def keep(self, fresh: float | None) -> None:
        """Take the server's word for how long its lists stay true."""
        self.fresh, self.due = fresh, self.fetched_at + pause(fresh)

    def stale(self, now: float) -> bool:
        """Whether whoever looks at it should have it asked for again."""
        return self.live and now - self.fetched_at >= stale_after(self.fresh)

    def promise(self, now: float) -> float:
        """Seconds for which a client may keep what it shows."""
        if not self.live:
            return 0.0 if self.tools else PROMISE
        if self.fresh is None:
            return PROMISE
        return min(max(self.fetched_at + self.fresh - now, 0.0), PROMISE)

    def failed(self, fault: Fault, now: float) -> None:
        """Remember a failure; only a transient one is tried again by itself, ever more rarely."""
        self.fault = fault
        self.failures += 1
        if isinstance(fault, UpstreamUnreachable):
            self.live = False  # Whoever comes back after a restart may have other tools.
        kind = _kind(fault)
        if kind is Kind.NEEDS_A_PERSON:
            self.due = float("inf")
            return
        pause = min(_FIRST_RETRY * 2 ** (self.failures - 1), _LAST_RETRY)
        if kind is Kind.PERMANENT:
            pause = _LAST_RETRY
        # Jitter keeps ten hubs from knocking in step after an outage.
        self.due = now + pause * random.uniform(0.7, 1.3)  # noqa: S311 - no secret depends on it.


def _kind(fault: Fault) -> Kind:
    """What helps; a missing sign-in comes from the grant, and is no fault of the server's."""
    if isinstance(fault, UpstreamFault):
        return fault.kind
    return Kind.NEEDS_A_PERSON if fault.who is Who.PERSON else Kind.TRANSIENT
