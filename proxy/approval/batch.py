"""Several questions that one prompt shows, each with an answer of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from proxy.approval.question import Question
    from proxy.approval.reply import Reply


class Batch:
    """The questions of one prompt.

    Args:
        questions: What it shows, in the order of the calls.
        settle: Takes the reply to one question; only the first reply counts.
        is_open: Whether a question still waits for one.
        until: What is done once a question is settled or withdrawn; None where nobody can tell.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        *,
        settle: Callable[[Question, Reply], None],
        is_open: Callable[[Question], bool],
        until: Callable[[Question], asyncio.Future[Any]] | None = None,
    ) -> None:
        self.questions = tuple(questions)
        self.settle = settle
        self._is_open = is_open
        self._until = until

    @property
    def open(self) -> list[Question]:
        """Those that wait for an answer: others were withdrawn, or answered elsewhere."""
        return [question for question in self.questions if self._is_open(question)]

    async def unless_settled(self, question: Question, asking: Coroutine[Any, Any, Reply]) -> None:
        """Settle a question by what `asking` brings, which ends when the question does."""
        asked = asyncio.ensure_future(asking)
        until = self._until(question) if self._until is not None else None
        try:
            await asyncio.wait({asked, *filter(None, (until,))}, return_when="FIRST_COMPLETED")
            if asked.done():
                self.settle(question, asked.result())
        finally:
            asked.cancel()
