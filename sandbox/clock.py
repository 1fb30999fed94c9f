"""A clock that people can let go ahead: for a sign-in that ends tomorrow, and is looked at today.

Portico reads the real clock, and would refuse a company whose clock is a night ahead. So what goes
by here makes everything older that was there before, and leaves the time of day alone.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Unix seconds when called, and how old something is.

    Args:
        now: What it reads, in Unix seconds.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._gone_by: list[tuple[float, float]] = []

    def __call__(self) -> float:
        """The time, in Unix seconds."""
        return self._now()

    def go_by(self, seconds: float) -> None:
        """Make everything that there is so much older."""
        self._gone_by.append((self._now(), seconds))

    def age(self, since: float) -> float:
        """Seconds since a moment, in Unix seconds, with those that people let go by after it."""
        gone_by = sum(seconds for at, seconds in self._gone_by if since < at)
        return self._now() - since + gone_by
