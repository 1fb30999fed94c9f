"""Prompts, each from its opening until every one of its questions is settled.

A prompt is put on a window, leaves as the result of a call, or waits where no window is; there the
person is called to it. What nobody answers in time is silence, and what cannot be shown says so.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from proxy.approval.batch import Batch
from proxy.approval.reply import Answer, Reply
from proxy.approval.surface import Surface
from proxy.approval.terminal import inspect
from proxy.approval.voice import unheard

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from proxy.approval.pending import Pending
    from proxy.approval.question import Question
    from proxy.session import Session

log = logging.getLogger("portico.approval")


class Showing:
    """The prompts of one hub.

    Args:
        sessions: Every session, whenever it is called.
        clock: Unix seconds, for deadlines.
        summon: Brings the person to questions that no window shows; says whether it told them.
        refused: Told of a yes that does not count: the question, where it came from, and why.
        signs_in: Whether there is a company to sign in to, hence pairing.
    """

    def __init__(
        self,
        *,
        sessions: Callable[[], Iterable[Session]],
        clock: Callable[[], float],
        summon: Callable[[list[Question], Session], Awaitable[bool]] | None,
        refused: Callable[[Question, Surface, str], None],
        signs_in: bool,
    ) -> None:
        self._signs_in = signs_in
        self._sessions = sessions
        self._clock = clock
        self._summon = summon
        self._refused = refused

    async def show(self, kind: Surface, session: Session | None, shown: list[Pending]) -> None:
        """One prompt, from its opening until each of its questions is settled."""
        pending = {one.question.id: one for one in shown}
        patience = max(one.patience for one in shown)
        for one in shown:
            # Whoever had to wait for another prompt has the whole time from here on.
            one.question = replace(one.question, deadline=self._clock() + patience)

        def settle(question: Question, reply: Reply) -> None:
            self.settle(pending[question.id], reply)

        batch = Batch(
            [one.coded if kind is Surface.EDITOR else one.question for one in shown],
            settle=settle,
            is_open=lambda question: not pending[question.id].decided.done(),
            until=lambda question: pending[question.id].decided,
        )
        rest = Answer.SILENCE
        summoning = None if session else asyncio.ensure_future(self._call_person(shown))
        try:
            async with asyncio.timeout(max(patience, 0.0)):
                rest = await self._put_before(kind, session, batch, shown)
        except TimeoutError:
            pass  # Nobody answered in time, and silence is no.
        except Exception:
            # A window that cannot ask has not asked; whoever waits must hear so at once.
            log.exception("a question could not be shown")
            rest = Answer.GONE
        finally:
            if summoning is not None:
                summoning.cancel()
        for question in batch.open:
            settle(question, Reply(rest))

    def settle(self, pending: Pending, reply: Reply) -> None:
        """Take what was said in the window that shows a question."""
        if reply.answer is Answer.YES and self._unpaired(pending.surface, pending.window):
            lost = "an editor that is not paired any more"
            self._refused(pending.question, Surface.ELICITATION, lost)
            reply = Reply(Answer.GONE)
        pending.settle(reply, pending.surface)

    def _unpaired(self, kind: Surface, session: Session | None) -> bool:
        """Whether the person took the pairing back while the editor showed the question."""
        shown = kind is Surface.EDITOR and session is not None
        return shown and self._signs_in and session is not None and not session.paired

    async def _put_before(
        self, kind: Surface, session: Session | None, batch: Batch, shown: list[Pending]
    ) -> Answer:
        """Have a person see a batch; what those questions are to end in that stay unanswered."""
        carriers = [one.carried for one in shown if one.carried is not None]
        if carriers or session is None:
            if carriers:
                carrier = next((one for one in carriers if not one.done()), None)
                if carrier is None:
                    return Answer.GONE
                carrier.set_result(batch)
            await asyncio.wait([one.decided for one in shown])
        elif session.window is None:
            return Answer.GONE
        elif kind is Surface.TERMINAL:
            if any(one.code is not None for one in shown):
                # Where the code stands comes before the question that wants it.
                await self._call_person(shown)
            return await self._ask_command(session, batch, shown)
        else:
            await session.window.ask(batch)
        return Answer.SILENCE

    async def _call_person(self, shown: list[Pending]) -> None:
        """Call the person to what no window shows, or to where the code of a terminal's yes is."""
        if self._summon is None or shown[0].carried is not None:
            return
        try:
            told = await self._summon([one.coded for one in shown], shown[0].asking)
        except Exception:
            log.exception("nobody could be told of a question")
            told = False
        if not told and shown[0].asking.role == "cli":
            # A script without a terminal has nobody who would come; it need not wait for them.
            for one in shown:
                one.settle(Reply(Answer.NOBODY), one.surface)

    async def _ask_command(self, session: Session, batch: Batch, shown: list[Pending]) -> Answer:
        """Ask the command that made the call; its yes counts if the kernel knows its terminal."""
        said: dict[str, Reply] = {}
        held = Batch(
            batch.questions,
            settle=lambda question, reply: said.update({question.id: reply}),
            is_open=lambda question: question in batch.open and question.id not in said,
        )
        if session.window is not None:
            await session.window.ask(held)
        for pending in shown:
            reply = said.get(pending.question.id, Reply(Answer.SILENCE))
            if reply.answer is Answer.YES and pending.code is None:
                terminal = await asyncio.to_thread(inspect, session.pid)
                if why := unheard(self._sessions(), pending, terminal, 0):
                    self._refused(pending.question, Surface.TERMINAL, why)
                    reply = Reply(Answer.NO)
            batch.settle(pending.question, reply)
        return Answer.SILENCE
