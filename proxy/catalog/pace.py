"""Doing again what others ask for, however often they ask."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PAUSE = 1.0
"""Seconds from the end of an errand to the next."""


class Pace:
    """One errand, run by one task: at once when it is asked for, and again when asked meanwhile.

    A server that says a thousand times that it changed costs one flag, and is asked once a second.

    Args:
        errand: What to do; it must not raise.
    """

    def __init__(self, errand: Callable[[], Awaitable[None]]) -> None:
        self._errand = errand
        self._wanted = False
        self._task: asyncio.Task[None] | None = None

    def ask(self) -> None:
        """Run the errand, once more if it is running: it may have missed what is new."""
        self._wanted = True
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())

    def end(self) -> None:
        """Run it no more."""
        self._wanted = False
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                await self._errand()
                await asyncio.sleep(PAUSE)
        finally:
            self._task = None
