"""How long to wait before something that failed is tried again; pure."""

from __future__ import annotations

import random
from dataclasses import dataclass

FIRST = 1.0
LONGEST = 60.0
"""Seconds before the second attempt, and the most before any."""

STEADY = 30.0
"""Seconds that an attempt must have lasted to count as a success."""


@dataclass(slots=True)
class Backoff:
    """The pauses between attempts of one thing: they double, and lie apart by chance.

    Attributes:
        failures: Attempts in a row that did not last.
    """

    failures: int = 0

    def pause(self, lasted: float) -> float:
        """Seconds to wait after an attempt that lasted `lasted` seconds."""
        if lasted >= STEADY:
            self.failures = 0
        longest = min(FIRST * 2.0 ** min(self.failures, 10), LONGEST)
        self.failures += 1
        # Without chance, everybody whom one server dropped would come back at once.
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret depends on it.
