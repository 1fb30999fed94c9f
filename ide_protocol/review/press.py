"""Buttons of the review document, each for one press.

A command's arguments name a button and no question: whoever can have an editor run commands, as
some agents can, does not find a button's name in anything that the command line or a text says.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxy.approval import Reply

MOST = 1024
"""Buttons that one window may have; the oldest end first."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says: a reply to each of some questions, by their ids."""

    replies: tuple[tuple[str, Reply], ...]


class Buttons:
    """The buttons of one window."""

    def __init__(self) -> None:
        self._open: dict[str, Press] = {}

    def make(self, *replies: tuple[str, Reply]) -> str:
        """A new button; returns its name."""
        name = secrets.token_urlsafe(12)
        self._open[name] = Press(replies)
        if len(self._open) > MOST:
            del self._open[next(iter(self._open))]
        return name

    def look(self, name: object) -> Press | None:
        """What a button says, without pressing it."""
        return self._open.get(name) if isinstance(name, str) else None

    def press(self, name: object) -> Press | None:
        """What a button says, which is none any more; None for what is none."""
        return self._open.pop(name, None) if isinstance(name, str) else None
