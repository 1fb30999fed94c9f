"""An AI client as a window of the hub: it is told of changes, and asks where no editor can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.approval import Answer
from proxy.catalog.feature import Feature
from proxy.exchange.continuation import form, read_answer
from proxy.upstream.contract import Refused

if TYPE_CHECKING:
    from ide_protocol.mcp.front import McpFront
    from proxy.approval import Question


class McpWindow:
    """What the hub may do with an AI client, see `proxy.session.Window`."""

    def __init__(self, front: McpFront) -> None:
        self._front = front

    async def ask(self, question: Question) -> Answer:
        """Ask by `elicitation/create`, as legacy clients can be asked."""
        try:
            given = await self._front.dialogue.request("elicitation/create", form(question))
        except Refused:
            return Answer.GONE
        return read_answer(given)

    async def open_url(self, url: str) -> bool:  # noqa: ARG002 - the hub's way to ask.
        """An AI client shows no pages."""
        return False

    def tools_changed(self) -> None:
        """Tell whoever of the client's streams wants to hear it."""
        self._front.changes.changed(Feature.TOOLS)

    def approvals_changed(self) -> None:
        """A model is not told of open questions."""
