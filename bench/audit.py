"""What the chain costs a call: its two records committed with hashes, against the same without.

The intent of a call and the outcome of the one before share a transaction, as they do in the hub.
Both sides write the same columns into tables of the same shape, in turns, and the time is that of
the thread alone, so that a busy machine weighs on both alike.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figure import Figure, ratios
from proxy.audit.chain import START
from proxy.audit.record import COLUMNS, Event, Record
from proxy.audit.table import append, connect

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

_TURNS = 4000
_WARM_UP = 200
_BLOCKS = 20

_RECORD = Record(
    1_795_000_012.25,
    Event.INTENT,
    exchange="b5bb9d8014a0f9b1",
    user="alice",
    host="Claude Code",
    server="presto",
    tool="run_query",
    risk="read",
    verdict="allow",
    rule="registry com.example.corp/presto tools.run_query",
    digest="2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    summary="query=[116 characters] limit=50",
)
_PAIR = [_RECORD, _RECORD]


def measure() -> list[Figure]:
    """The cost of a commit, and of the chain in it."""
    chained, unchained = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(_table(folder, "chained")) as one,
        closing(_table(folder, "unchained")) as other,
    ):
        with_hashes, without = _chained(one), _unchained(other)
        for turn in range(_WARM_UP + _TURNS):
            took, plain = _took(with_hashes), _took(without)
            if turn >= _WARM_UP:
                chained.append(took)
                unchained.append(plain)
    return [
        Figure("audit: two records of a call, committed", "ms", tuple(chained)),
        Figure(
            "audit: the same, chained / unchained",
            "x",
            ratios(chained, unchained, blocks=_BLOCKS),
        ),
    ]


def _table(folder: str, name: str) -> sqlite3.Connection:
    path = str(Path(folder) / name)
    connect(path).close()
    return connect(path, quick=True)


def _chained(connection: sqlite3.Connection) -> Callable[[], None]:
    head = START

    def commit() -> None:
        nonlocal head
        head = append(connection, _PAIR, head)

    return commit


def _unchained(connection: sqlite3.Connection) -> Callable[[], None]:
    values = attrgetter(*COLUMNS)
    names = ", ".join((*COLUMNS, "hash"))
    insert = f"INSERT INTO records ({names}) VALUES ({'?, ' * len(COLUMNS)}'')"  # noqa: S608

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, map(values, _PAIR))
        connection.execute("COMMIT")

    return commit


def _took(commit: Callable[[], None]) -> float:
    began = time.thread_time()
    commit()
    return (time.thread_time() - began) * 1000
