"""Times and durations as people say them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_SECOND = 1000  # In milliseconds.
_AGO = re.compile(r"([0-9]{1,6}) ?(s|min|h|d|w)")
_LENGTHS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
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


def parse(text: str, now: float) -> float | None:
    """A time as people write it, in Unix seconds; None when it is none.

    Understood are a span back from now, such as `90s`, `30min`, `12h`, `7d` and `4w`, and a day or
    a day and a time by the person's own clock, such as `2026-03-01` and `2026-03-01T14:05`.
    """
    if ago := _AGO.fullmatch(text.strip()):
        return now - int(ago[1]) * _LENGTHS[ago[2]]
    try:
        return datetime.fromisoformat(text.strip()).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        return None
