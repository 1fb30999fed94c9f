"""One server's tools as Portico last knew them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from auth.fault import Fault, Who
from proxy.upstream.fault import Kind, UpstreamFault

FRESH = 300.0
"""Seconds after which a live list is asked for again."""

_FIRST_RETRY = 2.0
_LAST_RETRY = 300.0


@dataclass(slots=True)
class Shelf:
    """The tools of one server, and how we stand with it.

    Attributes:
        tools: Tool definitions, verbatim as the server gave them.
        fetched_at: Unix seconds when it gave them; 0 when it never did.
        live: Whether the server itself gave them during this hub's life.
        fault: Why the last attempt failed, or None.
        failures: Failed attempts in a row.
        due: Unix seconds of the next attempt; infinite when only a person can change something.
        missed: Whether a list has left without it already; no later one waits for it again.
    """

    tools: list[dict[str, Any]] = field(default_factory=list)
    fetched_at: float = 0.0
    live: bool = False
    fault: Fault | None = None
    failures: int = 0
    due: float = 0.0
    missed: bool = False

    @property
    def unseen(self) -> bool:
        """Whether a list should wait for it: nothing is known of it yet, not even that it fails."""
        return not (self.fetched_at or self.fault or self.missed)

    def succeeded(self, tools: list[dict[str, Any]], now: float) -> bool:
        """Take a fresh list; True when it differs from what was shown before."""
        changed = tools != self.tools
        self.tools, self.fetched_at, self.live = tools, now, True
        self.fault, self.failures, self.due = None, 0, now + FRESH
        return changed

    def failed(self, fault: Fault, now: float) -> None:
        """Remember a failure; only a transient one is tried again by itself, ever more rarely."""
        self.fault = fault
        self.failures += 1
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
