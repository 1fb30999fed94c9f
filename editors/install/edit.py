"""One cut in a file: what is taken out at a place, and what is put there instead."""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(ValueError):  # noqa: N818 - it says what the file is.
    """A file that cannot be changed without guessing; `line` says where, the text why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Edit:
    """A cut at the byte `at`: `removed` is taken out, `inserted` put in its place."""

    at: int
    removed: bytes
    inserted: bytes

    def apply(self, text: bytes) -> bytes:
        """The text after the cut."""
        return text[: self.at] + self.inserted + text[self.at + len(self.removed) :]

    def undone(self, text: bytes) -> bytes | None:
        """The text before the cut, or None when the cut is no longer to be found in it.

        What was put in is looked for where it was put, and else anywhere, if it stands there once:
        somebody may have written above it meanwhile.
        """
        there = text[self.at : self.at + len(self.inserted)] == self.inserted
        at = self.at if there else text.find(self.inserted)
        if at < 0 or (not there and text.find(self.inserted, at + 1) >= 0):
            return None
        return text[:at] + self.removed + text[at + len(self.inserted) :]
