"""The text of the review document, and what of it a person may have changed. Pure.

Only the arguments of a call, between the marks of its block, are the person's to change. Where
anything else of a text is not as it was written here, it is not read at all: nobody shall say yes
beneath words that Portico did not write.

The text names questions by their tags and never by their ids, because a model may read whatever an
editor has open.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proxy import wire
from proxy.approval.prompt import asker, changes, headline
from proxy.plain import exact, plain, unlinked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from proxy.approval import Question

_OPENS, _OPENS_DIFFERENCE, _CLOSES = "```json", "```diff", "```"
_EMPTY = "Nothing waits for your yes."
_INTRODUCTION = (
    "Nothing of this runs until you say so, and no answer is a no.",
    "The arguments of a call with the button Edit may be changed here before you approve it.",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the document.

    Attributes:
        here: Whether this window shows it, so that its yes counts here.
        where: Where its yes counts, as a sentence.
    """

    question: Question
    here: bool
    where: str


@dataclass(frozen=True, slots=True)
class Held:
    """One tool that is held back, because it is not what was trusted.

    Attributes:
        server: Short name.
        tool: Its own name; empty for the server's instructions.
        title: What people call the server.
        says: Why, for a person.
        acceptable: Whether a person may lift it.
        difference: What changed, line by line.
    """

    server: str
    tool: str
    title: str
    says: str
    acceptable: bool
    difference: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Where something stands in a document, in lines from 0.

    Attributes:
        about: A question or a tool that is held back.
        heading: The line of its heading.
        first: The first line of its block.
        last: The line that closes the block.
    """

    about: Item | Held
    heading: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Found:
    """A section as it stands in a text that a person may have changed.

    Attributes:
        text: What its block holds now.
        changed: Whether that is something else than was written.
    """

    section: Section
    text: str
    changed: bool


class Writing:
    """The document as it was written.

    Args:
        items: The open questions, the oldest first.
        held: What is held back.
    """

    def __init__(self, items: Sequence[Item], held: Sequence[Held]) -> None:
        self.sections: list[Section] = []
        self._lines: list[str] = []
        waiting = "1 call waits" if len(items) == 1 else f"{len(items)} calls wait"
        title = f"{waiting} for your yes" if items else _EMPTY.rstrip(".")
        self._lines += [f"# {title}", ""]
        if items:
            self._lines += [*_INTRODUCTION, ""]
        for number, item in enumerate(items, 1):
            self._write(item, f"## {number}. {headline(item.question)}", _about(item))
        if held:
            self._lines += ["# Held back, because it is not what was trusted", ""]
        for one in held:
            what = plain(one.tool, 80) or "instructions"
            self._write(one, f"## “{what}” of {plain(one.title, 60)}", [plain(one.says, 600)])

    @property
    def text(self) -> str:
        """The document."""
        return "\n".join(self._lines).rstrip("\n") + "\n"

    def read(self, text: str) -> list[Found] | None:
        """What a person may have made of it; None where it is not this document any more."""
        lines = _lines(text)
        found, shift, fixed = [], 0, 0
        for section in self.sections:
            if lines[fixed + shift : section.first + shift] != self._lines[fixed : section.first]:
                return None
            first = section.first + shift
            last = next((n for n in range(first, len(lines)) if lines[n] == _CLOSES), None)
            if last is None:
                return None
            block, written = lines[first:last], self._lines[section.first : section.last]
            moved = Section(section.about, section.heading + shift, first, last)
            found.append(Found(moved, "\n".join(block), block != written))
            shift, fixed = last - section.last, section.last
        rest = _stripped(lines[fixed + shift :])
        return found if rest == _stripped(self._lines[fixed:]) else None

    def _write(self, about: Item | Held, heading: str, said: Iterable[str]) -> None:
        place = len(self._lines)
        opens = _OPENS if isinstance(about, Item) and _editable(about) else _OPENS_DIFFERENCE
        self._lines += [heading, "", *map(unlinked, said), "", opens]
        first = len(self._lines)
        self._lines += _block(about)
        self.sections.append(Section(about, place, first, len(self._lines)))
        self._lines += [_CLOSES, ""]


def pretty(frozen: str) -> str:
    """Arguments as JSON on several lines, with whatever nobody could see as an escape."""
    value = wire.decode(frozen.encode("utf-8", "surrogatepass"))
    shown = json.dumps(value, indent=2, ensure_ascii=False)
    return "\n".join(map(exact, shown.split("\n")))


def _editable(item: Item) -> bool:
    """Whether its block holds arguments, and no difference that a person is to trust."""
    return item.question.difference is None


def _block(about: Item | Held) -> Iterator[str]:
    if isinstance(about, Item) and about.question.difference is None:
        yield from pretty(about.question.arguments).split("\n")
        return
    lines = about.difference if isinstance(about, Held) else about.question.difference or ()
    # A line of theirs must not close the block.
    yield from (f" {line}" if line.startswith("`") else line for line in map(exact, lines))


def _about(item: Item) -> Iterator[str]:
    question = item.question
    yield f"- Asked by: {asker(question)} · question {question.tag}"
    yield f"- Why you are asked: {plain(question.reason, 300)}"
    if changed := changes(question):
        yield f"- Since your last yes to it: {changed}"
    yield f"- {item.where}"


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _stripped(lines: list[str]) -> list[str]:
    """Without empty lines at the end, which editors add and take."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines
