"""Times and durations as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

_SECOND = 1000  # In milliseconds.
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """A duration with one unit, such as `3 min`; anything below a second is `a moment`.

    To the nearest second first: five minutes of which a millisecond has gone are still five.
    """
    whole = round(seconds)
    for size, unit in _UNITS:
        if whole >= size:
            return f"{whole // size} {unit}"
    return f"{whole} s" if whole >= 1 else "a moment"


def took(milliseconds: float | None) -> str:
    """How long an exchange ran, such as `12 ms` or `3.4 s`; empty when unknown."""
    if milliseconds is None:
        return ""
    return f"{milliseconds:.0f} ms" if milliseconds < _SECOND else f"{milliseconds / _SECOND:.1f} s"


def local(seconds: float) -> tuple[str, str]:
    """A Unix time by the person's own clock: day and time, as in `2026-03-01` and `14:05:09`."""
    found = datetime.fromtimestamp(seconds, tz=UTC).astimezone()
    return found.strftime("%Y-%m-%d"), found.strftime("%H:%M:%S")
