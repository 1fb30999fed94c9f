"""Saying what is waited for, once it takes over a second.

On a terminal it is one calm line with a spinner that disappears afterwards; elsewhere it is a plain
line on stderr, at most one a second. Stdout is never touched.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self

from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rich.status import Status

PATIENCE = 1.0
"""Seconds before a person is told, and between two plain lines."""


class Waiting:
    """A context in which something may take long.

    Args:
        doing: What is being done, as in "calling presto.run_query".
        clock: Seconds that only go forward.
    """

    def __init__(self, doing: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._message = plain(doing)
        self._clock = clock
        self._due = clock() + PATIENCE
        self._news = True
        self._spinner: Status | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.pause()

    @property
    def patience(self) -> float | None:
        """Seconds until `show` should be called, or None while there is no news to show."""
        return max(0.0, self._due - self._clock()) if self._news else None

    def say(self, message: str) -> None:
        """Take note of what is happening now, shown at once where a spinner already turns."""
        message = plain(message)
        if not message or message == self._message:
            return
        self._message = message
        self._news = True
        if self._spinner is not None:
            self.show()

    def show(self) -> None:
        """Tell the person what is waited for."""
        self._news = False
        self._due = self._clock() + PATIENCE
        if not os.isatty(2) or os.environ.get("TERM") == "dumb":
            sys.stderr.write(f"portico: {self._message} …\n")
            sys.stderr.flush()
            return
        # rich takes 30 ms to import, which an answer within a second never needs to pay.
        from rich.text import Text

        from ide_protocol.command_line.console import console

        text = Text(f"{self._message} …", style="dim", overflow="ellipsis", no_wrap=True)
        if self._spinner is None:
            self._spinner = console(sys.stderr).status(text, spinner="dots", spinner_style="cyan")
            self._spinner.start()
        else:
            self._spinner.update(text)

    def pause(self) -> None:
        """Clear the line, because something else is about to be shown; news shows it again."""
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None
        self._news = True
        self._due = self._clock() + PATIENCE
