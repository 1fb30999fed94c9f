"""Reading the audit: a page of it, or all of it in order, for whoever shows, exports or verifies.

It opens the file by itself, so it serves a command without a hub as well. It never blocks a writer,
and it is never to be called in the loop.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxy.audit.chain import START, Head
from proxy.audit.fault import AuditUnreadable
from proxy.audit.record import COLUMNS
from proxy.audit.retention import begins
from proxy.audit.table import connect, head_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("id", *COLUMNS, "hash")
"""The fields of a record as it is read, in order."""

_SELECT = f"SELECT {', '.join(NAMES)} FROM records"  # noqa: S608
_IN_ORDER = f"""
SELECT * FROM (
    SELECT {", ".join(NAMES)}, (SELECT hash FROM records AS p WHERE p.id = r.id - 1) AS previous
    FROM records AS r WHERE id > ?
)"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records; what is None admits all.

    Attributes:
        after: Number of the record after which they begin.
        before: Number of the record before which they end.
        since: Unix seconds of the oldest.
        until: Unix seconds before which they are.
    """

    after: int | None = None
    before: int | None = None
    since: float | None = None
    until: float | None = None
    server: str | None = None
    tool: str | None = None
    event: str | None = None
    outcome: str | None = None
    exchange: str | None = None

    def where(self) -> tuple[str, list[object]]:
        """The condition in SQL, and its values."""
        tests = {
            "id > ?": self.after,
            "id < ?": self.before,
            "at >= ?": self.since,
            "at < ?": self.until,
            "server = ?": self.server,
            "tool = ?": self.tool,
            "event = ?": self.event,
            "outcome = ?": self.outcome,
            "exchange = ?": self.exchange,
        }
        wanted = {test: value for test, value in tests.items() if value is not None}
        return (f" WHERE {' AND '.join(wanted)}" if wanted else ""), list(wanted.values())

    @property
    def whole(self) -> bool:
        """Whether it leaves out nothing but what is too old."""
        return self == Selection(since=self.since, after=self.after)


class Archive:
    """The audit of one home, to be read.

    Args:
        path: The SQLite file; where there is none, there are no records.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def newest(self, selection: Selection, limit: int) -> list[dict[str, Any]]:
        """The newest records of a selection, the oldest of them first.

        Raises:
            AuditUnreadable: They cannot be read.
        """
        where, values = selection.where()
        with self._open() as connection:
            if connection is None:
                return []
            query = f"SELECT * FROM ({_SELECT} WHERE id > ?){where} ORDER BY id DESC LIMIT ?"  # noqa: S608
            found = connection.execute(query, [begins(connection).number, *values, limit])
            rows = found.fetchall()
        return [dict(zip(NAMES, row, strict=True)) for row in reversed(rows)]

    def each(self, selection: Selection) -> Iterator[dict[str, Any]]:
        """Every record of a selection, the oldest first, with the hash before it as `previous`.

        Raises:
            AuditUnreadable: They cannot be read.
        """
        where, values = selection.where()
        with self._open() as connection:
            if connection is None:
                return
            # What stands before a checkpoint's head is being deleted, and is gone for everybody.
            first = begins(connection)
            rows = connection.execute(_IN_ORDER + where + " ORDER BY id", [first.number, *values])
            for row in rows:
                found = dict(zip((*NAMES, "previous"), row, strict=True))
                yield {**found, "previous": found["previous"] or first.hash}

    def ends(self) -> tuple[Head, Head]:
        """The head before the first record, and that of the last.

        Raises:
            AuditUnreadable: They cannot be read.
        """
        with self._open() as connection:
            if connection is None:
                return START, START
            return begins(connection), head_of(connection)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection | None]:
        """The table; None where there is no file, since to look must not leave one behind."""
        if not Path(self._path).exists():
            yield None
            return
        try:
            with contextlib.closing(connect(self._path)) as connection:
                yield connection
        except (sqlite3.Error, OSError) as wrong:
            msg = f"The audit could not be read ({wrong})."
            raise AuditUnreadable(msg) from wrong
