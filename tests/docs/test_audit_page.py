"""docs/audit.md explains every column, event and outcome, and its examples are real."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from proxy.audit import Event, Journal, Outcome, Record, Selection
from proxy.audit.archive import NAMES
from proxy.audit.capture import MOST, captured
from proxy.audit.redaction import summary
from tests.docs.page import code, fences, read, rows, section

if TYPE_CHECKING:
    from pathlib import Path

PAGE = read("docs/audit.md")


def test_the_page_explains_exactly_the_columns_there_are() -> None:
    """In the order of the journal, after the number of the record."""
    columns = [cells[0].strip("`") for cells in rows(section(PAGE, "What a record holds"))]
    assert columns == [*NAMES]


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


def test_the_pages_redacted_copy_is_what_capture_makes() -> None:
    """What the page shows of a payload is what the audit would keep of it."""
    said = {
        "table": "dev_alice.scratch",
        "note": "ask alice@corp.example, password: hunter2",
        "apiKey": "x",
    }
    assert fences(PAGE, "text")[1].strip() == captured(said)
    assert f"{MOST} characters in all" in PAGE


async def test_the_pages_own_check_of_an_export_finds_what_was_changed(tmp_path: Path) -> None:
    """The few lines that the page shows verify what is exported, and nothing else."""
    journal = Journal(str(tmp_path / "audit.sqlite3"))
    journal.open()
    for number in range(3):
        await journal.commit(Record(number + 0.25, Event.INTENT, summary="größer \U0001f600"))
    await journal.close()
    lines = [json.dumps(record) for record in journal.archive.each(Selection())]
    page: dict[str, Any] = {}
    exec(fences(PAGE, "python")[0], page)  # noqa: S102 - what the page shows is what is tried.
    page["verify"](lines)
    with pytest.raises(AssertionError):
        page["verify"]([lines[0], lines[2]])
    with pytest.raises(AssertionError):
        page["verify"]([lines[0].replace("intent", "outcome"), *lines[1:]])
