"""The outline of a TOML text.

The standard library's parser gives values without places. This walk gives places without values. It
needs no rule about what is wrong: it walks over strings, comments, arrays and inline tables, and
writes down where each key begins. Where it cannot go on it begins again at the next line.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import Any

from proxy.outline.place import Cursor, Outline, Path, Place, Role, Span

_STRING = (
    # Up to two quotes may stand before the three that close a multi-line string (TOML 1.0).
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
)
_PART = re.compile(rf"[A-Za-z0-9_-]+|{_STRING}", re.DOTALL)
_DOT = re.compile(r"[ \t]*\.[ \t]*")
# No value outside quotes holds an equals sign, so an array left open ends at the next pair.
_SCALAR = re.compile(r"[^,\]}#\n=]+")
_QUOTED = re.compile(_STRING, re.DOTALL)
_TRIPLE = ('"""', "'''")
_SHORTEST = 6
"""Characters of a text of several lines, which has three quotes on either side."""
_REST = re.compile(r"[^\n]*")
"""What a quote that nothing closes yet may reach: the end of its line."""
_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_LINE = re.compile(r"[^\n]*\n?")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DEEPEST = 100
_TOO_DEEP = "is nested too deeply"


def parsed(text: str) -> dict[str, Any]:
    """What a text says, as the standard library reads it.

    Raises:
        ValueError: It is not TOML (`tomllib.TOMLDecodeError`); or one of its numbers has more
            digits than Python reads; or it is nested too deeply. A key of very many parts costs
            the parser the square of their number, so it is not given one.
    """
    text = text.removeprefix("\ufeff")
    walk = _Walk(text)
    walk.document()
    if walk.too_deep:
        raise ValueError(_TOO_DEEP)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def outline(text: str) -> Outline:
    """The outline of `text`, whatever it is."""
    walk = _Walk(text)
    walk.document()
    return walk.found


def locate(text: str) -> dict[Path, int]:
    """The line, from 1, of every key and array element of `text`; of several the first.

    Args:
        text: A document that `tomllib.loads` accepts.
    """
    walk = _Walk(text)
    walk.document()
    breaks = [match.start() for match in re.finditer("\n", text)]
    return {path: bisect_right(breaks, at - 1) + 1 if at else 1 for path, at in walk.first.items()}


class _Lost(Exception):  # noqa: N818 - it says where the walk is.
    """The text goes on in a way that the walk does not know, or not at all."""


