"""How two runs of the conformance suite are compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.conformance import comparison
from tests.conformance.__main__ import KNOWN, PAIRS

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, *checks: tuple[str, str, str]) -> comparison.Run:
    """A run that left these scenarios, checks and statuses."""
    for scenario in {scenario for scenario, _, _ in checks}:
        file = folder / f"server-{scenario}-2026-11-24T21-17-09-582Z" / "checks.json"
        file.parent.mkdir(parents=True)
        found = [{"id": name, "status": status} for at, name, status in checks if at == scenario]
        file.write_text(json.dumps(found), encoding="utf-8")
    return comparison.read(folder, "pair")


def test_what_passes_straight_must_pass_through_portico(tmp_path: Path) -> None:
    """As often as straight; what fails straight may fail, and what is new may not."""
    straight = run(
        tmp_path / "straight",
        ("tools", "list", "SUCCESS"),
        ("tools", "list", "SUCCESS"),
        ("tools", "call", "SUCCESS"),
        ("tools", "odd", "FAILURE"),
        ("ping", "ping", "SUCCESS"),
    )
    through = run(
        tmp_path / "through",
        ("tools", "list", "SUCCESS"),
        ("tools", "call", "SUCCESS"),
        ("tools", "odd", "FAILURE"),
        ("tools", "new", "FAILURE"),
        ("ping", "ping", "WARNING"),
    )
    worse = {("pair", "tools", "list"), ("pair", "ping", "ping"), ("pair", "tools", "new")}
    assert comparison.worse(straight, through) == worse
    assert comparison.worse(straight, straight) == set()


def test_the_list_of_known_differences_cannot_grow_stale() -> None:
    """One that is missing and one that is gone are both said."""
    known = comparison.expected("# why\n\na b c: because\na b d: because of that: too\n")
    assert known["a", "b", "d"] == "because of that: too"
    found = {("a", "b", "c"), ("a", "b", "x")}
    assert comparison.verdict(found, known) == [
        "NEW DIFFERENCE: a b x",
        "NO LONGER DIFFERENT: a b d",
    ]
    assert comparison.verdict(known, known) == []


@pytest.mark.parametrize("line", ["a b: why", "a b c", "a b c: ", "a b c d: why"])
def test_a_difference_needs_a_reason(line: str) -> None:
    """Otherwise nobody could say whether it may stay."""
    with pytest.raises(ValueError, match="not a known difference"):
        comparison.expected(line)


def test_every_known_difference_is_of_a_pair_that_is_judged() -> None:
    """A line for a pair that nobody runs would never be found stale."""
    known = comparison.expected(KNOWN.read_text(encoding="utf-8"))
    assert {judged for judged, _, _ in known} <= PAIRS.keys()
