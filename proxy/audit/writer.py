"""The thread that writes the audit where the loop must not wait for the disk."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from typing import TYPE_CHECKING

from proxy.audit.chain import START
from proxy.audit.fault import JournalFault
from proxy.audit.record import Event, Record
from proxy.audit.retention import Retention
from proxy.audit.table import append, connect

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from auth.fault import Fault

log = logging.getLogger("portico.audit")

_BATCH = 64
_MOST_KEPT = 1000
"""Notes that wait for a disk that has no room; more are in the log alone."""

Item = tuple[Record | None, "asyncio.Future[None] | None"]
"""What the writer is handed: a record or none, and who waits until all before it are written."""

_Job = list[Item] | Retention


def lasts(record: Record) -> bool:
    """Whether a record must outlive a crash of the whole machine before anything else happens.

    What destroys must never have happened without its intent on the disk itself; for all else the
    write-ahead log in the system's memory is enough, which a kill of the hub does not reach.
    """
    return record.event is Event.INTENT and record.risk == "destructive"


class Writer:
    """One thread and its connection.

    Args:
        path: The file.
        loop: Where whoever waits is woken.
        ready: Called in the loop with a second connection, which waits for nobody.

    Attributes:
        head: The head of the chain, as far as this process knows.
    """

    def __init__(
        self,
        path: str,
        loop: asyncio.AbstractEventLoop,
        ready: Callable[[sqlite3.Connection], None],
    ) -> None:
        self.head = START
        self._path = path
        self._loop = loop
        self._ready = ready
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._kept: list[Record] = []
        self._connection: sqlite3.Connection | None = None
        self._thread = threading.Thread(target=self._run, name="portico-audit", daemon=True)
        self._thread.start()

    def put(self, job: _Job) -> None:
        """Have records written, in one piece, or old ones forgotten."""
        self._jobs.put(job)

    def end(self) -> None:
        """Write what is queued, then stop; waits for it, at most five seconds."""
        self._jobs.put(None)
        self._thread.join(5.0)

    # --- in the thread -----------------------------------------------------------------------

    def _run(self) -> None:
        last = False
        while not last and (first := self._jobs.get()) is not None:
            if isinstance(first, Retention):
                self._forget(first)
                continue
            batch, others, last = self._drain(first)
            self._write(batch)
            for other in others:
                self._forget(other)
        if self._connection is not None:
            self._connection.close()

    def _drain(self, first: list[Item]) -> tuple[list[Item], list[Retention], bool]:
        """What is queued now, up to a batch, and whether the end was among it."""
        batch = list(first)
        others: list[Retention] = []
        while len(batch) < _BATCH:
            try:
                more = self._jobs.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return batch, others, True
            if isinstance(more, Retention):
                others.append(more)
            else:
                batch += more
        return batch, others, False

    def _write(self, batch: list[Item]) -> None:
        records = [record for record, _ in batch if record is not None]
        try:
            connection = self._opened()
            if self._kept or records:
                self._append(connection, [*self._kept, *records])
                self._kept.clear()
            else:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except (sqlite3.Error, OSError) as wrong:
            self._reopen()
            fault = JournalFault(f"The audit could not be written ({wrong}), so nothing was sent.")
            self._keep(batch)
            self._settle(batch, fault)
        else:
            self._settle(batch, None)

    def _append(self, connection: sqlite3.Connection, records: list[Record]) -> None:
        if not any(map(lasts, records)):
            self.head = append(connection, records, self.head)
            return
        connection.execute("PRAGMA synchronous=FULL")
        try:
            self.head = append(connection, records, self.head)
        finally:
            connection.execute("PRAGMA synchronous=NORMAL")

    def _keep(self, batch: list[Item]) -> None:
        """Keep what nobody waits for until there is room again; whoever waits is refused."""
        notes = [record for record, waiting in batch if record is not None and waiting is None]
        self._kept = [*self._kept, *notes][:_MOST_KEPT]

    def _forget(self, retention: Retention) -> None:
        try:
            self.head, more = retention.step(self._opened(), self.head)
        except (sqlite3.Error, OSError) as wrong:
            self._reopen()
            log.warning("old records are still there: %s", wrong)
            return
        if more:
            self._jobs.put(retention)  # Behind whoever came meanwhile: an intent waits for a slice.

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect(self._path)
            self._offer(connect(self._path, quick=True))
        return self._connection

    def _reopen(self) -> None:
        """A disk that was full may have room again: open the file anew the next time."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _offer(self, quick: sqlite3.Connection) -> None:
        """Hand the loop a connection of its own."""
        try:
            self._loop.call_soon_threadsafe(self._ready, quick)
        except RuntimeError:
            quick.close()  # The loop is closed: nobody commits any more.

    def _settle(self, batch: Iterable[Item], fault: Fault | None) -> None:
        waiting = [future for _, future in batch if future is not None]
        if fault is not None:
            log.error("not written: %s", fault)
        if waiting:
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
