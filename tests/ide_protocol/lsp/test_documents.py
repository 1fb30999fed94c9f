"""The documents that an editor has open, and the languages that speak of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from ide_protocol.lsp import documents as documents_module
from ide_protocol.lsp.document import Document
from ide_protocol.lsp.documents import MOST, Documents
from ide_protocol.lsp.language import Language

if TYPE_CHECKING:
    import pytest

    from ide_protocol.lsp.document import Diagnostic, Hover, Position


class Shouting(Language):
    """A language that finds fault with capitals."""

    def speaks(self, uri: str) -> bool:
        """Documents of its own ending."""
        return uri.endswith(".shout")

    def diagnostics(self, document: Document) -> list[Diagnostic]:
        """Every capital."""
        return [
            {
                "range": document.range(at, at + 1),
                "severity": 2,
                "source": "shouting",
                "message": "a capital",
            }
            for at, letter in enumerate(document.text)
            if letter.isupper()
        ]

    def hover(self, document: Document, at: Position) -> Hover | None:
        """The letter there."""
        letter = document.text[document.offset(at)]
        return {"contents": {"kind": "plaintext", "value": letter}}


def opened(*texts: str) -> tuple[Documents, list[dict[str, Any]]]:
    """Documents with these texts, and what was published of them."""
    told: list[dict[str, Any]] = []
    found = Documents([Shouting()], told.append)
    for number, text in enumerate(texts):
        found.opened(f"file:///{number}.shout", text, 1)
    return found, told


def test_what_is_found_is_published_and_taken_back() -> None:
    """Findings are told once, again when they change, and an empty list ends them."""
    documents, told = opened("a B")
    assert [one["message"] for one in told[0]["diagnostics"]] == ["a capital"]
    documents.look_again()
    documents.opened("file:///0.shout", "a b", 2)
    documents.opened("file:///0.shout", "a C", 3)
    documents.closed("file:///0.shout")
    documents.closed("file:///0.shout")
    assert [len(one["diagnostics"]) for one in told] == [1, 0, 1, 0]


async def test_what_no_language_speaks_is_not_kept() -> None:
    """An editor opens all it has; what is nobody's is neither kept nor spoken of."""
    documents, told = opened()
    documents.opened("file:///x.py", "A" * 9, 1)
    assert await documents.hover("file:///x.py", {"line": 0, "character": 0}) is None
    assert documents.completion("file:///x.py", {"line": 0, "character": 0}) == []
    assert documents.code_lenses("file:///x.py") == []
    assert told == []


def test_what_is_too_large_or_too_much_is_not_looked_at() -> None:
    """A document that has grown too large has no findings left, and a crowd has an end."""
    documents, told = opened(*("A" for _ in range(MOST + 1)))
    assert len(told) == MOST
    documents.opened("file:///0.shout", "A" * (Shouting.largest + 1), 2)
    assert told[-1] == {"uri": "file:///0.shout", "diagnostics": []}


def test_a_language_that_fails_harms_no_list(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings are looked for again when the hub's lists change, and that must go on."""

    def broken(*_: object) -> list[Diagnostic]:
        raise ValueError

    documents, told = opened("A")
    monkeypatch.setattr(Shouting, "diagnostics", broken)
    documents.look_again()
    assert len(told) == 1
    assert documents_module.log.name in {record.name for record in caplog.records}


async def test_a_language_answers_for_its_own_document() -> None:
    """What is asked about a place reaches the language with the text as it is now."""
    documents, _ = opened("ab")
    documents.opened("file:///0.shout", "x\nyz", 2)
    said = await documents.hover("file:///0.shout", {"line": 1, "character": 1})
    assert said == {"contents": {"kind": "plaintext", "value": "z"}}


def test_positions_are_counted_in_utf_16() -> None:
    """A character beyond the first plane counts twice, and every line end counts as one."""
    document = Document("file:///x", "a😀b\r\nc\rd\n")
    assert document.position(2) == {"line": 0, "character": 3}
    assert document.offset({"line": 0, "character": 3}) == 2
    assert [document.line(n) for n in range(5)] == ["a😀b", "c", "d", "", ""]
    assert document.offset({"line": 0, "character": 99}) == 3
    assert document.offset({"line": 99, "character": 0}) == len(document.text)


@given(st.text("ab😀é\r\n", max_size=30), st.data())
def test_every_offset_leads_back(text: str, data: st.DataObject) -> None:
    """The position of a place that a caret can stand at is the place again."""
    document = Document("file:///x", text)
    at = data.draw(st.integers(0, len(text)))
    inside = text[at - 1 : at + 1] == "\r\n"
    assert document.offset(document.position(at)) == at - inside
