"""Forgetting: old records go, a checkpoint stays, and the chain still verifies."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from proxy.audit import Event, Journal, Selection
from proxy.audit.archive import Archive
from proxy.audit.chain import Head
from proxy.audit.retention import Retention
from proxy.audit.table import connect
from tests.proxy.audit.ledger import found, records, tampered, written

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the audit of a test is."""
    return tmp_path / "audit.sqlite3"


def forgotten(path: Path, before: float, steps: int = 1000) -> int:
    """Run one pass, or its first steps; returns how many it took."""
    retention = Retention(before, now=before + DAY)
    with closing(connect(str(path))) as connection:
        head = Archive(str(path)).ends()[1]
        for taken in range(1, steps + 1):
            head, more = retention.step(connection, head)
            if not more:
                return taken
    return steps


def test_what_is_forgotten_leaves_a_checkpoint_and_the_rest_verifies(path: Path) -> None:
    """The head of what went is in the chain, so only it can stand before the first record."""
    gone = written(path, records(1200))
    kept = written(path, records(3, at=DAY))
    forgotten(path, DAY)
    rows = list(Archive(str(path)).each(Selection()))
    assert [row["id"] for row in rows] == [1201, 1202, 1203, 1204]
    assert rows[-1]["event"] == Event.CHECKPOINT
    assert rows[-1]["outcome"] == str(gone)
    assert rows[-1]["summary"] == "1200 records, 1970-01-01 to 1970-01-01"
    assert not found(path).trouble
    assert not found(path, kept).trouble
    assert not found(path, gone).trouble, "the head of what went is known"
    assert "forgotten by retention" in found(path, Head(900, gone.hash)).trouble
    tampered(path, "DELETE FROM records WHERE id = 1201")
    assert "Record 1201 is missing" in found(path).trouble


def test_a_false_checkpoint_does_not_hide_what_was_removed(path: Path) -> None:
    """Whoever changes a checkpoint's head breaks the chain at the checkpoint or at the start."""
    gone = written(path, records(10))
    written(path, records(5, at=DAY))
    forgotten(path, DAY)
    false = f"UPDATE records SET outcome = '12:{gone.hash}' WHERE event = 'checkpoint'"  # noqa: S608
    tampered(path, false, "DELETE FROM records WHERE id <= 12")
    assert found(path).trouble


def test_a_pass_that_was_killed_is_finished_by_the_next(path: Path) -> None:
    """What was to go and is still there looks like nothing, and goes the next time."""
    written(path, records(1200))
    written(path, records(2, at=DAY))
    forgotten(path, DAY, steps=2)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone()[0] == 703
    assert found(path).records == 3
    assert not found(path).trouble
    forgotten(path, DAY)
    assert [row["id"] for row in Archive(str(path)).newest(Selection(), 10)] == [1201, 1202, 1203]


def test_nothing_old_means_nothing_written(path: Path) -> None:
    """An audit without old records gets no checkpoint, and no checkpoint is worth another."""
    written(path, records(3, at=DAY))
    forgotten(path, DAY)
    assert found(path).records == 3
    for later in (2, 3, 4):
        forgotten(path, later * DAY)
    assert found(path).records == 1
    forgotten(path, 500 * DAY)
    assert found(path).records == 1


def test_the_table_forgets_nothing_by_other_hands(path: Path) -> None:
    """After a pass the table refuses to lose a row as it did before."""
    written(path, records(2))
    written(path, records(2, at=DAY))
    forgotten(path, DAY)
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM records")


async def test_records_are_written_while_old_ones_go(path: Path) -> None:
    """An intent in the middle of a pass is committed, and the chain is whole afterwards."""
    written(path, records(3000))
    journal = Journal(str(path))
    journal.open()
    journal.forget(DAY, now=2 * DAY)
    for record in records(20, at=2 * DAY):
        await journal.commit(record)
    await journal.close()
    assert not found(path).trouble
    assert Archive(str(path)).newest(Selection(until=DAY), 5) == []
    assert len(list(Archive(str(path)).each(Selection(event="outcome")))) == 20
