"""The other side of a pseudo-terminal: what a person sees, and their keyboard."""

from __future__ import annotations

import os
import pty
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

PATIENCE = 120.0
"""Seconds of silence after which a test has failed; no test waits for it."""


class Screen:
    """A terminal for one command, whose side is `theirs`."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self.seen = b""

    def until(self, words: bytes) -> bytes:
        """Read until `words` are on the screen; returns everything shown so far."""
        while words not in self.seen:
            self._read()
        return self.seen

    def find(self, pattern: re.Pattern[str]) -> str:
        """Read until something on the screen is of this pattern; returns that."""
        while (found := pattern.search(self.seen.decode(errors="replace"))) is None:
            self._read()
        return found[0]

    def _read(self) -> None:
        ready, _, _ = select.select([self._ours], [], [], PATIENCE)
        assert ready, self.seen
        self.seen += os.read(self._ours, 4096)

    def type(self, words: bytes) -> None:
        """Type on the keyboard."""
        os.write(self._ours, words)

    def close(self) -> None:
        """Close both sides."""
        os.close(self._ours)
        os.close(self.theirs)
