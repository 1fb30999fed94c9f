"""What a hub writes to its log: kinds of events, each of them rarely."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING

from proxy.plain import block

if TYPE_CHECKING:
    from collections.abc import Callable

PERIOD = 60.0
"""Seconds in which one kind of event is written once."""

MOST_KINDS = 1000

_BY_SERVER = frozenset({"portico.upstream", "portico.catalog", "portico.subscriptions"})
"""Loggers whose lines begin with a server: one that talks must not silence what others did."""


def open_log() -> None:
    """Write the log of this process to stderr, which a hub has in its log file."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    logging.getLogger("portico").setLevel(logging.INFO)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(Shown("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handler.addFilter(Sparing(time.monotonic))


class Shown(logging.Formatter):
    """Writes nothing that could move the cursor of whoever reads the log in a terminal.

    Hardly any line holds words of somebody else's; this is for the one that nobody thought of, and
    for what other people's code says in its exceptions.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the trace below it, safe to show."""
        return block(super().format(record))


_COUNTED = "portico.program"
"""The logger of what local servers say, which counts its lines where it writes them."""


class Sparing(logging.Filter):
    """Lets one line of a kind through in each `PERIOD`, and says with the next how many it held.

    A hub lives for weeks, and what is logged is often driven by a server: nobody else may fill the
    disk. A kind is a logger and its words before anything is filled in, for each server apart; of
    other people's code, a logger and a level.

    Args:
        clock: Seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[tuple[object, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is written."""
        if record.name == _COUNTED:
            return True
        kind, now = _kind(record), self._clock()
        since, held = self._seen.get(kind, (-PERIOD, 0))
        if now - since < PERIOD:
            self._seen[kind] = since, held + 1
            return False
        self._seen.pop(kind, None)
        if len(self._seen) >= MOST_KINDS:
            del self._seen[next(iter(self._seen))]
        self._seen[kind] = now, 0
        if held:
            record.msg, record.args = f"{record.getMessage()} (and {held} more like it)", None
        return True


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    if not record.name.startswith("portico"):
        return record.name, record.levelno
    first = record.args[0] if isinstance(record.args, tuple) and record.args else None
    return record.name, record.msg, first if record.name in _BY_SERVER else None
