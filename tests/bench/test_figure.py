"""The figures' arithmetic and their table; no test here depends on a machine's speed."""

from __future__ import annotations

import importlib

import pytest

from bench.__main__ import NAMES, main
from bench.figure import Figure, differences, percentile, ratios
from bench.table import table


@pytest.mark.parametrize("name", NAMES)
def test_every_measurement_can_be_run_by_its_name(name: str) -> None:
    """Each name of the command line is a module that measures."""
    assert callable(importlib.import_module(f"bench.{name}").measure)


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt measurement ends with the names there are, before anything is measured."""
    with pytest.raises(SystemExit):
        main(["strat"])
    assert "strat" in capsys.readouterr().err


def test_the_median_is_held_against_the_bar() -> None:
    """One slow run misses no bar; a slow median does, and without a bar there is no verdict."""
    assert Figure("a", "ms", (1.0, 2.0, 90.0), 2).met is True
    assert Figure("a", "ms", (1.0, 2.1, 2.2), 2).met is False
    assert Figure("a", "ms", (1.0,)).met is None


def test_tools_must_be_there_in_every_run() -> None:
    """For a count of tools the bar is the least, and no run may fall below it."""
    assert Figure("a", "tools", (70.0, 71.0), 70).met is True
    assert Figure("a", "tools", (70.0, 69.0, 70.0), 70).met is False


def test_ratios_and_differences_are_of_the_medians_of_each_block() -> None:
    """A disturbance in one block touches the value of that block alone."""
    ours, theirs = [2.0, 2.0, 2.0, 40.0, 40.0, 40.0], [1.0, 1.0, 1.0, 20.0, 20.0, 20.0]
    assert ratios(ours, theirs, blocks=2) == (2.0, 2.0)
    assert differences(ours, theirs, blocks=2) == (1.0, 20.0)


def test_a_percentile_is_one_of_the_samples() -> None:
    """By nearest rank, so that it was really measured."""
    assert percentile(range(1, 101), 0.95) == 95
    assert percentile([7.0], 0.95) == 7.0


def test_the_table_says_met_and_missed_and_aligns() -> None:
    """Every line of figures has the same width, whatever the units."""
    shown = table(
        [
            Figure("start", "ms", (32.8, 35.0), 60),
            Figure("SDK client", "x", (1.23,), 1.2),
            Figure("memory", "MB", (71.0,), note="before them"),
        ]
    ).splitlines()
    assert [line.split()[-1] for line in (shown[2], shown[3])] == ["met", "missed"]
    assert shown[5] == "  before them"
    assert len({len(line) for line in shown[:5]}) == 1
