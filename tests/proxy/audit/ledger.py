"""An audit of a few records in a file, and ways to tamper with it as its owner could."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from proxy.audit.archive import Archive, Selection
from proxy.audit.chain import START, Finding, Head, seal, verify
from proxy.audit.record import COLUMNS, Event, Record
from proxy.audit.table import append, connect

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def records(count: int, at: float = 0.0) -> list[Record]:
    """Records of `count` calls that were answered, one a second."""
    return [
        Record(
            at + number,
            Event.OUTCOME,
            exchange=f"e{number}",
            server="presto",
            tool="run_query",
            outcome="replied",
            milliseconds=1.5 + number,
        )
        for number in range(count)
    ]


def written(path: Path, some: Iterable[Record]) -> Head:
    """Write records behind what is there; returns the head."""
    with closing(connect(str(path))) as connection:
        known = Archive(str(path)).ends()[1]
        return append(connection, some, known)


def tampered(path: Path, *statements: str) -> None:
    """Run SQL on the file as its owner can, behind the triggers' back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for trigger in ("records_keep", "records_stay"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.execute(statement)


def rewritten(path: Path, some: Iterable[Record]) -> None:
    """Replace the whole audit by a chain that hangs together as well as the first."""
    tampered(path, "DELETE FROM records")
    with closing(connect(str(path))) as connection:
        append(connection, some, START)


def found(path: Path, known: Head | None = None) -> Finding:
    """What a check of the file finds."""
    archive = Archive(str(path))
    return verify(archive.each(Selection()), archive.ends()[0], known)


__all__ = ["COLUMNS", "found", "records", "rewritten", "seal", "tampered", "written"]
