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
            text(f"  portico approve {identifier}    portico reject {identifier}", DIM),
        ]
    return Group(*parts)
