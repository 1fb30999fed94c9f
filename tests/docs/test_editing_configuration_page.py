"""The page about writing configuration says what the language says."""

from __future__ import annotations

from ide_protocol.lsp.configuration.finding import CODES
from tests.docs.page import read, rows, section

PAGE = read("docs/editing-configuration.md")


def test_the_page_explains_every_finding() -> None:
    """Each code has its line, and no other has one."""
    told = [row[0].strip("`") for row in rows(section(PAGE, "Findings"))]
    assert sorted(told) == sorted(CODES)
