"""What can be said of the plugin for JetBrains IDEs without a compiler."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.docs.page import ROOT

PLUGIN = ROOT / "editors" / "jetbrains"
SOURCES = tuple((PLUGIN / "src" / "main" / "kotlin").rglob("*.kt"))
STUBS = tuple(sorted(p for p in (Path(__file__).parent / "stubs").rglob("*.*") if p.is_file()))
CLASS = r"^(?:abstract |private )*(?:class|interface) (\w+)"


def declared() -> set[str]:
    """Every class of the plugin, with its package."""
    found = set()
    for file in SOURCES:
        text = file.read_text(encoding="utf-8")
        package = re.search(r"^package ([\w.]+)$", text, re.MULTILINE)
        assert package is not None, file
        found |= {f"{package[1]}.{name}" for name in re.findall(CLASS, text, re.MULTILINE)}
    return found


def test_every_class_that_the_descriptor_names_exists() -> None:
    """`plugin.xml` names nothing that would be missing when an IDE looks for it."""
    # The file is ours.
    tree = ET.parse(PLUGIN / "src" / "main" / "resources" / "META-INF" / "plugin.xml")  # noqa: S314
    values = [value for element in tree.iter() for value in element.attrib.values()]
    named = {value for value in values if re.fullmatch(r"portico(\.[a-z]+)*\.[A-Z]\w*", value)}
    assert named
    assert named - declared() == set()


@pytest.mark.parametrize("stub", STUBS, ids=lambda path: path.name)
def test_every_stub_says_what_it_was_written_from(stub: Path) -> None:
    """Its first lines name a repository, a commit and a file."""
    source = r"// Written from [\w.-]+/[\w.-]+ [0-9a-f]{40}\n// \S+/\S+\.(java|kt|xtend)\b"
    assert re.match(source, stub.read_text(encoding="utf-8"))


def test_every_stub_holds_signatures_alone() -> None:
    """Nothing of the sources' bodies came along: whatever has to have one throws or is empty."""
    for stub in STUBS:
        text = stub.read_text(encoding="utf-8")
        assert not re.search(r"\b(if|for|while|return|new (?!Unsupported))\b", text), stub


def test_the_readme_says_what_was_not_done() -> None:
    """Whoever installs the plugin reads first that no IDE has run it."""
    readme = (PLUGIN / "README.md").read_text(encoding="utf-8")
    assert "type-checked against stubs and not run in an IDE" in " ".join(readme.split())
