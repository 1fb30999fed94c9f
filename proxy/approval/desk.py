"""Where questions wait for their one answer.

Every way to answer (the editor's prompt, the asking client, a terminal) settles the same future, so
a question is decided once, whoever is first, and everybody else finds it gone.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from proxy.approval.question import Answer, Question
from proxy.approval.surface import Surface, choose
from proxy.approval.terminal import inspect, objection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from proxy.approval.terminal import Terminal
    from proxy.session import Session


log = logging.getLogger("portico.approval")

MOST_OF_ONE = 8
"""Questions that one session may have open: nobody reads more of them with care."""

MOST = 32
"""Questions that all sessions together may have open."""


class NoSuchQuestion(Fault):
    """The question was answered already, has expired, or never was."""

    reference = "no-such-question"
    who = Who.PERSON
    remedy = "List what is open with `portico approvals`."


class NotThisTerminal(Fault):
    """The terminal's answer does not count for this question."""

    reference = "terminal-not-accepted"
    who = Who.PERSON
    remedy = "Answer in your editor, or in a terminal window that you opened before the call."


@dataclass(frozen=True, slots=True)
class Decision:
    """How a question ended: the answer, and the surface that gave or failed to give it."""

    answer: Answer
    surface: Surface


@dataclass(slots=True)
class _Pending:
    question: Question
    asking: Session
    asked: float
    allowed: Collection[str]
    surface: Surface
    decided: asyncio.Future[Decision]


class Desk:
    """The open questions of one hub.

    Args:
        sessions: Every session, whenever it is called.
        clock: Unix seconds, for deadlines.
        uptime: Seconds since the machine started, which is how terminals tell their age.
        changed: Called when the list of open questions is another one.
    """

    def __init__(
        self,
        *,
        sessions: Callable[[], Iterable[Session]],
        clock: Callable[[], float],
        uptime: Callable[[], float],
        changed: Callable[[], None],
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._uptime = uptime
        self._changed = changed
        self._open: dict[str, _Pending] = {}

    def questions(self) -> list[Question]:
        """The open questions, the oldest first."""
        return [pending.question for pending in self._open.values()]

    def surface(
        self, asking: Session, arrived: int, allowed: Collection[str]
    ) -> tuple[Surface, Session | None] | None:
        """Where a call that arrived as number `arrived` would be asked about now."""
        return choose(self._sessions(), asking=asking, arrived=arrived, allowed=allowed)

    def full(self, asking: Session) -> bool:
        """Whether a call of this session must end unasked, so many are being asked about."""
        own = sum(pending.asking is asking for pending in self._open.values())
        return own >= MOST_OF_ONE or len(self._open) >= MOST

    async def decide(
        self,
        question: Question,
        *,
        asking: Session,
        surface: tuple[Surface, Session | None],
        allowed: Collection[str],
    ) -> Decision:
        """Show a question on its surface and wait for the first answer, until its deadline.

        Cancelling this withdraws the question everywhere.
        """
        decided: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        kind, session = surface
        pending = _Pending(question, asking, self._uptime(), allowed, kind, decided)
        self._open[question.id] = pending
        self._changed()
        showing = asyncio.ensure_future(self._show(pending, kind, session)) if session else None
        try:
            async with asyncio.timeout(max(question.deadline - self._clock(), 0.0)):
                return await decided
        except TimeoutError:
            return Decision(Answer.SILENCE, kind)
        finally:
            if showing is not None:
                showing.cancel()
            del self._open[question.id]
            self._changed()

    def answer(self, identifier: str, answer: Answer, terminal: Terminal | None) -> Question:
        """Settle a question from a terminal; returns what was answered.

        Raises:
            NoSuchQuestion: It is not open.
            NotThisTerminal: The kernel's word on the terminal does not suffice.
        """
        pending = self._open.get(identifier)
        if pending is None or pending.decided.done():
            msg = "There is no open question of that id."
            raise NoSuchQuestion(msg)
        why = self._objection(pending, terminal, pending.asking.host_pid)
        if Surface.TERMINAL not in pending.allowed:
            why = "The rule for this tool wants an answer from another surface."
        elif pending.surface is not Surface.TERMINAL:
            # A terminal serves where nothing stronger is there; it never overrules what is.
            why = "This question is shown in a window; its yes is given there."
        # A no is welcome from anywhere: it can only make things safer.
        if why and answer is Answer.YES:
            raise NotThisTerminal(why)
        pending.decided.set_result(Decision(answer, Surface.TERMINAL))
        return pending.question

    async def _show(self, pending: _Pending, kind: Surface, session: Session) -> None:
        window = session.window
        try:
            answer = Answer.GONE if window is None else await window.ask(pending.question)
        except Exception:
            # A window that cannot ask has not asked; whoever waits must hear so at once.
            log.exception("a question could not be shown")
            answer = Answer.GONE
        if kind is Surface.TERMINAL and answer is Answer.YES and session is not None:
            # The command that made the call says yes: the kernel must know its terminal.
            terminal = await asyncio.to_thread(inspect, session.pid)
            if self._objection(pending, terminal, 0):
                answer = Answer.NO
        if not pending.decided.done():
            pending.decided.set_result(Decision(answer, kind))

    def _objection(self, pending: _Pending, terminal: Terminal | None, host_pid: int) -> str:
        """Why a terminal's yes does not count; empty when it does.

        The terminals of every connected AI client are refused, not only those of the one that
        asks: an agent with a shell could otherwise make the call from a terminal of its own. A
        client that its starter has left belongs to process 1, from which everybody descends.
        """
        agents = {
            (s.host_pid, s.host_session)
            for s in self._sessions()
            if s.role == "mcp" and s.host_pid > 1
        }
        if host_pid:
            agents.add((host_pid, pending.asking.host_session))
        objections = (
            objection(terminal, host_pid=host, host_session=session, asked=pending.asked)
            for host, session in agents or {(0, 0)}
        )
        return next(filter(None, objections), "")
