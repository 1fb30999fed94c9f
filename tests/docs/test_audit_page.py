"""docs/audit.md explains every column, event and outcome, and its examples are real."""

from __future__ import annotations

from proxy.audit import Event, Outcome
from proxy.audit.record import COLUMNS
from proxy.audit.redaction import summary
from tests.docs.page import code, fences, read, rows, section

PAGE = read("docs/audit.md")


def test_the_page_explains_exactly_the_columns_there_are() -> None:
    """In the order of the journal, after the number of the record."""
    columns = [cells[0].strip("`") for cells in rows(section(PAGE, "What a record holds"))]
    assert columns == ["id", *COLUMNS]


def test_the_page_explains_exactly_the_events_and_outcomes_there_are() -> None:
    """Each event has its line, and the last of them every outcome."""
    lines = {
        cells[0].strip("`"): cells for cells in rows(section(PAGE, "What is written, and when"))
    }
    assert set(lines) == set(Event)
    assert code(lines[Event.OUTCOME][2]) == list(Outcome)


def test_the_pages_summaries_are_what_redaction_makes() -> None:
    """What the page shows of arguments is what the audit would keep of them."""
    assert fences(PAGE, "text")[0].splitlines() == [
        summary({"table": "dev_alice.scratch"}),
        summary({"query": "SELECT 1, ".ljust(116, "x"), "limit": 50}),
        summary({"password": "hunter2"}),
    ]
