"""The audit on disk: what was committed stays, and what was not is never said to be."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proxy.audit import AuditUnreadable, Event, Journal, JournalFault, Record, Selection
from proxy.audit.archive import NAMES, Archive
from proxy.audit.chain import START, verify
from proxy.audit.table import connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).resolve().parents[3]

# Commits records, says so for each, and goes on until it is ended or has written enough.
WRITER = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from proxy.audit import Event, Journal, Record

async def main():
    journal = Journal(sys.argv[2])
    journal.open()
    for number in range(int(sys.argv[4])):
        await journal.commit(Record(1.0, Event.INTENT, exchange=f"{sys.argv[3]}-{number}"))
        print(number, flush=True)
    await journal.close()

asyncio.run(main())
"""


# The same under a limit of file sizes, until the first record that cannot be written.
CRAMPED = """
import asyncio, resource, sys
sys.path.insert(0, sys.argv[1])
from proxy.audit import Event, Journal, JournalFault, Record

async def main():
    journal = Journal(sys.argv[2])
    journal.open()
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
    try:
        for number in range(10_000):
            await journal.commit(Record(1.0, Event.INTENT, exchange=str(number)))
            print(number, flush=True)
    except JournalFault as fault:
        print("refused:", fault.message)
    await journal.close()

asyncio.run(main())
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[bytes]:
    """Another process that writes to the same journal."""
    return subprocess.Popen(
        [sys.executable, "-Ic", WRITER, str(ROOT), str(path), name, str(count)],
        stdout=subprocess.PIPE,
    )


def record(number: int, event: Event = Event.INTENT) -> Record:
    """A record of exchange `number`."""
    return Record(float(number), event, exchange=str(number), server="presto")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal of a test is."""
    return tmp_path / "state" / "audit.sqlite3"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[Journal]:
    """An open journal."""
    opened = Journal(str(path))
    opened.open()
    yield opened
    await opened.close()


async def test_records_come_back_in_order_whoever_waits(journal: Journal) -> None:
    """A hundred exchanges at once lose nothing, and each keeps its own order."""

    async def exchange(number: int) -> None:
        await journal.commit(record(number))
        journal.note(record(number, Event.OUTCOME))

    await asyncio.gather(*(exchange(number) for number in range(100)))
    await journal.close()
    rows = await journal.read(limit=1000)
    assert len(rows) == 200
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    for number in range(100):
        events = [row["event"] for row in rows if row["exchange"] == str(number)]
        assert events == ["intent", "outcome"]


async def test_the_newest_come_back_and_only_those_asked_for(journal: Journal) -> None:
    """`limit` takes from the end, `server` filters, and every column has its name."""
    for number in range(5):
        await journal.commit(record(number))
    await journal.commit(Record(9.0, Event.SIGNED_IN, user="al\ud800ice"))
    rows = await journal.read(limit=2)
    assert [row["at"] for row in rows] == [4.0, 9.0]
    assert tuple(rows[0]) == NAMES
    assert rows[1]["user"] == "al\\ud800ice"
    assert [row["at"] for row in await journal.read(Selection(server="presto"), limit=2)] == [
        3.0,
        4.0,
    ]
    assert await journal.read(Selection(server="' OR 1=1 --")) == []


async def test_two_processes_write_to_one_journal(journal: Journal, path: Path) -> None:
    """Their records mix, none is lost, and both use the same key."""
    with writer(path, "other", 50) as other:
        await asyncio.gather(*(journal.commit(record(number)) for number in range(50)))
        assert await asyncio.to_thread(other.wait, 30) == 0
    rows = await journal.read(limit=1000)
    assert len({row["exchange"] for row in rows}) == 100
    again = Journal(str(path))
    again.open()
    assert again.key == journal.key
    assert len(journal.key) == 32
    await again.close()


def test_what_was_committed_survives_a_kill(path: Path) -> None:
    """SIGKILL right after a commit loses no record that was said to be written."""
    with writer(path, "killed", 100_000) as process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        said += [
            int(line) for line in process.stdout.read().splitlines(keepends=True) if b"\n" in line
        ]
    archive = Archive(str(path))
    kept = {row["exchange"] for row in archive.each(Selection())}
    assert {f"killed-{number}" for number in said} <= kept
    assert not verify(archive.each(Selection()), START, None).trouble


