"""Open questions, each in full: a person who answers must have seen the arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.moment import span
from ide_protocol.command_line.person import describe
from ide_protocol.command_line.view.table import DIM, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ide_protocol.own.contract import Question


def view(questions: list[Question], now: float) -> RenderableType:
    """The questions, each with how long it waits and the two commands that answer it."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    parts: list[RenderableType] = []
    for question in questions:
        identifier = plain(question["id"])
        left = span(question["deadline"] - now)
        parts += [
            *([""] if parts else []),
            text(f"Question {plain(question['tag'])}: silence means no, in {left}", "bold"),
            describe(question),
            text(f"  {_where(question)}", DIM),
            text(f"  {_commands(question, identifier)}", DIM),
        ]
    return Group(*parts)


_PLACES = {
    "editor": "in a paired editor",
    "page": "on Portico's page",
    "elicitation": "in the asking client",
    "terminal": "in a terminal",
}


def _where(question: Question) -> str:
    """Where a yes counts, the strongest first."""
    admitted = [place for name, place in _PLACES.items() if name in question["surfaces"]]
    *most, last = admitted or ["nowhere"]
    code = ", with its code" if question["coded"] else ""
    return f"A yes counts {' or '.join((', '.join(most), last)) if most else last}{code}."


def _commands(question: Question, identifier: str) -> str:
    """The commands that answer it, of those that the rule admits."""
    ways = [f"portico reject {identifier}"]
    if "terminal" in question["surfaces"]:
        ways.insert(0, f"portico approve {identifier}")
    if "page" in question["surfaces"]:
        ways.insert(0, "portico approvals --open")
    return "    ".join(ways)
