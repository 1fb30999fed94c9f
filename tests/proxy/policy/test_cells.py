"""The tables of docs/policy.md: every cell is judged, and the page is what the cells say."""

from __future__ import annotations

import pytest

from proxy.policy.verdict import judge, judge_listing
from tests.proxy.policy.cells import PAGE, TABLES, Cell, cells, written


@pytest.mark.parametrize(
    "cell", list(cells()), ids=lambda cell: f"{cell.table}: {cell.row} / {cell.column}"
)
def test_every_cell_of_the_page_is_the_verdict(cell: Cell) -> None:
    """What the table says is what a call meets, with a rule and a reason."""
    verdict = judge(cell.offering, "t", cell.definition, cell.who)
    assert verdict.ruling is cell.expected
    assert verdict.rule
    assert verdict.reason.endswith(".")


def test_the_page_holds_the_tables_as_they_are_tested() -> None:
    """Whoever changes a cell writes the page anew: `python -m tests.proxy.policy.cells`."""
    page = PAGE.read_text(encoding="utf-8")
    assert written(page) == page


def test_no_table_lacks_a_cell() -> None:
    """Each row has a verdict below each column."""
    count = sum(len(table.columns) * len(table.rows) for table in TABLES)
    assert count == len(list(cells())) == len({(c.table, c.row, c.column) for c in cells()})


@pytest.mark.parametrize("cell", [cell for cell in cells() if cell.table != "conditions"])
def test_what_would_be_denied_is_not_listed(cell: Cell) -> None:
    """Gating is the same at list and at call time; what depends on arguments is listed."""
    tool = {**cell.definition, "name": "t"}
    assert judge_listing(cell.offering, tool, cell.who) == (cell.expected != "deny")
