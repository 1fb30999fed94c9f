"""How long a list of a server stays true, by the server's own word (2026-07-28, caching); pure.

A server that says for whom a list may be kept (`cacheScope`) is not needed to: every list is kept
for the one user it was given to, also where the server would let others have it.
"""

from __future__ import annotations

from typing import Any

UNSAID = 300.0
"""Seconds after which a list is asked for again where its server does not say, or promises none."""

SHORTEST, LONGEST = 30.0, 24 * 3600.0
"""Bounds of that where the server does say: no hammering, and a look once a day at least."""

SOONEST = 5.0
"""Seconds after which a list that is stale may be asked for again because somebody looks at it."""


def promised(page: dict[str, Any]) -> float | None:
    """Seconds for which one page of a list stays true; None where its server does not say.

    A time that is negative promises as little as none; one that is no whole number says nothing.
    """
    said = page.get("ttlMs")
    if not isinstance(said, int) or isinstance(said, bool):
        return None
    # Bounded before it is divided: a whole number of JSON may be larger than any float.
    return min(max(said, 0), int(LONGEST * 1000)) / 1000


def shorter(one: float | None, other: float | None) -> float | None:
    """What holds for two pages, or two lists, together."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def pause(seconds: float | None) -> float:
    """Seconds after which a list is asked for again, whether or not anybody looks at it."""
    return max(seconds, SHORTEST) if seconds else UNSAID


def stale_after(seconds: float | None) -> float:
    """Seconds after which whoever looks at a list has it asked for again."""
    return UNSAID if seconds is None else max(seconds, SOONEST)
