"""The audit on disk: SQLite, append-only, with one writer thread behind it.

The write-ahead log with `synchronous=NORMAL` keeps every commit through a SIGKILL of the hub. The
table refuses to change or forget a row, also to somebody who opens the file with another program
by mistake; it is no defence against the user, who owns the file.

A commit to the write-ahead log copies into memory and takes some 30 µs, where a change of thread
costs every call five times that. So the loop commits by itself while the disk answers at once; as
soon as it is slow, busy or broken, the thread takes over, and nobody else waits for it. What may
really wait, such as carrying the log over into the file, is always the thread's.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import secrets
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from proxy.audit.record import COLUMNS, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger("portico.audit")

_NAMES = ", ".join(COLUMNS)
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, {_NAMES});
CREATE TRIGGER IF NOT EXISTS records_keep BEFORE UPDATE ON records
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER IF NOT EXISTS records_stay BEFORE DELETE ON records
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""
_INSERT = f"INSERT INTO records ({_NAMES}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
_BUSY_MILLISECONDS = 2000
_BATCH = 64
_SOON = 0.01
"""Seconds a note may wait for company. The answer that it is about leaves first, and the next
call's intent shares its transaction, which spares every call two changes of thread."""

_SLOW = 0.02
"""Seconds of a commit on the loop after which the thread takes over."""

_REST = 5.0
"""Seconds for which it then does, which also keeps the records in their order."""

_CHECKPOINT = 500
"""Commits after which the thread carries the write-ahead log over into the file."""

_Item = tuple[Record | None, "asyncio.Future[None] | None"]
"""What the writer is handed: a record or none, and who waits until all before it are written."""


class JournalFault(Fault):
    """The audit cannot be written, so nothing may be sent."""

    reference = "audit-unwritable"
    who = Who.PERSON
    remedy = "Make room on the disk or mend the folder; `portico doctor` names it."


