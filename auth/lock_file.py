"""A lock between processes: a file that one of them holds at a time.

The operating system frees the lock of a process that dies, however it dies, so there is no stale
lock to break. A refresh token that rotates may be spent by one process only: two that spend it at
once look like a thief to the issuer, which then ends the sign-in of both.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from auth.errand import Errand
from auth.fault import Fault, Who

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class LockHeld(Fault):
    """Another process of this user held a lock for longer than Portico waits."""

    reference = "sign-in-busy"
    who = Who.NOBODY
    remedy = "Try again; if it lasts, look for a Portico process that hangs and end it."


class LockFile:
    """The lock at `path`; its folder is made, private, when it is first taken."""

    def __init__(self, path: str) -> None:
        self._path = path

    @contextlib.asynccontextmanager
    async def held(self, bound: float) -> AsyncIterator[None]:
        """Hold the lock; wait at most `bound` seconds for it.

        Raises:
            LockHeld: Somebody else held it all the time.
            OSError: The file could not be made or opened.
        """
        try:
            descriptor = await Errand(self._take, late=os.close).run(bound)
        except TimeoutError as late:
            msg = f"Another Portico process has been busy with the sign-in for {bound:g} seconds."
            raise LockHeld(msg) from late
        try:
            yield
        finally:
            # Closing frees the lock, because no other descriptor shares this opening.
            os.close(descriptor)

    def _take(self) -> int:
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
        descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _lock(descriptor)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        import msvcrt

        # LK_LOCK gives up with an error after ten tries of a second each, which OSError reports.
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
