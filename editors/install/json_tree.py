"""A JSON text as it stands in a file: what it says, and where.

Comments and trailing commas are allowed, as editors do. Places are read from a copy of the same
length in which both are blanks, with one character for each byte.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from editors.install.edit import Unreadable

BOM = b"\xef\xbb\xbf"
_ASIDE = re.compile(rb'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = re.compile(rb'"(?:\\.|[^"\\\n])*"|,(?=\s*[}\]])', re.DOTALL)
_COMMENT = re.compile(rb"[ \t]*(//[^\n]*|/\*.*?\*/)", re.DOTALL)
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value stands: `begin` is where its member begins, with the name."""

    begin: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class JsonTree:
    """A JSON text, and its copy without comments, as Latin-1: one character for each byte."""

    own: bytes
    bare: str

    def value(self, at: Value) -> object:
        """What stands there."""
        try:
            found: object = json.loads(self.bare[at.start : at.end].encode("latin-1"))
        except ValueError as wrong:
            raise Unreadable(self.line(at.start), "it is not JSON") from wrong
        return found

    def line(self, at: int) -> int:
        """The number of the line of a place."""
        return self.own.count(b"\n", 0, at) + 1

    def after(self, at: int) -> int:
        """The next place that is not blank."""
        found = _BLANK.match(self.bare, at)
        return found.end() if found else at

    def end(self, at: int) -> int:
        """Where the value ends that begins there."""
        try:
            return _DECODER.raw_decode(self.bare, at)[1]
        except (ValueError, RecursionError) as wrong:
            where = getattr(wrong, "pos", at)
            raise Unreadable(self.line(where), "it is not JSON") from wrong

    def root(self) -> Value | None:
        """The whole value; None in a text of blanks and comments."""
        start = self.after(len(BOM) if self.own.startswith(BOM) else 0)
        if start == len(self.bare):
            return None
        found = Value(start, start, self.end(start))
        if self.after(found.end) != len(self.bare):
            raise Unreadable(self.line(self.after(found.end)), "it holds more than one value")
        return found

    def members(self, holder: Value) -> list[tuple[object, Value]]:
        """Name and place of each member of an object."""
        found = []
        at = self.after(holder.start + 1)
        while self.bare[at] != "}":
            begin, colon = at, self.after(self.end(at))
            start = self.after(colon + 1)
            value = Value(begin, start, self.end(start))
            found.append((self.value(Value(begin, begin, self.end(begin))), value))
            at = self.after(value.end)
            at = self.after(at + 1) if self.bare[at] == "," else at
        return found

    def member(self, holder: Value, key: str) -> Value | None:
        """A member's value; of two of one name the last, which is the one that counts."""
        return next((one for name, one in reversed(self.members(holder)) if name == key), None)

    def comma(self, end: int) -> int:
        """Where the comma behind a value ends, comments between the two aside; 0 for none."""
        at = self.after(end)
        if self.bare[at] == ",":
            return at + 1
        # A trailing comma is a blank in the copy; between the two there is nothing else but blanks
        # and comments.
        between = _ASIDE.sub(_blank, self.own[end:at])
        found = between.find(b",")
        return end + found + 1 if found >= 0 else 0

    def end_of_line(self, start: int) -> int:
        """The end of the comments that stand on a line behind a place."""
        while found := _COMMENT.match(self.own, start):
            start = found.end() - found[0].endswith(b"\r")
            if found[1].startswith(b"//"):
                break
        return start


def parse(own: bytes) -> JsonTree:
    """A text, ready to be read.

    Raises:
        Unreadable: It is not UTF-8.
    """
    try:
        own.decode()
    except UnicodeDecodeError as wrong:
        raise Unreadable(own.count(b"\n", 0, wrong.start) + 1, "it is not UTF-8") from wrong
    bare = _TRAILING.sub(_blank, _ASIDE.sub(_blank, own))
    return JsonTree(own, bare.decode("latin-1"))


def _blank(found: re.Match[bytes]) -> bytes:
    """The same length without what is no JSON; a string stays."""
    return found[0] if found[0].startswith(b'"') else re.sub(rb"[^\n]", b" ", found[0])
