"""What servers spoke last."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from proxy.upstream import Era, EraMemory
from proxy.upstream.era import Terms

if TYPE_CHECKING:
    from pathlib import Path

_TERMS = Terms(Era.MODERN, "2026-07-28", {"tools": {}}, {"name": "p"})


def test_what_is_kept_is_recalled_by_the_next_hub_and_private(tmp_path: Path) -> None:
    """A second memory reads what the first wrote, in a file that only its owner reads."""
    path = tmp_path / "state" / "eras.json"
    EraMemory(str(path)).keep("https://p/mcp", _TERMS)
    assert EraMemory(str(path)).recall("https://p/mcp") == _TERMS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["eras.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "\udcff",
        "[" * 100_000,
        json.dumps({"https://p/mcp": {"era": "stone", "version": "1"}}),
        json.dumps({"https://p/mcp": {"era": "modern", "version": ["2026-07-28"]}}),
        json.dumps({"https://p/mcp": {"era": "legacy", "version": "2026-07-28"}}),
        json.dumps({"https://p/mcp": {"era": "modern", "version": "2026-07-28", "serverInfo": 1}}),
    ],
)
def test_a_memory_that_makes_no_sense_counts_as_empty(tmp_path: Path, text: str) -> None:
    """Whatever is in the file, the server is simply asked again, and the answer is kept."""
    path = tmp_path / "eras.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    memory = EraMemory(str(path))
    assert memory.recall("https://p/mcp") is None
    memory.keep("https://p/mcp", _TERMS)
    assert EraMemory(str(path)).recall("https://p/mcp") == _TERMS


def test_a_disk_that_cannot_be_written_costs_the_memory_and_not_the_call(tmp_path: Path) -> None:
    """Keeping succeeds for this hub's life when the folder is a file."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    memory = EraMemory(str(blocked / "eras.json"))
    memory.keep("https://p/mcp", _TERMS)
    assert memory.recall("https://p/mcp") == _TERMS
