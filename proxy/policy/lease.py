"""How far a person may give their yes in advance."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeaseLimits:
    """The most that a lease may cover.

    Attributes:
        minutes: How long it may last.
        calls: How many calls it may let through.
    """

    minutes: int = 60
    calls: int = 50
