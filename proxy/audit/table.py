"""The audit's table in SQLite: its shape, how it came to it, and how records are added.

The table refuses to change or forget a row, also to somebody who opens the file with another
program by mistake; it is no defence against the user, who owns the file.

Records are numbered without a gap, and each is written under the number after the head that its
writer knows. Where another process wrote meanwhile, that number is taken, SQLite says so, and the
writer looks up the new head and seals its records again. So nobody has to ask for the head first.
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from proxy.audit.chain import START, STORED, Head, seal
from proxy.audit.record import COLUMNS, Event, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = 1
"""Of the table's shape, kept as SQLite's `user_version`; 0 is a table without a chain."""

_BUSY_MILLISECONDS = 2000
_NAMES = ", ".join(COLUMNS)
_STAY = """
CREATE TRIGGER records_stay BEFORE DELETE ON records
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""
_SCHEMA = (
    f"CREATE TABLE records (id INTEGER PRIMARY KEY, {_NAMES}, hash NOT NULL)",
    """CREATE TRIGGER records_keep BEFORE UPDATE ON records
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    _STAY,
    # Rare, and sought in an audit of months.
    "CREATE INDEX records_checkpoints ON records (event) WHERE event = 'checkpoint'",
    f"PRAGMA user_version={VERSION}",
)
_INSERT = f"INSERT INTO records ({', '.join(STORED)}) VALUES ({', '.join('?' * len(STORED))})"  # noqa: S608
_HEAD = "SELECT id, hash FROM records ORDER BY id DESC LIMIT 1"
_RENAMED = {"signed in": Event.SIGNED_IN, "signed out": Event.SIGNED_OUT}
"""Events that had another name before there was a chain."""

_OLD = (
    *("at", "event", "exchange", "user", "host", "server", "tool", "risk", "verdict", "rule"),
    *("outcome", "reference", "milliseconds", "digest", "summary"),
)
"""The columns of a table of version 0."""


class NewerAudit(sqlite3.DatabaseError):
    """A newer Portico wrote this file, in a shape that this one does not know."""


def connect(path: str, *, quick: bool = False) -> sqlite3.Connection:
    """Open the table, made or brought up to date where need be.

    Args:
        path: The file, private to the user.
        quick: Wait for nobody, and never carry the write-ahead log over into the file.

    Raises:
        sqlite3.Error: It is no audit, or cannot be opened.
        OSError: It cannot be made.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, check_same_thread=not quick, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout={0 if quick else _BUSY_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        if quick:
            connection.execute("PRAGMA wal_autocheckpoint=0")
        else:
            _bring_up_to_date(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def append(connection: sqlite3.Connection, records: Iterable[Record], head: Head) -> Head:
    """Write records after `head`, all of them or none; returns the new head.

    Raises:
        sqlite3.Error: Nothing was written.
    """
    records = list(records)
    try:
        return _append(connection, records, head)
    except sqlite3.IntegrityError:
        # Another process wrote since: its head is ours to go on from.
        return _append(connection, records, None)


def head_of(connection: sqlite3.Connection) -> Head:
    """The head of the chain on disk."""
    found = connection.execute(_HEAD).fetchone()
    return Head(*found) if found else START


def forget(connection: sqlite3.Connection, through: int, most: int) -> bool:
    """Delete up to `most` of the oldest records up to number `through`; whether some are left.

    The caller has written a checkpoint that keeps their head.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("DROP TRIGGER records_stay")
        deleted = connection.execute(
            "DELETE FROM records WHERE id IN (SELECT id FROM records WHERE id <= ? LIMIT ?)",
            (through, most),
        ).rowcount
        connection.execute(_STAY)
        connection.execute("COMMIT")
    except sqlite3.Error:
        _roll_back(connection)
        raise
    return deleted == most


def _append(connection: sqlite3.Connection, records: list[Record], head: Head | None) -> Head:
    connection.execute("BEGIN IMMEDIATE")
    try:
        head = head or head_of(connection)
        rows = []
        for record in records:
            row, head = seal(record, head)
            rows.append(row)
        connection.executemany(_INSERT, rows)
        connection.execute("COMMIT")
    except sqlite3.Error:
        _roll_back(connection)
        raise
    return head


def _roll_back(connection: sqlite3.Connection) -> None:
    # A full disk may have ended the transaction already.
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been first.
        if (version := _version(connection)) > VERSION:
            msg = f"a newer Portico wrote it, as version {version}"
            raise NewerAudit(msg)
        if version < VERSION:
            _chain_what_is_there(connection)
        connection.execute("COMMIT")
    except sqlite3.Error:
        _roll_back(connection)
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _chain_what_is_there(connection: sqlite3.Connection) -> None:
    """Make the table; records of a table without a chain are chained in their order."""
    old = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'records'"
    ).fetchone()
    if old:
        connection.execute("DROP TRIGGER IF EXISTS records_keep")
        connection.execute("DROP TRIGGER IF EXISTS records_stay")
        connection.execute("ALTER TABLE records RENAME TO unchained")
    for statement in _SCHEMA:
        connection.execute(statement)
    if not old:
        return
    head = START
    for values in connection.execute(f"SELECT {', '.join(_OLD)} FROM unchained ORDER BY id"):  # noqa: S608
        said = dict(zip(_OLD, values, strict=True))
        said["event"] = _RENAMED.get(said["event"], said["event"])
        row, head = seal(Record(**said), head)
        connection.execute(_INSERT, row)
    connection.execute("DROP TABLE unchained")
