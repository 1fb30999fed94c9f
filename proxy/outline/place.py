"""The shapes of an outline: where each key and value stands, and what a cursor stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Path: TypeAlias = "tuple[str | int, ...]"
"""Keys from the top of the document; an integer is the place of an array's element."""

Span: TypeAlias = "tuple[int, int]"
"""Two offsets into the text, in characters: from the first up to the second."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one key, or one element of an array, stands.

    Attributes:
        key: The key as written, quotes and all; an element has none, so its value's.
        value: Its value; None for a table that stands under a header, or a value yet to come.
    """

    key: Span
    value: Span | None = None


class Role(StrEnum):
    """What is being written where a text breaks off."""

    KEY = "key"
    VALUE = "value"
    HEADER = "header"
    """The header of a table of TOML."""
    NOTHING = "nothing"
    """A comment, or between two things that something else has to stand between."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a cursor stands in, by the text before it.

    Attributes:
        role: What is being written there.
        path: Of a key, the table that it is in; of a value, its key as well; of a header, what
            is there of it before the last dot.
        start: Where what is being written begins, its quote included.
    """

    role: Role
    path: Path
    start: int


@dataclass(slots=True)
class Outline:
    """Where everything stands.

    Attributes:
        places: Path -> place. Of several of one path the last one counts.
        said: What the text says, as far as it could be understood; only JSON's outline has it.
        cursor: What a cursor at the end of the text stands in.
        wrong: Where the text first stopped being one of its language, or None.
        why: How it did, without a final stop.
    """

    places: dict[Path, Place] = field(default_factory=dict)
    said: object = None
    cursor: Cursor = field(default_factory=lambda: Cursor(Role.NOTHING, (), 0))
    wrong: int | None = None
    why: str = ""

    def at(self, offset: int) -> tuple[Path, Place] | None:
        """The innermost key or value around an offset."""
        found: tuple[Path, Place] | None = None
        size = 0
        for path, place in self.places.items():
            end = place.value[1] if place.value is not None else place.key[1]
            if place.key[0] <= offset <= end and (found is None or end - place.key[0] <= size):
                found, size = (path, place), end - place.key[0]
        return found

    def span(self, path: Path) -> Span:
        """The key of `path`, or of the nearest thing around it that stands in the text."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path].key if path else (0, 0)
