"""Reading the project's pages: their sections, tables, fenced examples and inline code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

PAGES = tuple(sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]))
"""Every page that people read."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CELL = re.compile(r"(?<!\\)\|")


def read(name: str) -> str:
    """The text of a page, by its path in the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def fences(text: str, language: str) -> list[str]:
    """The fenced examples in `language`."""
    return [body for found, body in _FENCE.findall(text) if found == language]


def prose(text: str) -> str:
    """The text without its fenced examples."""
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    """Every heading, as written."""
    return re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)


def section(text: str, heading: str) -> str:
    """What stands under a heading, until the next of the same rank or a higher one."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert found is not None, f"no heading {heading!r}"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, without headings and rules."""
    found: list[list[str]] = []
    lines = prose(text).splitlines()
    for number, line in enumerate(lines):
        follows = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("|") and not _rule(line) and not _rule(follows):
            found.append([cell.strip() for cell in _CELL.split(line)[1:-1]])
    return found


def code(text: str) -> list[str]:
    """Everything set as inline code."""
    return re.findall(r"`([^`\n]+)`", prose(text))


def _rule(line: str) -> bool:
    return bool(re.fullmatch(r"\|(?: *:?-+:? *\|)+", line))