def test_a_process_whose_disk_is_full_refuses_and_loses_nothing(path: Path) -> None:
    """The system lets no file grow any further: what was said to be written is, and no more is."""
    with subprocess.Popen(
        [sys.executable, "-Ic", CRAMPED, str(ROOT), str(path), "100000"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        said, _ = process.communicate(timeout=50)
    *numbers, refused = said.splitlines()
    assert refused.startswith("refused: The audit could not be written (")
    assert refused.endswith("so nothing was sent.")
    archive = Archive(str(path))
    kept = [row["exchange"] for row in archive.each(Selection())]
    assert kept == [f"{number}" for number in range(len(numbers))]
    assert len(kept) > 20
    assert not verify(archive.each(Selection()), START, None).trouble


async def test_a_full_disk_is_said_and_passes(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While nothing can be written every commit fails; when there is room again, none does."""
    await journal.commit(record(0))
    monkeypatch.setattr("proxy.audit.table._INSERT", "INSERT INTO full_disk VALUES (?)")
    with pytest.raises(JournalFault, match="nothing was sent"):
        await journal.commit(record(1))
    journal.note(record(2))
    monkeypatch.undo()
    await journal.commit(record(3))
    await journal.close()
    kept = [row["exchange"] for row in await journal.read()]
    assert kept[0] == "0"
    assert "1" not in kept
    assert kept[-1] == "3"
    assert "not written" in caplog.text


async def test_the_file_system_refusing_more_is_a_fault(journal: Journal, path: Path) -> None:
    """SQLite's own "database or disk is full" reaches whoever waits for the record."""
    await journal.commit(record(0))
    await journal.close()
    full = Journal(str(path))
    full.open()

    def cramped(path: str, *, quick: bool = False) -> sqlite3.Connection:
        connection = connect(path, quick=quick)
        connection.execute("PRAGMA max_page_count=1")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("proxy.audit.writer.connect", cramped)
        long = Record(1.0, Event.INTENT, summary="x" * 100_000)
        with pytest.raises(JournalFault, match="full"):
            await full.commit(long)
    await full.close()


async def test_a_journal_that_is_not_open_fails_at_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Before it opens, when it could not, and after it closed, a commit does not wait forever."""
    path.parent.write_text("a file in the way")
    journal = Journal(str(path))
    with pytest.raises(JournalFault):
        await journal.commit(record(0))
    with pytest.raises(OSError, match="exists"):
        journal.open()
    with pytest.raises(JournalFault):
        await journal.commit(record(1))
    journal.note(record(2))
    assert "not open" in caplog.text
    path.parent.unlink()
    journal.open()
    await journal.commit(record(3))
    await journal.close()
    with pytest.raises(JournalFault):
        await journal.commit(record(4))


async def test_what_cannot_be_read_is_a_fault_about_reading(tmp_path: Path) -> None:
    """Nothing was sent or not sent by looking at the audit."""
    with pytest.raises(AuditUnreadable, match="could not be read"):
        await Journal(str(tmp_path)).read()


async def test_everything_of_the_audit_is_the_users_alone(journal: Journal, path: Path) -> None:
    """Folder, database, its log and the key are closed to others."""
    await journal.commit(record(0))
    for found in (path.parent, *path.parent.iterdir()):
        assert found.stat().st_mode & 0o077 == 0, found


async def test_a_slow_or_busy_disk_is_the_threads_to_wait_for(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program holds the file the loop goes on, and the record is written after it."""
    await journal.commit(record(1))
    await asyncio.sleep(0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(journal.commit(record(2)))
    turns = 0
    while turns < 100:
        await asyncio.sleep(0)
        turns += 1
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    monkeypatch.setattr("proxy.audit.journal._SLOW", -1.0)
    for number in (3, 4):
        await journal.commit(record(number))
    assert [row["exchange"] for row in await journal.read()] == ["1", "2", "3", "4"]