class _Walk:
    """One pass over a document, from `at` to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found = Outline()
        self.first: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self.too_deep = False

    def document(self) -> None:
        """Walk over every table and pair."""
        prefix: Path = ()
        while self._await(Role.KEY, prefix):
            start = self.at
            try:
                if self.text[start] == "[":
                    prefix = self._header()
                else:
                    self._pair(prefix)
            except _Lost:
                if self.at < len(self.text):
                    self.at = self._end(_LINE, start)
                    continue
            # A cursor right behind it is still in it, and on its line nothing else begins.
            blank = self._end(_BLANK, self.at)
            if blank >= len(self.text):
                if blank > self.at and self.found.cursor.role is not Role.VALUE:
                    self._expect(Role.NOTHING, (), blank)
                return

    def _header(self) -> Path:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        parts = self._key(Role.HEADER, ())
        closing = "]]" if many else "]"
        if not self.text.startswith(closing, self.at):
            raise _Lost
        self.at += len(closing)
        self.found.cursor = Cursor(Role.NOTHING, (), self.at)
        path: Path = ()
        for place, (name, span) in enumerate(parts, 1):
            path = (*path, name)
            self._note(path, Place(span), parts[0][1][0])
            if many and place == len(parts):
                self._counts[path] = self._counts.get(path, 0) + 1
            # A header below an array of tables speaks of the array's latest element.
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
                self._note(path, Place(span), parts[0][1][0])
        return path

    def _pair(self, prefix: Path, depth: int = 0) -> None:
        parts = self._key(Role.KEY, prefix)
        path = prefix
        start = parts[0][1][0]
        for name, span in parts:
            path = (*path, name)
            self._note(path, Place(span), start)
        if not self.text.startswith("=", self.at):
            raise _Lost
        self.at = self._end(_BLANK, self.at + 1)
        value = self._value(path, depth)
        self._note(path, Place(parts[-1][1], value), start)

    def _value(self, path: Path, depth: int) -> Span:
        self._expect(Role.VALUE, path, self.at)
        start = self.at
        opening = self.text[start : start + 1]
        self.too_deep |= depth > _DEEPEST
        if depth > _DEEPEST or opening in {"", "\n", "\r"}:
            raise _Lost
        if opening == "{":
            self._inside("}", path, depth)
        elif opening == "[":
            self._inside("]", path, depth)
        else:
            self._scalar()
        return start, self.at

    def _inside(self, closing: str, path: Path, depth: int) -> None:
        """Walk over an inline table or an array."""
        self.at += 1
        place = 0
        while self._await(*((Role.KEY, path) if closing == "}" else (Role.VALUE, (*path, place)))):
            if self.text[self.at] == closing:
                self.at += 1
                self._expect(Role.NOTHING, path, self.at)
                return
            if closing == "}":
                self._pair(path, depth + 1)
            else:
                span = self._value((*path, place), depth + 1)
                self._note((*path, place), Place(span, span), span[0])
                place += 1
            if self.at >= len(self.text):
                break
        raise _Lost

    def _scalar(self) -> None:
        match = _QUOTED.match(self.text, self.at)
        if self.text[self.at : self.at + 3] in _TRIPLE and not (
            match and len(match[0]) >= _SHORTEST
        ):
            self.at = len(self.text)  # A text of several lines that nothing closes takes the rest.
        elif match:
            self.at = match.end()
            self._expect(Role.NOTHING, (), self.at)
        elif self.text[self.at] in "\"'":
            self.at = self._end(_REST, self.at)
        elif match := _SCALAR.match(self.text, self.at):
            self.at += len(match[0].rstrip())
        else:
            raise _Lost

    def _key(self, role: Role, path: Path) -> list[tuple[str, Span]]:
        """The names of a dotted key, and where each stands."""
        parts: list[tuple[str, Span]] = []
        while True:
            self.at = self._end(_BLANK, self.at)
            said = tuple(name for name, _ in parts)
            self._expect(role, (*path, *said), self.at)
            match = _PART.match(self.text, self.at)
            if match is None:
                if self.text[self.at : self.at + 1] in {'"', "'"}:
                    self.at = self._end(_REST, self.at)
                raise _Lost
            if len(parts) >= _DEEPEST:
                self.too_deep = True
                raise _Lost
            parts.append((_name(match[0]), match.span()))
            self.at = match.end()
            if dot := _DOT.match(self.text, self.at):
                self.at = dot.end()
                continue
            blank = self._end(_BLANK, self.at)
            if blank > self.at:
                self._expect(Role.NOTHING, path, blank)
            self.at = blank
            return parts

    def _expect(self, role: Role, path: Path, start: int) -> None:
        self.found.cursor = Cursor(role, path, start)

    def _note(self, path: Path, place: Place, first: int) -> None:
        self.first.setdefault(path, first)
        self.found.places[path] = place

    def _await(self, role: Role, path: Path) -> bool:
        """Go to the next thing that is neither blank nor comment; False where there is none."""
        start, self.at = self.at, self._end(_BETWEEN, self.at)
        comment = "#" in self.text[start : self.at].rpartition("\n")[2]
        self._expect(Role.NOTHING if comment else role, path, self.at)
        return self.at < len(self.text)

    def _end(self, pattern: re.Pattern[str], at: int) -> int:
        match = pattern.match(self.text, at)
        return match.end() if match else at


def _name(part: str) -> str:
    """What one part of a key says."""
    if _BARE.fullmatch(part):
        return part
    try:
        # The parser itself knows best what quotes and escapes in a key mean.
        return next(iter(tomllib.loads(f"{part} = 0")))
    except (tomllib.TOMLDecodeError, StopIteration):
        return part.strip("\"'")
