"""A scenario as the text that guides a person through it, at most 80 columns wide.

Sentences stand at the left, what is typed is indented and can be copied, what is pressed follows an
arrow, what is seen follows a bar, and what is not seen a broken one.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.scenario.scenario import Scenario, Step

WIDTH = 80
_INDENT = "     "


class Kind(StrEnum):
    """What a line is."""

    TITLE = "title"
    SAY = "say"
    RUN = "run"
    PRESS = "press"
    SEE = "see"


@dataclass(frozen=True, slots=True)
class Line:
    """One line; an empty one is a pause."""

    kind: Kind
    text: str = ""


def told(scenario: Scenario, command: Callable[[str], str]) -> Iterator[Line]:
    """The lines of the guided text.

    Args:
        scenario: What is told.
        command: The command line of `portico sandbox WORD` for this sandbox.
    """
    yield Line(Kind.TITLE, scenario.title)
    yield from _said(scenario.about, "", "")
    for number, step in enumerate(scenario.steps, start=1):
        yield Line(Kind.SAY)
        yield from _said(step.say, f"{number:>2}.  ", " " * 5)
        yield from _step(step, command)


def _step(step: Step, command: Callable[[str], str]) -> Iterator[Line]:
    own = "portico sandbox "
    run = command(step.run.removeprefix(own)) if step.run.startswith(own) else step.run
    for line in run.splitlines():
        yield Line(Kind.RUN, f"{_INDENT}{line}")
    if step.press:
        yield Line(Kind.PRESS, f"{_INDENT}→ on the page: {step.press}")
    if step.again:
        yield Line(Kind.PRESS, f"{_INDENT}↻ again, until you see")
    for words in step.see:
        yield Line(Kind.SEE, f"{_INDENT}│ {words}")
    if step.nowhere:
        yield Line(Kind.SEE, f"{_INDENT}┆ nowhere: {step.nowhere}")


def _said(text: str, first: str, rest: str) -> Iterator[Line]:
    for line in textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest):
        yield Line(Kind.SAY, line)
