"""One text that fits where a cursor is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from proxy.plain import marked, unlinked

if TYPE_CHECKING:
    from proxy.outline.place import Cursor, Span


class Sort(IntEnum):
    """What a suggestion is, by LSP's numbers for `CompletionItemKind`."""

    FIELD = 5
    MODULE = 9
    VALUE = 12
    ENUM = 20
    FUNCTION = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One text that fits.

    Attributes:
        label: What people see.
        text: What is written.
        sort: What it is.
        detail: A few words beside it.
        about: More, in Markdown.
    """

    label: str
    text: str
    sort: Sort
    detail: str = ""
    about: str = ""


def in_words(text: str) -> str:
    """What a server says of itself, within Markdown: no picture is fetched, and no link made."""
    return unlinked(marked(text, 500))


_WORD = re.compile(r"[A-Za-z0-9_./@*-]*")


def replaced(text: str, cursor: Cursor, offset: int) -> Span:
    """What a suggestion takes the place of: the word around the cursor, with its quotes."""
    end = _WORD.match(text, offset).end()  # type: ignore[union-attr]  # it matches nothing, too
    opening = text[cursor.start : cursor.start + 1]
    # Editors close a quote as soon as it is opened.
    if opening in {'"', "'"} and cursor.start < offset and text[end : end + 1] == opening:
        end += 1
    elif opening in {'"', "'"} and cursor.start < offset:
        end = offset
    return min(cursor.start, offset), end
