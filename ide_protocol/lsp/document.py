"""An open document as an editor sends it, and the shapes of what can be said about it.

The shapes are LSP 3.17's own JSON, so that whoever reads documents needs neither pygls nor
lsprotocol. A position counts lines from 0 and, within a line, UTF-16 code units from 0, which is
what every client speaks; languages work with offsets into the text and let the document translate.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import Any, NotRequired, TypedDict

_LINE_END = re.compile(r"\r\n|\n|\r")
_ONE_UNIT = 0xFFFF
"""Characters beyond it are two UTF-16 code units."""


class Position(TypedDict):
    """A place between two characters."""

    line: int
    character: int


class Range(TypedDict):
    """From one place up to another."""

    start: Position
    end: Position


class Command(TypedDict):
    """What `workspace/executeCommand` shall be asked for when a person wants it."""

    title: str
    command: str
    arguments: NotRequired[list[Any]]


class Markup(TypedDict):
    """A text for people; `kind` is `markdown` or `plaintext`."""

    kind: str
    value: str


class Hover(TypedDict):
    """What is said of a place."""

    contents: Markup
    range: NotRequired[Range]


class Diagnostic(TypedDict):
    """One finding; `severity` is 1 (error), 2 (warning), 3 (information) or 4 (hint)."""

    range: Range
    severity: int
    source: str
    message: str
    code: NotRequired[str]
    data: NotRequired[Any]


class TextEdit(TypedDict):
    """A new text for a range."""

    range: Range
    newText: str


class WorkspaceEdit(TypedDict):
    """Edits by the URI of their document."""

    changes: dict[str, list[TextEdit]]


class CompletionItem(TypedDict):
    """One text that fits; `kind` is LSP's `CompletionItemKind`."""

    label: str
    kind: NotRequired[int]
    detail: NotRequired[str]
    documentation: NotRequired[Markup]
    textEdit: NotRequired[TextEdit]
    insertText: NotRequired[str]


class CodeAction(TypedDict):
    """Something that helps; `kind` is for example `quickfix`."""

    title: str
    kind: str
    edit: NotRequired[WorkspaceEdit]
    command: NotRequired[Command]
    diagnostics: NotRequired[list[Diagnostic]]
    isPreferred: NotRequired[bool]


class CodeLens(TypedDict):
    """A command that stands above a line."""

    range: Range
    command: Command


class Document:
    """One open document, as it is now.

    Args:
        uri: Names it.
        text: All of it.
        version: The editor's number of this state.
    """

    def __init__(self, uri: str, text: str, version: int = 0) -> None:
        self.uri = uri
        self.text = text
        self.version = version

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    @cached_property
    def _wide(self) -> list[int]:
        """Where characters of two code units stand: a line may be as long as the document."""
        if self.text.isascii():
            return []
        return [at for at, one in enumerate(self.text) if ord(one) > _ONE_UNIT]

    def line(self, number: int) -> str:
        """The text of a line without its end; empty beyond the last."""
        if not 0 <= number < len(self._starts):
            return ""
        following = self._starts[number + 1 : number + 2]
        whole = self.text[self._starts[number] : following[0] if following else None]
        return whole.rstrip("\r\n") if following else whole

    def offset(self, at: Position) -> int:
        """Where a position is in the text; one beyond a line's end is its end."""
        if at["line"] >= len(self._starts):
            return len(self.text)
        units, line = 0, self.line(at["line"])
        for index, character in enumerate(line):
            if units >= at["character"]:
                return self._starts[at["line"]] + index
            units += _units(character)
        return self._starts[at["line"]] + len(line)

    def position(self, offset: int) -> Position:
        """The position of an offset into the text."""
        line = bisect_right(self._starts, offset) - 1
        start, wide = self._starts[line], self._wide
        beyond = bisect_left(wide, min(offset, len(self.text))) - bisect_left(wide, start)
        return {"line": line, "character": min(offset, len(self.text)) - start + beyond}

    def range(self, start: int, end: int) -> Range:
        """The range between two offsets."""
        return {"start": self.position(start), "end": self.position(end)}


def _units(character: str) -> int:
    return 2 if ord(character) > _ONE_UNIT else 1