class Journal:
    """The audit of one home.

    Args:
        path: The SQLite file; made, with its folder, private to the user.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[list[_Item] | None] = queue.SimpleQueue()
        self._soon: list[Record] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._quick: sqlite3.Connection | None = None
        self._rests_until = 0.0
        self._commits = 0
        self.key = b""
        """The key of the arguments' digests; lives beside the file, readable by the user alone."""

    def open(self) -> None:
        """Start the writer. A file that cannot be opened makes every `commit` fail, with why."""
        self._loop = asyncio.get_running_loop()
        folder = os.path.dirname(self._path)  # noqa: PTH120
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
        self.key = _own_key(f"{self._path}.key")
        self._thread = threading.Thread(target=self._write, name="portico-audit", daemon=True)
        self._thread.start()

    async def commit(self, record: Record) -> None:
        """Write a record and return when it is on disk.

        Raises:
            JournalFault: It is not.
        """
        if self._loop is None or self._thread is None:
            msg = "The audit is not open, so nothing was sent."
            raise JournalFault(msg)
        items = self._noted()
        if self._written_here([*items, (record, None)]):
            return
        written = self._loop.create_future()
        # In one piece with the notes before it: the writer wakes once and commits once.
        self._queue.put([*items, (record, written)])
        await written

    def note(self, record: Record) -> None:
        """Write a record soon, in order with the others; a failure goes to the log.

        A hub that is killed within the next 10 ms loses it; an intent is never among these.
        """
        if self._thread is None or self._loop is None:
            log.error("not written, because the audit is not open: %s", record.event)
            return
        if not self._soon:
            self._loop.call_later(_SOON, self._flush)
        self._soon.append(record)

    def _flush(self) -> None:
        """Hand the notes over to the writer."""
        if self._soon:
            items = self._noted()
            if not self._written_here(items):
                self._queue.put(items)

    def _written_here(self, items: list[_Item]) -> bool:
        """Commit on the loop while that is quick; False leaves it to the thread."""
        began = time.monotonic()
        if self._quick is None or began < self._rests_until:
            return False
        try:
            with self._quick:
                self._quick.executemany(_INSERT, (_row(record) for record, _ in items if record))
        except sqlite3.Error:
            # The thread tries it once more, with patience, and says what is wrong.
            self._rests_until = began + _REST
            return False
        if time.monotonic() - began > _SLOW:
            self._rests_until = began + _REST
        self._commits += 1
        if self._commits % _CHECKPOINT == 0:
            self._queue.put([(None, None)])
        return True

    def _noted(self) -> list[_Item]:
        """The notes that wait, which are the caller's to hand over."""
        noted: list[_Item] = [(record, None) for record in self._soon]
        self._soon.clear()
        return noted

    async def close(self) -> None:
        """Write what is queued, then stop the writer."""
        self._flush()
        quick, self._quick = self._quick, None
        if quick is not None:
            quick.close()
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(thread.join, 5.0)

    async def read(self, *, limit: int = 50, server: str | None = None) -> list[dict[str, Any]]:
        """The newest records, oldest of them first, as dicts with the columns' names and `id`."""
        await self._caught_up()
        return await asyncio.to_thread(self._read, limit, server)

    async def _caught_up(self) -> None:
        """Wait until every note is written; what could not be written is in the log."""
        if self._loop is None or self._thread is None:
            return
        written = self._loop.create_future()
        self._queue.put([*self._noted(), (None, written)])
        with contextlib.suppress(JournalFault):
            await written

    def _read(self, limit: int, server: str | None) -> list[dict[str, Any]]:
        where, values = ("WHERE server = ? ", [server]) if server else ("", [])
        query = f"SELECT id, {_NAMES} FROM records {where}ORDER BY id DESC LIMIT ?"  # noqa: S608
        try:
            with contextlib.closing(_connect(self._path)) as connection:
                rows = connection.execute(query, [*values, limit]).fetchall()
        except (sqlite3.Error, OSError) as wrong:
            msg = f"The audit could not be read ({wrong})."
            raise JournalFault(msg) from wrong
        return [dict(zip(("id", *COLUMNS), row, strict=True)) for row in reversed(rows)]

    # --- the writer's thread -----------------------------------------------------------------

    def _write(self) -> None:
        connection: sqlite3.Connection | None = None
        while (first := self._queue.get()) is not None:
            batch, last = _drain(self._queue, first)
            try:
                if connection is None:
                    connection = _connect(self._path)
                    self._offer(_connect(self._path, quick=True))
                with connection:
                    connection.executemany(_INSERT, (_row(record) for record, _ in batch if record))
                if not any(record for record, _ in batch):
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            except (sqlite3.Error, OSError) as wrong:
                if connection is not None:
                    connection.close()
                connection = None  # A disk that was full may have room again: open it anew.
                self._settle(batch, _fault(wrong))
            else:
                self._settle(batch, None)
            if last:
                break
        if connection is not None:
            connection.close()

    def _offer(self, quick: sqlite3.Connection) -> None:
        """Hand the loop a connection of its own."""
        try:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._take, quick)
        except RuntimeError:
            quick.close()  # The loop is closed: nobody commits any more.

    def _take(self, quick: sqlite3.Connection) -> None:
        if self._thread is None or self._quick is not None:
            quick.close()
        else:
            self._quick = quick

    def _settle(self, batch: Iterable[_Item], fault: Fault | None) -> None:
        waiting = [future for _, future in batch if future is not None]
        if fault is not None:
            log.error("not written: %s", fault)
        if waiting and self._loop is not None:
            try:
                self._loop.call_soon_threadsafe(_wake, waiting, fault)
            except RuntimeError:
                return  # The loop is closed: nobody waits any more.


def _wake(waiting: list[asyncio.Future[None]], fault: Fault | None) -> None:
    for future in waiting:
        if future.done():
            continue
        if fault is None:
            future.set_result(None)
        else:
            future.set_exception(fault)


def _drain(
    source: queue.SimpleQueue[list[_Item] | None], first: list[_Item]
) -> tuple[list[_Item], bool]:
    """What is queued now, up to a batch, and whether the end was among it."""
    batch = list(first)
    while len(batch) < _BATCH:
        try:
            more = source.get_nowait()
        except queue.Empty:
            break
        if more is None:
            return batch, True
        batch += more
    return batch, False


def _row(record: Record) -> tuple[object, ...]:
    values = (getattr(record, column) for column in COLUMNS)
    # A lone surrogate in a name is legal JSON, but SQLite keeps UTF-8 only.
    return tuple(
        v.encode("utf-8", "backslashreplace").decode()
        if isinstance(v, str) and not v.isascii()
        else v
        for v in values
    )


def _connect(path: str, *, quick: bool = False) -> sqlite3.Connection:
    """Open the journal; a quick connection waits for nobody and never carries the log over."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, check_same_thread=not quick)
    try:
        connection.execute(f"PRAGMA busy_timeout={0 if quick else _BUSY_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        if quick:
            connection.execute("PRAGMA wal_autocheckpoint=0")
            return connection
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _own_key(path: str) -> bytes:
    fresh = f"{path}.{os.getpid()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
    try:
        # Two processes may open a new journal at once; a link lets exactly one key win, whole.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        os.unlink(fresh)  # noqa: PTH108
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


def _fault(wrong: Exception) -> JournalFault:
    return JournalFault(f"The audit could not be written ({wrong}), so nothing was sent.")
