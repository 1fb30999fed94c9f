"""Times and durations as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

_SECOND = 1000  # In milliseconds.
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """A duration with one unit, such as `3 min`; anything below a second is `a moment`."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s" if seconds >= 1 else "a moment"


def took(milliseconds: float | None) -> str:
    """How long an exchange ran, such as `12 ms` or `3.4 s`; empty when unknown."""
    if milliseconds is None:
        return ""
    return f"{milliseconds:.0f} ms" if milliseconds < _SECOND else f"{milliseconds / _SECOND:.1f} s"


def local(seconds: float) -> str:
    """A Unix time as the person's own clock shows it, such as `2026-03-01 14:05:09`."""
    return datetime.fromtimestamp(seconds, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
