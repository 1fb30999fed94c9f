"""How far a person may give their yes in advance: the limits, not the leases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class LeaseLimits:
    """The most that a lease may cover.

    Attributes:
        minutes: How long it may last.
        calls: How many calls it may let through.
    """

    minutes: int = 60
    calls: int = 50

    def __and__(self, other: LeaseLimits) -> LeaseLimits:
        """What both allow."""
        return LeaseLimits(min(self.minutes, other.minutes), min(self.calls, other.calls))


USUAL: Final = LeaseLimits()
"""What holds where the company says nothing of leases."""

MOST: Final = LeaseLimits(minutes=8 * 60, calls=1000)
"""The most that a company can allow: a working day."""
