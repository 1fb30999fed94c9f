"""Several questions that one prompt shows, each with an answer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from proxy.approval.question import Question
    from proxy.approval.reply import Reply


class Batch:
    """The questions of one prompt.

    Args:
        questions: What it shows, in the order of the calls.
        settle: Takes the reply to one question; only the first reply counts.
        is_open: Whether a question still waits for one.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        *,
        settle: Callable[[Question, Reply], None],
        is_open: Callable[[Question], bool],
    ) -> None:
        self.questions = tuple(questions)
        self.settle = settle
        self._is_open = is_open

    @property
    def open(self) -> list[Question]:
        """Those that wait for an answer: others were withdrawn, or answered elsewhere."""
        return [question for question in self.questions if self._is_open(question)]
