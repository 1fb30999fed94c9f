"""On which line of a TOML text each key stands.

The standard library's parser gives values without places. This one gives places without values,
and only for text that `tomllib` has accepted, so it needs no rule about what is wrong: it walks
over strings, comments, arrays and inline tables, and writes down where each key begins.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from bisect import bisect_right
from typing import TypeAlias

Path: TypeAlias = "tuple[str | int, ...]"
"""Keys from the top of the document; an integer is the place of an array's element."""

_STRING = (
    # Up to two quotes may stand before the three that close a multi-line string (TOML 1.0).
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
)
_PART = rf"(?:[A-Za-z0-9_-]+|{_STRING})"
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*", re.DOTALL)
_SCALAR = re.compile(rf"{_STRING}|[^,\]}}#\n]+", re.DOTALL)
_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")


def locate(text: str) -> dict[Path, int]:
    """The line, from 1, of every key and array element of `text`.

    Args:
        text: A document that `tomllib.loads` accepts.
    """
    walk = _Walk(text)
    # A line number is a courtesy, so a disagreement with the parser ends the walk, not the hub:
    # what stands below it is then told with the line of the table around it.
    with contextlib.suppress(_Lost):
        walk.document()
    return walk.lines


class _Lost(Exception):  # noqa: N818 - it says where the walk is.
    """The text is not what the parser accepted."""


class _Walk:
    """One pass over a document, from `at` to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._counts: dict[Path, int] = {}

    def document(self) -> None:
        """Walk over every table and pair."""
        prefix: Path = ()
        while self._between():
            if self.text[self.at] == "[":
                prefix = self._header()
            else:
                self._pair(prefix)

    def _header(self) -> Path:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        self._between()
        start, names = self._key()
        self._between()
        self.at += 2 if many else 1
        path: Path = ()
        for place, name in enumerate(names, 1):
            path = (*path, name)
            self._note(path, start)
            if many and place == len(names):
                self._counts[path] = self._counts.get(path, 0) + 1
            # A header below an array of tables speaks of the array's latest element.
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
                self._note(path, start)
        return path

    def _pair(self, prefix: Path) -> None:
        start, names = self._key()
        path = prefix
        for name in names:
            path = (*path, name)
            self._note(path, start)
        self.at = self._end(_EQUALS)
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self.text[self.at]
        if opening == "{":
            self.at += 1
            while self._between() and self.text[self.at] != "}":
                self._pair(path)
            self.at += 1
        elif opening == "[":
            self.at += 1
            place = 0
            while self._between() and self.text[self.at] != "]":
                self._note((*path, place), self.at)
                self._value((*path, place))
                place += 1
            self.at += 1
        else:
            self.at = self._end(_SCALAR)

    def _key(self) -> tuple[int, list[str]]:
        start, self.at = self.at, self._end(_KEY)
        # The parser itself knows best what quotes and escapes in a key mean.
        table: object = tomllib.loads(f"{self.text[start : self.at]} = 0")
        names: list[str] = []
        while isinstance(table, dict):
            [(name, table)] = table.items()
            names.append(name)
        return start, names

    def _note(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._breaks, at - 1) + 1 if at else 1)

    def _between(self) -> bool:
        self.at = self._end(_BETWEEN)
        return self.at < len(self.text)

    def _end(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _Lost
        return match.end()
