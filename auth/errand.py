"""A blocking call that may never return, made where it can hang nobody.

A keyring may wait for an unlock prompt that no one can see, and a lock may be held by a process
that is stopped. Such calls get a daemon thread of their own: the threads of asyncio's pool are
joined when the process ends, so one hung call there would keep the hub from ever ending.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Errand(Generic[T]):
    """One blocking call on its way.

    Args:
        call: What to do; its exception is the errand's.
        late: Given the result if it comes after nobody waits any more, to undo it.
    """

    def __init__(self, call: Callable[[], T], late: Callable[[T], None] | None = None) -> None:
        self._call = call
        self._late = late
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[T] = self._loop.create_future()
        self._abandoned = False

    async def run(self, bound: float) -> T:
        """Make the call and wait at most `bound` seconds for it.

        Raises:
            TimeoutError: It did not return in time. It goes on alone, and its result is undone.
        """
        threading.Thread(target=self._work, daemon=True, name="portico-errand").start()
        try:
            await asyncio.wait([self._done], timeout=bound)
        except asyncio.CancelledError:
            self._abandon()
            raise
        if not self._done.done():
            self._abandon()
            raise TimeoutError
        return self._done.result()

    def _work(self) -> None:
        try:
            result = self._call()
        except Exception as error:  # noqa: BLE001 - it is handed to whoever waits.
            self._deliver(self._fail, error)
        else:
            if not self._deliver(self._finish, result):
                self._undo(result)

    def _deliver(
        self, settle: Callable[[T], None] | Callable[[Exception], None], value: object
    ) -> bool:
        try:
            self._loop.call_soon_threadsafe(settle, value)  # type: ignore[arg-type]
        except RuntimeError:
            # The loop closed meanwhile, so nobody waits any more.
            return False
        return True

    def _finish(self, result: T) -> None:
        if self._abandoned:
            self._undo(result)
        else:
            self._done.set_result(result)

    def _fail(self, error: Exception) -> None:
        if not self._abandoned:
            self._done.set_exception(error)

    def _abandon(self) -> None:
        self._abandoned = True
        if self._done.done() and self._done.exception() is None:
            self._undo(self._done.result())

    def _undo(self, result: T) -> None:
        if self._late is not None:
            self._late(result)
