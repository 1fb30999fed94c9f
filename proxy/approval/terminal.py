"""What the kernel says of a process that claims to be a person at a terminal.

An agent with a shell can run `portico` too, so its word counts for nothing. The kernel tells
whether there is a terminal at all, when the terminal's session began, and which processes the
caller descends from; on a system where it does not tell, the terminal is not accepted.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_MARGIN = 0.05
"""Seconds: the kernel rounds a process's start to its clock tick."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A process at a terminal, as the kernel describes it.

    Attributes:
        pid: The process.
        ancestors: Its parent, the parent's parent and so on.
        has_tty: Whether it has a controlling terminal.
        opened: When the terminal's session began, in seconds since the machine started; None
            when it is unknown.
        session: The process that leads the terminal's session; 0 when unknown.
    """

    pid: int
    ancestors: tuple[int, ...]
    has_tty: bool
    opened: float | None
    session: int

    @property
    def orphaned(self) -> bool:
        """Whether it does not descend from the leader of its own session."""
        return self.session != self.pid and self.session not in self.ancestors


def inspect(pid: int) -> Terminal | None:
    """The process as the kernel sees it now; None when it is gone or cannot be seen."""
    own = _stat(pid)
    if own is None:
        return None
    parent, session, tty, _ = own
    leader = _stat(session)
    ancestors: list[int] = []
    while parent > 0 and parent not in ancestors:
        ancestors.append(parent)
        above = _stat(parent)
        parent = above[0] if above else 0
    return Terminal(pid, tuple(ancestors), tty != 0, leader[3] if leader else None, session)


def session_of(pid: int) -> int:
    """The leader of a process's session, or 0 when unknown."""
    own = _stat(pid)
    return own[1] if own else 0


def parent(pid: int) -> int:
    """The parent of a process, or 0 when unknown."""
    own = _stat(pid)
    return own[0] if own else 0


def started(pid: int) -> float:
    """When a process began, in seconds since the machine started; 0 when unknown."""
    own = _stat(pid)
    return own[3] if own else 0.0


def objection(
    terminal: Terminal | None, *, host_pid: int, host_session: int = 0, asked: float
) -> str:
    """Why a terminal's yes does not count, as a sentence; empty when it counts.

    Args:
        terminal: What `inspect` said.
        host_pid: The program that made the call, 0 when unknown.
        host_session: The leader of that program's session, 0 when unknown.
        asked: When the question was put, in seconds since the machine started.
    """
    if terminal is None or terminal.opened is None:
        return "This system does not tell enough about the terminal to trust its yes."
    agents_own = host_pid and (host_pid == terminal.pid or host_pid in terminal.ancestors)
    shared = host_session and host_session == terminal.session
    objections = {
        "A yes needs a real terminal, and this command has none.": not terminal.has_tty,
        "This terminal was started by the program that asks for calls.": agents_own,
        "The program that asks for calls runs in this very terminal.": shared,
        "This command was cut off from its terminal's shell, as no person would.": (
            terminal.orphaned
        ),
        "This terminal was opened after the call; its yes would prove nothing.": (
            terminal.opened + _MARGIN >= asked
        ),
    }
    return next((why for why, holds in objections.items() if holds), "")


def _stat(pid: int) -> tuple[int, int, int, float] | None:
    """Parent, session, terminal and start (seconds since boot) of a process; see proc(5)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        # The command's name may hold anything, so count from its closing parenthesis.
        fields = text.rpartition(")")[2].split()
        return int(fields[1]), int(fields[3]), int(fields[4]), int(fields[19]) / _TICKS
    except (OSError, ValueError, IndexError):
        return None


_TICKS = os.sysconf("SC_CLK_TCK")
