"""Full-text search over Markdown documents, by section, so that an answer can be cited.

Built on SQLite's FTS5 (sqlite.org/fts5.html) in memory. What people type is never read as FTS5's
query language: every word is quoted.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from sandbox.kit import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORD = re.compile(r"\w+")
_MOST_WORDS = 16

# bm25 weighs a hit in the title 4, in the heading 6 and in the text 1; smaller ranks are better.
_SEARCH = """
SELECT source, heading, title, snippet(section, 3, '**', '**', ' … ', 28), bm25(section, 0, 6, 4, 1)
FROM section WHERE section MATCH ? ORDER BY 5, source, rowid LIMIT ?
"""

# Words that carry nothing: with them, every question would match every document.
_EMPTY_WORDS = frozenset(
    (
        *("a", "an", "and", "are", "at", "be", "by", "can", "do", "does", "for", "from", "how"),
        *("i", "in", "is", "it", "my", "of", "on", "or", "should", "the", "to", "we", "what"),
        *("when", "where", "which", "who", "why", "with", "you"),
    )
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document: `source` is its file name, `title` its first heading."""

    source: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that matches; `cite` names document and section."""

    source: str
    title: str
    heading: str
    snippet: str

    @property
    def cite(self) -> str:
        """Where it is written, as `source#section`."""
        anchor = "-".join(_WORD.findall(self.heading.lower()))
        return f"{self.source}#{anchor}"


class Index:
    """Documents, searchable.

    Args:
        texts: Markdown by source.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.documents = {
            source: Document(source, _title(text) or source, text)
            for source, text in sorted(texts.items())
        }
        # One connection for all threads is safe: SQLite serialises, and nothing writes any more.
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE section USING fts5("
            "source UNINDEXED, heading, title, body, tokenize = 'porter unicode61')"
        )
        self._database.executemany(
            "INSERT INTO section VALUES (?, ?, ?, ?)",
            [
                (document.source, heading, document.title, body)
                for document in self.documents.values()
                for heading, body in sections(document.text)
            ],
        )
        self._database.commit()

    @classmethod
    def handbook(cls) -> Index:
        """The handbook that comes with the sandbox."""
        folder = files("sandbox.servers") / "fixtures" / "knowledge"
        return cls(
            {
                file.name: file.read_text(encoding="utf-8")
                for file in folder.iterdir()
                if file.name.endswith(".md")
            }
        )

    def search(self, query: str, limit: int) -> list[Hit]:
        """The best sections: the more, the rarer and the more prominent their words, the better.

        Raises:
            Refusal: The query has no word in it.
        """
        words = [word.lower() for word in _WORD.findall(query)][:_MOST_WORDS]
        told = [word for word in words if word not in _EMPTY_WORDS] or words
        if not told:
            msg = "Write at least one word to search for."
            raise Refusal(msg)
        found = self._database.execute(_SEARCH, (" OR ".join(f'"{w}"' for w in told), limit))
        return [
            Hit(source, title, heading, " ".join(snippet.split()))
            for source, heading, title, snippet, _ in found
        ]

    def read(self, source: str) -> Document:
        """A whole document; a citation's `#section` is ignored.

        Raises:
            Refusal: There is no such document.
        """
        document = self.documents.get(source.partition("#")[0])
        if document is None:
            raise Refusal(f"There is no document {source[:100]!a}; search shows the sources.")
        return document


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Heading and body of each section of a Markdown document; empty ones are left out."""
    heading, body = "", list[str]()
    for line in [*text.splitlines(), "# "]:
        if not line.startswith("#"):
            body.append(line)
            continue
        if "".join(body).strip():
            yield heading, "\n".join(body).strip()
        heading, body = line.lstrip("#").strip(), []


def _title(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return first.lstrip("#").strip() if first.startswith("#") else ""
