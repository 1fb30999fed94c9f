"""ARCHITECTURE.md names what is there: every file on its map, every test and contract it cites."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.docs.page import PAGES, ROOT, code, read, section

PAGE = read("ARCHITECTURE.md")
MAP = section(PAGE, "The code, room by room")
ROOMS = ("auth", "proxy", "proxy/trust", "proxy/upstream", "ide_protocol")


def every_test() -> set[str]:
    """The name of every test."""
    return {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    }


def mapped(room: str) -> set[str]:
    """The files that the map names for a room; a line may open with the folder they are in."""
    found = set()
    for line in section(MAP, next(h for h in _headings() if f"`{room}/`" in h)).splitlines():
        folder, cell = Path(room), line.split("|")[1] if line.startswith("|") else ""
        for name in code(cell):
            if name.endswith("/"):
                folder = Path(room, name)
            else:
                found.add((folder / name).as_posix())
    return found


def _headings() -> list[str]:
    return re.findall(r"^### (.+)$", MAP, re.MULTILINE)


def test_every_test_that_a_page_names_exists() -> None:
    """A promise cites the test that holds it, by its real name."""
    known = every_test()
    cited = {
        name
        for page in PAGES
        for name in code(page.read_text(encoding="utf-8"))
        if re.fullmatch(r"test_\w+", name)
    }
    assert cited - known == set()


def test_the_page_names_exactly_the_import_contracts_there_are() -> None:
    """Each contract stands for an invariant, and each invariant that cites one has it."""
    project = tomllib.loads(read("pyproject.toml"))
    contracts = {contract["id"] for contract in project["tool"]["importlinter"]["contracts"]}
    cited = {
        name
        for cell in re.findall(r"contracts? ((?:`[\w-]+`(?:, )?)+)", section(PAGE, "Invariants"))
        for name in code(cell)
    }
    assert cited == contracts


def test_the_map_shows_exactly_the_files_there_are() -> None:
    """Nothing of the three rooms is missing from the map, and nothing on it is gone."""
    shown = {file for room in ROOMS for file in mapped(room)}
    there = {
        file.relative_to(ROOT).as_posix()
        for room in ("auth", "proxy", "ide_protocol")
        for file in (ROOT / room).rglob("*")
        if file.suffix in {".py", ".sh"}
        and file.name != "__init__.py"
        and "command_line" not in file.parts
    }
    assert (there - shown, shown - there) == (set(), set())


def test_every_path_that_a_page_names_exists() -> None:
    """A path in code marks, with a folder in it and a suffix of ours, is a file of the project."""
    named = {
        name
        for page in PAGES
        for name in code(page.read_text(encoding="utf-8"))
        if re.fullmatch(r"(?:\w+/)+\w+\.(?:py|md|toml|json|svg)", name)
    }
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_every_name_in_the_life_of_a_call_is_a_name_in_the_code() -> None:
    """`Class.method` and `module.function` are followed to where they are defined."""
    source = "\n".join(
        file.read_text(encoding="utf-8")
        for room in ("auth", "proxy", "ide_protocol")
        for file in (ROOT / room).rglob("*.py")
    )
    names = [
        name
        for heading in ("The life of a call", "Entry points")
        for name in code(section(PAGE, heading))
        if re.fullmatch(r"\w+\.\w+|[A-Z]\w+", name) and not name.endswith((".py", ".toml"))
    ]
    assert names
    assert [
        name
        for name in names
        if not re.search(rf"(?:def|class) {re.escape(name.rpartition('.')[2])}\b", source)
    ] == []


def test_the_page_stays_short_enough_to_be_read() -> None:
    """A map of three hundred lines would be another thing to get lost in."""
    assert len(PAGE.splitlines()) < 300
    assert len(read("README.md").splitlines()) <= 120
