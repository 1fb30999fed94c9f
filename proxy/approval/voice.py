"""An answer that comes from where no prompt was put, and what it needs to count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from proxy.approval.terminal import objection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from proxy.approval.code import Code
    from proxy.approval.pending import Pending
    from proxy.approval.surface import Surface
    from proxy.approval.terminal import Terminal
    from proxy.session import Session


class NotThisTerminal(Fault):
    """The terminal's answer does not count for this question."""

    reference = "terminal-not-accepted"
    who = Who.PERSON
    remedy = "Answer in your editor, or in a terminal window that you opened before the call."


class CodeRefused(Fault):
    """A terminal's yes came without the question's code, or with another."""

    reference = "code-not-accepted"
    who = Who.PERSON
    remedy = "Type the code that Portico shows in your editor, on its page or as a notification."


class NotThatSurface(Fault):
    """The rule for the tool wants the answer from another surface."""

    reference = "surface-not-accepted"
    who = Who.PERSON
    remedy = "Answer where the rule wants it: `portico approvals` says where."


@dataclass(frozen=True, slots=True)
class Voice:
    """Where an answer comes from that was not asked for, and what speaks for it.

    Attributes:
        surface: The page, or a terminal.
        terminal: The kernel's word on the terminal.
        code: What was typed there as the question's code.
    """

    surface: Surface
    terminal: Terminal | None = None
    code: str = ""


def code_fault(code: Code, typed: str) -> CodeRefused | None:
    """What is wrong with a code that was typed; None when it is the one."""
    if code.spent:
        return CodeRefused("Too many wrong codes were typed for this question.")
    if not typed:
        return CodeRefused("A yes in a terminal needs the code of the question.")
    if code.fits(typed):
        return None
    return CodeRefused("That is not the code of this question.")


def unheard(
    sessions: Iterable[Session], pending: Pending, terminal: Terminal | None, host_pid: int
) -> str:
    """Why a terminal's yes does not count; empty when it does.

    The terminals of every connected AI client are refused, not only those of the one that
    asks: an agent with a shell could otherwise make the call from a terminal of its own. A
    client that its starter has left belongs to process 1, from which everybody descends.
    """
    agents = {(s.host_pid, s.host_session) for s in sessions if s.role == "mcp" and s.host_pid > 1}
    if host_pid:
        agents.add((host_pid, pending.asking.host_session))
    objections = (
        objection(terminal, host_pid=host, host_session=session, asked=pending.asked)
        for host, session in agents or {(0, 0)}
    )
    return next(filter(None, objections), "")
