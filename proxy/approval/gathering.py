"""Questions that come in quick succession, gathered until it is quiet, and shown together.

An agent that makes many calls at once makes them within milliseconds. So a prompt opens when
nothing has come for a moment that no person notices; what comes while it is open waits, and is
shown together as the next one. One session never has two prompts on one surface.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from proxy.approval.pending import Pending

QUIET = 0.03
"""Seconds without another question after which a prompt opens."""

LONGEST = 0.5
"""Seconds after which it opens in any case."""


class Gathering:
    """The questions of one session for one surface.

    Args:
        show: Shows questions as one prompt until each is settled.
        quiet: Seconds without another question after which that happens.
        emptied: Called when nothing waits and nothing is shown any more.
    """

    def __init__(
        self,
        show: Callable[[list[Pending]], Coroutine[None, None, None]],
        quiet: float,
        emptied: Callable[[], None],
    ) -> None:
        self._show = show
        self._quiet = quiet
        self._emptied = emptied
        self._waiting: list[Pending] = []
        self._shown: list[Pending] = []
        self._latest = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._prompt: asyncio.Task[None] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing waits and nothing is shown."""
        return self._prompt is None and not self._waiting

    @property
    def opened(self) -> bool:
        """Whether a prompt is shown."""
        return self._prompt is not None

    def add(self, pending: Pending) -> None:
        """One more question."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            self._latest = loop.time() + LONGEST
        self._waiting.append(pending)
        if self._prompt is None:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(min(loop.time() + self._quiet, self._latest), self._open)

    def settled(self, pending: Pending) -> None:
        """A question was decided or withdrawn; a prompt without any is taken back."""
        if pending in self._waiting:
            self._waiting.remove(pending)
        if self._prompt is not None and all(one.decided.done() for one in self._shown):
            self._prompt.cancel()
        self._tell()

    def _open(self) -> None:
        self._timer = None
        if not self._waiting:
            return
        self._shown, self._waiting = self._waiting, []
        self._prompt = asyncio.ensure_future(self._show(self._shown))
        self._prompt.add_done_callback(self._closed)

    def _closed(self, _: asyncio.Task[None]) -> None:
        self._prompt, self._shown = None, []
        self._open()
        self._tell()

    def _tell(self) -> None:
        if self.empty:
            self._emptied()
