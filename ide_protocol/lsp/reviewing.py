"""The review document as a language: buttons above each call, findings in what was changed.

A lens is offered only in a document that is, but for the arguments of its calls, exactly what this
window was last given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.lsp.language import Language
from ide_protocol.review.about import about
from ide_protocol.review.contents import CALLS, SCHEME, uri
from ide_protocol.review.text import Held, Item
from proxy import wire
from proxy.approval import Answer, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ide_protocol.lsp.document import CodeLens, Diagnostic, Document, Hover, Position, Range
    from ide_protocol.review.review import Review
    from ide_protocol.review.text import Found
    from proxy.hub import Hub
    from proxy.session import Session

APPROVE, REJECT, EDIT = "portico.approve", "portico.reject", "portico.edit"
APPROVE_ALL = "portico.approveAll"
ACCEPT = "portico.acceptPin"
PAGE = "portico.page"
COMPARE = "portico.compare"
"""An editor's own: shows two documents beside each other; `[before, after, title]`."""

_NO = Reply(Answer.NO)
_YES = Reply(Answer.YES)


class ReviewLanguage(Language):
    """The review of one window, see `Language`.

    Args:
        hub: What knows of tools.
        session: The window.
        review: What it was given.
    """

    def __init__(self, hub: Hub, session: Session, review: Review) -> None:
        self._hub = hub
        self._session = session
        self._review = review
        self.compares = False
        """Whether the editor shows two documents beside each other by `portico.compare`."""

    def speaks(self, uri: str) -> bool:
        """Only the one document that has calls in it."""
        return uri == CALLS or (uri.startswith(f"{SCHEME}:") and uri.endswith("calls.md"))

    def diagnostics(self, document: Document, /) -> list[Diagnostic]:
        """What cannot run as it was changed."""
        return [
            {
                "range": _lines(document, found.section.first, found.section.last),
                "severity": 1,
                "source": "portico",
                "message": wrong,
            }
            for found in self._found(document)
            if found.changed and isinstance(wrong := _changed(found), str)
        ]

    def code_lenses(self, document: Document, /) -> list[CodeLens]:
        """The buttons of each call, and of all of them."""
        found = self._found(document)
        lenses = [*self._of_all(document, found)]
        for one in found:
            heading = one.section.heading
            lenses += [
                _lens(document, heading, *button)
                for button in (
                    self._of_call(one.section.about, one)
                    if isinstance(one.section.about, Item)
                    else self._of_held(one.section.about)
                )
            ]
        return lenses

    async def hover(self, document: Document, at: Position, /) -> Hover | None:
        """Owner, risk, groups and usage of the tool whose call a place is in."""
        found = [one for one in self._found(document) if one.section.heading <= at["line"]]
        if not found:
            return None
        thing = found[-1].section.about
        named = thing.question if isinstance(thing, Item) else thing
        said = await about(self._hub, self._session, named.server, named.tool)
        if not said:
            return None
        return {
            "contents": {"kind": "markdown", "value": said},
            "range": _lines(document, at["line"], at["line"] + 1),
        }

    def _found(self, document: Document) -> list[Found]:
        written = self._review.written
        return (written.read(document.text) if written is not None else None) or []

    def _of_all(self, document: Document, found: list[Found]) -> Iterator[CodeLens]:
        calls = [
            one.section.about.question
            for one in found
            if isinstance(one.section.about, Item) and one.section.about.here and not one.changed
        ]
        if len(calls) > 1 and not any(one.changed for one in found):
            make = self._review.buttons.make
            no, yes = ((*((q.id, reply) for q in calls),) for reply in (_NO, _YES))
            yield _lens(document, 0, f"Reject all {len(calls)}", REJECT, [make(*no)])
            yield _lens(document, 0, f"Approve all {len(calls)}", APPROVE_ALL, [make(*yes)])

    def _of_call(self, item: Item, found: Found) -> Iterator[tuple[str, str, list[Any]]]:
        """The title, command and arguments of each button; the first never says yes."""
        question, make = item.question, self._review.buttons.make
        yield "Reject", REJECT, [make((question.id, _NO))]
        if not item.here:
            if "page" in question.surfaces and self._hub.desk.signs_in:
                yield "Open Portico's page", PAGE, []
        elif not found.changed:
            title = "Approve" if question.difference is None else "Accept"
            yield title, APPROVE, [make((question.id, _YES))]
            if question.schema is not None:
                yield "Edit", EDIT, [make((question.id, _YES))]
        elif isinstance(arguments := _changed(found), dict):
            corrected = Reply(Answer.YES, arguments=arguments)
            yield "Approve as changed", APPROVE, [make((question.id, corrected))]
        if self.compares and question.before is not None:
            name = question.digest[:16]
            title = f"{question.tool}: last approved and now"
            yield "Compare", COMPARE, [uri("before", name), uri("after", name), title]

    def _of_held(self, held: Held) -> Iterator[tuple[str, str, list[Any]]]:
        if self.compares:
            title = f"{held.tool or 'instructions'}: trusted and now"
            sides = [uri(side, held.server, held.tool) for side in ("trusted", "now")]
            yield "Compare", COMPARE, [*sides, title]
        if held.acceptable:
            # It only asks: what answers is a prompt, in a place that is strong enough.
            yield "Accept…", ACCEPT, [held.server, held.tool]


def _changed(found: Found) -> dict[str, Any] | str:
    """The arguments that a person wrote, or what is wrong with them."""
    about = found.section.about
    if isinstance(about, Held) or about.question.schema is None:
        return "This cannot be changed here; put it back as it was, or open the review anew."
    try:
        arguments = wire.decode(found.text.encode("utf-8", "surrogatepass"))
    except wire.NotJson as wrong:
        return f"These arguments are not JSON: {wrong}."
    return arguments if isinstance(arguments, dict) else "Arguments are one JSON object."


def _lens(
    document: Document, line: int, title: str, command: str, arguments: list[Any]
) -> CodeLens:
    return {
        "range": _lines(document, line, line),
        "command": {"title": title, "command": command, "arguments": arguments},
    }


def _lines(document: Document, first: int, last: int) -> Range:
    """From the beginning of a line to that of another, or to its own end."""
    start: Position = {"line": first, "character": 0}
    if last > first:
        return {"start": start, "end": {"line": last, "character": 0}}
    end = document.position(document.offset({"line": first, "character": 1_000_000}))
    return {"start": start, "end": end}
