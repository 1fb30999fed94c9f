"""The outline of a JSON text with comments and trailing commas, as editors' own files have them.

It reads token by token, keeps what is open on a stack, and closes at the end what is still open, so
that a document of which only half is written has an outline too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from proxy.outline.place import Cursor, Outline, Path, Place, Role, Span

_TOKEN = re.compile(
    r"(?P<blank>[\s\ufeff]+)|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r'|(?P<text>"(?:\\.|[^"\\\n])*(?P<end>")?)|(?P<mark>[{}\[\]:,])|(?P<bare>[^\s{}\[\]:,"/]+|.)',
    re.DOTALL,
)
_OPENING = {"}": "{", "]": "["}
_DEEPEST = 200


def outline(text: str) -> Outline:
    """The outline of `text`, whatever it is, with what it says."""
    reader = _Reader(text)
    reader.read()
    return reader.found


@dataclass(slots=True)
class _Open:
    """An object or an array that is not closed yet; the document itself is the first of them.

    Attributes:
        kind: `{`, `[`, or nothing for the document.
        path: Where it stands.
        place: Its own key and where it begins.
        said: What it holds so far.
        wants: What comes next.
        key: The key whose value comes next, and where that stands.
    """

    kind: str
    path: Path
    place: Place
    said: dict[str, object] | list[object]
    wants: str
    key: str = ""
    span: Span = (0, 0)

    @property
    def below(self) -> Path:
        """Where its next value stands."""
        if self.kind == "{":
            return (*self.path, self.key)
        return (*self.path, len(self.said)) if self.kind else self.path


class _Reader:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = Outline()
        self._stack = [_Open("", (), Place((0, 0)), [], "value")]

    @property
    def _top(self) -> _Open:
        return self._stack[-1]

    def read(self) -> None:
        """Read it all, then close what is open."""
        cursor: Cursor | None = None
        for token in _TOKEN.finditer(self.text):
            cursor = self._token(token) if token.lastgroup != "blank" else None
            if len(self._stack) > _DEEPEST:
                # Every path names everything around it, so what goes on and on is not followed.
                self._wrong(token.start(), "it is nested too deeply")
                break
        self.found.cursor = cursor or self._cursor(len(self.text))
        if len(self._stack) > 1:
            self._wrong(len(self.text), "it ends before everything is closed")
        while len(self._stack) > 1:
            self._close(len(self.text))
        self.found.said = self._top.said[0] if self._top.said else None  # type: ignore[index]

    def _token(self, token: re.Match[str]) -> Cursor | None:
        """Take one token; what a cursor right behind it is in, where that is the token itself."""
        start, end = token.span()
        if token["comment"] is not None:
            whole = token[0].startswith("/*") and token[0].endswith("*/")
            return None if whole else Cursor(Role.NOTHING, (), end)
        if token["mark"] is not None:
            self._mark(token[0], start)
            return None
        inside = self._cursor(start)
        if token["text"] is not None:
            if token["end"] is None:
                self._wrong(start, "a text is not closed")
            self._scalar(_text(token[0], closed=token["end"] is not None), (start, end), text=True)
            return Cursor(Role.NOTHING, (), end) if token["end"] is not None else inside
        try:
            said: object = json.loads(token[0])
        except ValueError:
            said = token[0]
            self._wrong(start, "it is not JSON")
        self._scalar(said, (start, end), text=False)
        return inside

    def _mark(self, mark: str, start: int) -> None:
        top = self._top
        if mark in "{[":
            self._wanted("value", start)
            said: dict[str, object] | list[object] = {} if mark == "{" else []
            key = top.span if top.kind == "{" else (start, start)
            wants = "key" if mark == "{" else "value"
            self._stack.append(_Open(mark, top.below, Place(key, (start, start)), said, wants))
        elif mark in "}]":
            self._closing(mark, start)
        elif mark == ":":
            self._wanted("colon", start)
            top.wants = "value"
        else:
            if top.wants != "comma":
                self._wrong(start, "a comma stands where nothing is before it")
            top.wants = "key" if top.kind == "{" else "value"

    def _closing(self, mark: str, start: int) -> None:
        kinds = [one.kind for one in self._stack]
        if _OPENING[mark] not in kinds:
            self._wrong(start, "it closes what is not open")
            return
        while self._top.kind != _OPENING[mark]:
            self._wrong(start, f"{mark} closes what something else opened")
            self._close(start)
        self._close(start + 1)

    def _close(self, end: int) -> None:
        closed = self._stack.pop()
        begins = closed.place.value[0] if closed.place.value else end
        self._put(closed.said, closed.path, Place(closed.place.key, (begins, end)))

    def _scalar(self, said: object, span: Span, *, text: bool) -> None:
        top = self._top
        if text and top.kind == "{" and top.wants != "value":
            self._wanted("key", span[0])
            top.key, top.span, top.wants = str(said), span, "colon"
            self.found.places[top.below] = Place(span)
            return
        self._wanted("value", span[0])
        self._put(said, top.below, Place(top.span if top.kind == "{" else span, span))

    def _put(self, said: object, path: Path, place: Place) -> None:
        top = self._top
        if isinstance(top.said, dict):
            top.said[top.key] = said
        else:
            top.said.append(said)
        self.found.places[path] = place
        top.wants = "comma"

    def _wanted(self, what: str, start: int) -> None:
        if self._top.wants != what:
            self._wrong(start, f"a {self._top.wants} is missing before it")

    def _wrong(self, at: int, why: str) -> None:
        if self.found.wrong is None:
            self.found.wrong, self.found.why = at, why

    def _cursor(self, at: int) -> Cursor:
        """What a cursor at `at` is in, where nothing is written there yet."""
        top = self._top
        if top.kind == "{" and top.wants == "key":
            return Cursor(Role.KEY, top.path, at)
        if top.wants == "value":
            return Cursor(Role.VALUE, top.below, at)
        return Cursor(Role.NOTHING, top.path, at)


def _text(token: str, *, closed: bool) -> str:
    """What a text says; as much as is written of one that is not closed."""
    try:
        said = json.loads(token if closed else f'{token}"', strict=False)
    except ValueError:
        return token.strip('"')
    return str(said)
