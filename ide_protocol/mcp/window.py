"""An AI client as a window of the hub: it is told of changes, and asks where no editor can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.approval import Answer, Reply
from proxy.approval.form import form, read
from proxy.catalog.feature import Feature
from proxy.exchange.bridge import ELICIT
from proxy.upstream.contract import Refused

if TYPE_CHECKING:
    from ide_protocol.dialogue import Dialogue
    from ide_protocol.mcp.changes import Changes
    from proxy.approval import Batch, Question


class McpWindow:
    """What the hub may do with an AI client, see `proxy.session.Window`."""

    def __init__(self, dialogue: Dialogue, changes: Changes) -> None:
        self._dialogue = dialogue
        self._changes = changes

    async def ask(self, batch: Batch) -> None:
        """Ask by `elicitation/create`, as legacy clients can be asked."""
        questions = batch.open
        replies = await self._elicit(questions)
        if replies is None:
            replies = await self._elicit(questions, whole=True) or {}
        for question in questions:
            batch.settle(question, replies.get(question.id, Reply(Answer.SILENCE)))

    async def _elicit(
        self, questions: list[Question], *, whole: bool = False
    ) -> dict[str, Reply] | None:
        """What the client's form says to each question; None where it is to be shown uncut."""
        try:
            given = await self._dialogue.request(ELICIT, form(questions, whole=whole))
        except Refused:
            return {question.id: Reply(Answer.GONE) for question in questions}
        return read(questions, given, whole=whole)

    async def open_url(self, url: str, why: str = "") -> bool:  # noqa: ARG002 - the hub's way.
        """An AI client shows no pages."""
        return False

    def tools_changed(self) -> None:
        """Tell whoever of the client's streams wants to hear it."""
        self._changes.changed(Feature.TOOLS)

    def approvals_changed(self) -> None:
        """A model is not told of open questions."""
