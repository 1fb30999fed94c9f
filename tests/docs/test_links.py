"""Whatever a page or the program points at is there."""

from __future__ import annotations

import re

from tests.docs.page import PAGES, ROOT, headings, prose, read

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as forges write them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(text)
    }


def test_every_link_leads_somewhere() -> None:
    """Each relative link names a file that exists, and an anchor that its page has."""
    broken = []
    for page in PAGES:
        for link in LINK.findall(prose(page.read_text(encoding="utf-8"))):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.is_file() or (
                anchor and anchor not in anchors(target.read_text(encoding="utf-8"))
            ):
                broken.append(f"{page.name}: {link}")
    assert broken == []


def test_the_readme_leads_to_every_page() -> None:
    """No page is left for a reader to stumble upon."""
    linked = set(LINK.findall(read("README.md")))
    pages = {page.relative_to(ROOT).as_posix() for page in PAGES}
    assert pages - linked - {"README.md"} == set()


def test_every_page_that_the_program_names_exists() -> None:
    """A remedy that sends somebody to a page sends them to one that is there."""
    named = {
        (name, source.relative_to(ROOT).as_posix())
        for room in ("auth", "proxy", "ide_protocol", "sandbox", "bench")
        for source in (ROOT / room).rglob("*.py")
        for name in re.findall(r"\bdocs/[\w.-]+\.\w+", source.read_text(encoding="utf-8"))
    }
    assert [each for each in sorted(named) if not (ROOT / each[0]).is_file()] == []
