"""Forgetting what is older than a company wants to keep, without breaking the chain.

First a checkpoint is written, a record that keeps the head of what goes; then the oldest records
are deleted, a few at a time, so that an intent never waits long. Whoever verifies begins with the
head that the last checkpoint keeps, so a hub that is killed in between leaves nothing that looks
like tampering, and the next pass deletes the rest.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from proxy.audit.chain import START, Head, checkpoint
from proxy.audit.record import Event, Record
from proxy.audit.table import append, forget

if TYPE_CHECKING:
    import sqlite3

_SLICE = 500
"""Records that are deleted at once, which takes some 5 ms."""

_LAST = """
SELECT outcome FROM records WHERE event = 'checkpoint' ORDER BY id DESC LIMIT 1
"""
_YOUNG = "SELECT min(id) FROM records WHERE at >= ?"
_OLD = """
SELECT count(*), min(at), max(at) FROM records WHERE id > ? AND id < ? AND event != ?
"""


def begins(connection: sqlite3.Connection) -> Head:
    """The head before the first record that counts; what stands before that is being deleted."""
    found = connection.execute(_LAST).fetchone()
    return (Head.parse(found[0]) if found else None) or START


class Retention:
    """One pass over an audit.

    Args:
        before: Unix seconds; older records are forgotten.
        now: Unix seconds.
    """

    def __init__(self, before: float, now: float) -> None:
        self._before = before
        self._now = now
        self._through = -1

    def step(self, connection: sqlite3.Connection, head: Head) -> tuple[Head, bool]:
        """Do a little; returns the head of the chain, and whether there is more to do."""
        if self._through < 0:
            known = begins(connection)
            kept = self._kept(connection, known)
            if kept is not None:
                head = append(connection, [kept], head)
            self._through = begins(connection).number
            return head, self._through > 0
        return head, forget(connection, self._through, _SLICE)

    def _kept(self, connection: sqlite3.Connection, known: Head) -> Record | None:
        """The checkpoint to write before anything is deleted; None when nothing is old."""
        young = connection.execute(_YOUNG, (self._before,)).fetchone()[0]
        if young is None:
            young = connection.execute("SELECT max(id) + 1 FROM records").fetchone()[0] or 1
        # Checkpoints alone are not worth another checkpoint.
        old = (known.number, young, Event.CHECKPOINT)
        count, since, until = connection.execute(_OLD, old).fetchone()
        if not count:
            return None
        number, sealed = connection.execute(
            "SELECT id, hash FROM records WHERE id = ?", (young - 1,)
        ).fetchone()
        return checkpoint(self._now, Head(number, sealed), count, _day(since), _day(until))


def _day(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date().isoformat()
