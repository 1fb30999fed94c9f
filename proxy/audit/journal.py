"""The audit as the hub writes it: SQLite, append-only, with one writer thread behind it.

The write-ahead log with `synchronous=NORMAL` keeps every commit through a SIGKILL of the hub; the
intent of a destructive call is on the disk itself before the call leaves (`synchronous=FULL`).

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
import secrets
import sqlite3
import time
from typing import TYPE_CHECKING, Any, TypeVar

from proxy.audit.archive import Archive, Selection
from proxy.audit.fault import JournalFault
from proxy.audit.retention import Retention
from proxy.audit.table import append
from proxy.audit.writer import Writer, lasts

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.audit.record import Record
    from proxy.audit.writer import Item

_Seen = TypeVar("_Seen")

log = logging.getLogger("portico.audit")

_SOON = 0.01
"""Seconds a note may wait for company. The answer that it is about leaves first, and the next
call's intent shares its transaction, which spares every call two changes of thread."""

_SLOW = 0.02
"""Seconds of a commit on the loop after which the thread takes over."""

_REST = 5.0
"""Seconds for which it then does, which also keeps the records in their order."""

_CHECKPOINT = 500
"""Commits after which the thread carries the write-ahead log over into the file."""

_EVERYTHING = Selection()


class Journal:
    """The audit of one home.

    Args:
        path: The SQLite file; made, with its folder, private to the user.
    """

    def __init__(self, path: str) -> None:
        self.archive = Archive(path)
        self._path = path
        self._soon: list[Record] = []
        self._writer: Writer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._quick: sqlite3.Connection | None = None
        self._rests_until = 0.0
        self._commits = 0
        self._lasting = 0
        self.key = b""
        """The key of the arguments' digests; lives beside the file, readable by the user alone."""

    def open(self) -> None:
        """Start the writer. A file that cannot be opened makes every `commit` fail, with why."""
        self._loop = asyncio.get_running_loop()
        folder = os.path.dirname(self._path)  # noqa: PTH120
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
        self.key = _own_key(f"{self._path}.key")
        self._writer = Writer(self._path, self._loop, self._take)

    async def commit(self, record: Record) -> None:
        """Write a record and return when it is on disk.

        Raises:
            JournalFault: It is not.
        """
        if self._loop is None or self._writer is None:
            msg = "The audit is not open, so nothing was sent."
            raise JournalFault(msg)
        items, must_last = self._noted(), lasts(record)
        if not must_last and self._written_here([*items, (record, None)]):
            return
        written = self._loop.create_future()
        self._lasting += must_last
        try:
            # In one piece with the notes before it: the writer wakes once and commits once.
            self._writer.put([*items, (record, written)])
            await written
        finally:
            self._lasting -= must_last

    def note(self, record: Record) -> None:
        """Write a record soon, in order with the others.

        One that cannot be written goes to the log, and is tried again as long as this hub lives. A
        hub that is killed within the next 10 ms loses it; an intent is never among these.
        """
        if self._writer is None or self._loop is None:
            log.error("not written, because the audit is not open: %s", record.event)
            return
        if not self._soon:
            self._loop.call_later(_SOON, self._flush)
        self._soon.append(record)

    def forget(self, before: float, now: float) -> None:
        """Have the records of a time before `before` (Unix seconds) deleted in the background."""
        if self._writer is not None:
            self._writer.put(Retention(before, now))

    def _flush(self) -> None:
        """Hand the notes over to the writer."""
        if self._soon:
            items = self._noted()
            if not self._written_here(items) and self._writer is not None:
                self._writer.put(items)

    def _written_here(self, items: list[Item]) -> bool:
        """Commit on the loop while that is quick; False leaves it to the thread."""
        began = time.monotonic()
        writer = self._writer
        # While the thread brings a record to the disk itself, nobody overtakes it.
        if self._quick is None or writer is None or self._lasting or began < self._rests_until:
            return False
        try:
            writer.head = append(
                self._quick, [record for record, _ in items if record], writer.head
            )
        except sqlite3.Error:
            # The thread tries it once more, with patience, and says what is wrong.
            self._rests_until = began + _REST
            return False
        if time.monotonic() - began > _SLOW:
            self._rests_until = began + _REST
        self._commits += 1
        if self._commits % _CHECKPOINT == 0:
            writer.put([(None, None)])
        return True

    def _noted(self) -> list[Item]:
        """The notes that wait, which are the caller's to hand over."""
        noted: list[Item] = [(record, None) for record in self._soon]
        self._soon.clear()
        return noted

    async def close(self) -> None:
        """Write what is queued, then stop the writer."""
        self._flush()
        quick, self._quick = self._quick, None
        if quick is not None:
            quick.close()
        writer, self._writer = self._writer, None
        if writer is not None:
            await asyncio.to_thread(writer.end)

    async def read(
        self, selection: Selection = _EVERYTHING, *, limit: int = 50
    ) -> list[dict[str, Any]]:
        """The newest records of a selection, oldest of them first, see `Archive.newest`."""
        return await self.look(lambda: self.archive.newest(selection, limit))

    async def look(self, looking: Callable[[], _Seen]) -> _Seen:
        """What a function of the archive finds, in a thread, once every note is written."""
        await self._caught_up()
        return await asyncio.to_thread(looking)

    async def _caught_up(self) -> None:
        """Wait until every note is written; what could not be written is in the log."""
        if self._loop is None or self._writer is None:
            return
        written = self._loop.create_future()
        self._writer.put([*self._noted(), (None, written)])
        with contextlib.suppress(JournalFault):
            await written

    def _take(self, quick: sqlite3.Connection) -> None:
        if self._writer is None or self._quick is not None:
            quick.close()
        else:
            self._quick = quick


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
