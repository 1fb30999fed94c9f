"""Where questions wait for their one answer.

Every way to answer (the editor's prompt, the asking client, a terminal) settles the same future, so
a question is decided once, whoever is first, and everybody else finds it gone. What one session
asks at the same time is shown as one prompt.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from proxy.approval.code import Code
from proxy.approval.gathering import QUIET, Gathering
from proxy.approval.pending import Pending
from proxy.approval.question import new_tag
from proxy.approval.reply import Answer, Reply
from proxy.approval.showing import Showing
from proxy.approval.surface import Surface, choose, too_weak
from proxy.approval.voice import (
    CodeRefused,
    NotThatSurface,
    NotThisTerminal,
    Voice,
    code_fault,
    unheard,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable

    from proxy.approval.decision import Decision
    from proxy.approval.question import Question
    from proxy.session import Session

MOST_OF_ONE = 100
"""Questions that one session may have open: as many as a prompt can list."""

MOST = 400
"""Questions that all sessions together may have open."""


class NoSuchQuestion(Fault):
    """The question was answered already, has expired, or never was."""

    reference = "no-such-question"
    who = Who.PERSON
    remedy = "List what is open with `portico approvals`."


class Desk:
    """The open questions of one hub.

    Args:
        sessions: Every session, whenever it is called.
        clock: Unix seconds, for deadlines.
        uptime: Seconds since the machine started, which is how terminals tell their age.
        changed: Called when the list of open questions is another one.
        quiet: Seconds without another question after which a prompt opens.
        signs_in: Whether there is a company to sign in to: only then are editors paired, and is
            there a page.
        summon: Brings the person to questions that no window shows; says whether it told them.
        refused: Told of a yes that does not count: the question, where it came from, and why.
    """

    def __init__(
        self,
        *,
        sessions: Callable[[], Iterable[Session]],
        clock: Callable[[], float],
        uptime: Callable[[], float],
        changed: Callable[[], None],
        quiet: float = QUIET,
        signs_in: bool = False,
        summon: Callable[[list[Question], Session], Awaitable[bool]] | None = None,
        refused: Callable[[Question, Surface, str], None] = lambda _, __, ___: None,
    ) -> None:
        self.signs_in = signs_in
        self._showing = Showing(
            sessions=sessions, clock=clock, summon=summon, refused=refused, signs_in=signs_in
        )
        self._refused = refused
        self._sessions = sessions
        self._clock = clock
        self._uptime = uptime
        self._changed = changed
        self._quiet = quiet
        self._open: dict[str, Pending] = {}
        self._gatherings: dict[tuple[str, Surface, str], Gathering] = {}

    def questions(self) -> list[Question]:
        """The open questions, the oldest first."""
        return [pending.question for pending in self._open.values()]

    def standing(self) -> list[tuple[Question, Surface]]:
        """The open questions, the oldest first, each with the kind of surface that shows it."""
        return [
            (pending.question, pending.surface)
            for pending in self._open.values()
            if not pending.decided.done()
        ]

    def surface(
        self, asking: Session, arrived: int, allowed: Collection[str]
    ) -> tuple[Surface, Session | None] | None:
        """Where a call that arrived as number `arrived` would be asked about now."""
        return choose(
            self._sessions(),
            asking=asking,
            arrived=arrived,
            allowed=allowed,
            signs_in=self.signs_in,
        )

    def too_weak(
        self, asking: Session, arrived: int, allowed: Collection[str]
    ) -> list[tuple[Surface, str]]:
        """What could ask about such a call now and may not, each with why."""
        return too_weak(
            self._sessions(),
            asking=asking,
            arrived=arrived,
            allowed=allowed,
            signs_in=self.signs_in,
        )

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
        """Put a question and wait for its decision. Cancelling this withdraws it everywhere."""
        pending = self.put(question, asking=asking, surface=surface, allowed=allowed)
        try:
            return await pending.decided
        finally:
            self.withdraw(pending)

    def put(
        self,
        question: Question,
        *,
        asking: Session,
        surface: tuple[Surface, Session | None],
        allowed: Collection[str],
        carries: bool = False,
    ) -> Pending:
        """Have a question shown on its surface, once it is its turn there.

        Args:
            question: It expires as long after it is shown as its deadline is away now.
            asking: The session whose call it is about.
            surface: What `surface` said.
            allowed: Names of the surfaces whose yes counts.
            carries: Whether the prompt leaves as the result of the call itself.
        """
        kind, session = surface
        code = self._code(kind, allowed)
        pending = Pending(
            question=replace(
                question,
                surfaces=frozenset(allowed),
                coded=code is not None,
                tag=self._own_tag(question.tag),
            ),
            asking=asking,
            asked=self._uptime(),
            patience=question.deadline - self._clock(),
            allowed=allowed,
            surface=kind,
            window=session,
            code=code,
            carried=asyncio.get_running_loop().create_future() if carries else None,
        )
        self._open[question.id] = pending
        # What waits for a terminal has no prompt that could hold several; and no yes to several
        # calls is one to what a tool has become.
        alone = kind is Surface.TERMINAL or question.difference is not None
        key = (question.id if alone else asking.id, kind, session.id if session else "")
        gathering = self._gatherings.get(key)
        # The page shows all that waits.
        waits = kind is Surface.PAGE and gathering is not None and gathering.opened
        if gathering is None or waits:
            quiet = 0.0 if alone else self._quiet
            show, emptied = partial(self._showing.show, kind, session), partial(self._emptied, key)
            gathering = self._gatherings[key] = Gathering(show, quiet, emptied)
        pending.decided.add_done_callback(partial(self._ended, pending, gathering))
        gathering.add(pending)
        self._changed()
        return pending

    def withdraw(self, pending: Pending) -> None:
        """Nobody waits for the answer any more: the question goes from everywhere."""
        pending.decided.cancel()

    def _ended(self, pending: Pending, gathering: Gathering, _: object) -> None:
        del self._open[pending.question.id]
        gathering.settled(pending)
        self._changed()

    def _emptied(self, key: tuple[str, Surface, str]) -> None:
        found = self._gatherings.get(key)
        # On the page a newer one may have taken the place of the one that is empty now.
        if found is not None and found.empty:
            del self._gatherings[key]

    def answer(self, identifier: str, reply: Reply, voice: Voice) -> Question:
        """Settle a question from the page or a terminal; returns what was answered.

        A no is welcome from anywhere: it can only make things safer.

        Raises:
            NoSuchQuestion: It is not open.
            NotThatSurface: The rule does not admit the surface.
            CodeRefused: The terminal did not bring the question's code.
            NotThisTerminal: There is no code, and the kernel's word does not suffice.
        """
        pending = self._open.get(identifier)
        if pending is None or pending.decided.done():
            msg = "There is no open question of that id."
            raise NoSuchQuestion(msg)
        if reply.answer is Answer.YES and (fault := self._fault(pending, voice)) is not None:
            self._refused(pending.question, voice.surface, fault.message)
            raise fault
        pending.settle(reply, voice.surface)
        return pending.question

    def shows(self, session: Session, identifier: str) -> bool:
        """Whether a question waits for its answer in this editor's window."""
        pending = self._open.get(identifier)
        return pending is not None and not pending.decided.done() and pending.window is session

    def answer_shown(self, session: Session, identifier: str, reply: Reply) -> bool:
        """Settle a question in the editor's window that shows it; False where it shows it not.

        It is worth what an answer to the prompt is, which is taken away.
        """
        if not self.shows(session, identifier):
            return False
        self._showing.settle(self._open[identifier], reply)
        return True

    def refuse(self, identifier: str, surface: Surface, why: str) -> None:
        """An answer came from where none is taken: it goes on record, if it was to a question."""
        pending = self._open.get(identifier)
        if pending is not None:
            self._refused(pending.question, surface, why)

    def coded(self) -> list[Question]:
        """The open questions with their codes, for a surface where no model reads."""
        return [one.coded for one in self._open.values() if not one.decided.done()]

    def _fault(
        self, pending: Pending, voice: Voice
    ) -> NotThatSurface | CodeRefused | NotThisTerminal | None:
        """Why a yes does not count; None when it does."""
        if voice.surface not in pending.allowed:
            wanted = ", ".join(sorted(pending.allowed))
            return NotThatSurface(f"The rule for this tool wants a yes from: {wanted}.")
        if voice.surface is not Surface.TERMINAL:
            return None
        if pending.code is not None:
            return code_fault(pending.code, voice.code)
        why = unheard(self._sessions(), pending, voice.terminal, pending.asking.host_pid)
        if not why and pending.surface is not Surface.TERMINAL:
            why = "This question is shown in a window; its yes is given there."
        return NotThisTerminal(why) if why else None

    def _own_tag(self, tag: str) -> str:
        """A tag that no open question has: an editor drops a prompt that looks like another."""
        taken = {pending.question.tag for pending in self._open.values()}
        while tag in taken:
            tag = new_tag()
        return tag

    def _code(self, kind: Surface, allowed: Collection[str]) -> Code | None:
        """The code for a terminal's yes; none where no terminal counts, or nothing can show it.

        Where nobody signs in there is no page, so without an editor the kernel's word must do.
        """
        shown = self.signs_in or kind is Surface.EDITOR
        return Code() if Surface.TERMINAL in allowed and shown else None
