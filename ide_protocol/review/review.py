"""What one window can review: the text, what stands beside it, and the buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.own import contract
from ide_protocol.own.params import text
from ide_protocol.own.pins import definition_text
from ide_protocol.own.summary import quarantines
from ide_protocol.review.contents import CALLS, INSTRUCTIONS, NoSuchDocument, parts, uri
from ide_protocol.review.press import Buttons
from ide_protocol.review.text import Held, Item, Writing, pretty
from proxy.approval import Surface
from proxy.trust.fault import NotQuarantined

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from ide_protocol.own.params import Params
    from proxy.approval import Question
    from proxy.hub import Hub
    from proxy.session import Session

_ELSEWHERE = {
    Surface.EDITOR: "Another editor window shows it; its yes counts there.",
    Surface.PAGE: "Its yes counts on Portico's page.",
    Surface.ELICITATION: "The program that asks, or an editor that is not paired, shows it.",
    Surface.TERMINAL: "It is answered in a terminal, with `portico approvals`.",
}


class Review:
    """The review of one window.

    Args:
        hub: What holds the questions.
        session: The window.
    """

    def __init__(self, hub: Hub, session: Session) -> None:
        self._hub = hub
        self._session = session
        self.buttons = Buttons()
        self.written: Writing | None = None
        """The document as it was last given to the window."""
        self.table: dict[str, Callable[[Params], Awaitable[Any]]] = {
            contract.REVIEW: self.review,
            contract.DOCUMENT: self.document,
        }

    async def review(self, _: Params) -> contract.Review:
        """See `contract.REVIEW`."""
        await self._hub.loaded()
        written = self.write()
        calls: list[contract.Reviewed] = []
        held: list[contract.HeldBack] = []
        for section in written.sections:
            if isinstance(section.about, Item):
                calls.append(_reviewed(section.about, section.heading))
            else:
                held.append(_held_back(section.about, section.heading))
        return {"uri": CALLS, "text": written.text, "calls": calls, "held": held}

    async def document(self, params: Params) -> contract.Text:
        """See `contract.DOCUMENT`."""
        address = text(params, "uri")
        if address == CALLS:
            return {"text": self.write().text}
        side, *named = parts(address)
        if side in {"before", "after"}:
            return {"text": self._arguments(side, named[0])}
        await self._hub.listed()
        return {"text": self._definition(side, named[0], named[1])}

    def write(self) -> Writing:
        """The document as it stands now, which is what the window has from here on."""
        self.written = Writing([*self._items()], [*self._held()])
        return self.written

    def _items(self) -> Iterator[Item]:
        desk = self._hub.desk
        for question, surface in desk.standing():
            here = self._session.role == "lsp" and desk.shows(self._session, question.id)
            yield Item(question, here, "Your yes counts here." if here else _ELSEWHERE[surface])

    def _held(self) -> Iterator[Held]:
        for server, ill in quarantines(self._hub):
            for tool in sorted(ill):
                try:
                    case = self._hub.acceptance.case(server, tool)
                except NotQuarantined:
                    continue
                yield Held(
                    server=server,
                    tool=case.tool,
                    title=case.offering.title,
                    says=case.quarantine.says,
                    acceptable=case.quarantine.can_be_accepted,
                    difference=tuple(case.difference),
                )
                if case.tool != tool:
                    break  # The instructions hold back every tool, and are one thing to look at.

    def _arguments(self, side: str, digest: str) -> str:
        for question in self._hub.desk.questions():
            if question.digest[:_NAME] == digest:
                frozen = question.before if side == "before" else question.arguments
                if frozen is not None:
                    return pretty(frozen) + "\n"
        raise NoSuchDocument("That call does not wait any more.")

    def _definition(self, side: str, server: str, tool: str) -> str:
        try:
            case = self._hub.acceptance.case(server, "" if tool == INSTRUCTIONS else tool)
        except NotQuarantined as fault:
            raise NoSuchDocument(fault.message) from None
        return definition_text(case.before if side == "trusted" else case.now)


_NAME = 16
"""Characters of a question's digest that name its arguments."""


def _sides(question: Question) -> tuple[str, str]:
    """Where the arguments of the last yes and of now are; empty where there was no yes."""
    if question.before is None:
        return "", ""
    name = question.digest[:_NAME]
    return uri("before", name), uri("after", name)


def _reviewed(item: Item, line: int) -> contract.Reviewed:
    before, after = _sides(item.question)
    return {
        "id": item.question.id,
        "tag": item.question.tag,
        "line": line,
        "here": item.here,
        "where": item.where,
        "before": before,
        "after": after,
    }


def _held_back(held: Held, line: int) -> contract.HeldBack:
    return {
        "server": held.server,
        "tool": held.tool,
        "line": line,
        "acceptable": held.acceptable,
        "before": uri("trusted", held.server, held.tool),
        "after": uri("now", held.server, held.tool),
    }
