"""The audit, one line for each record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.moment import local, took
from ide_protocol.command_line.view.table import DIM, GREEN, RED, RISK_STYLE, YELLOW, Table, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.text import Text

    from ide_protocol.own.contract import Record

_OUTCOMES = {"replied": GREEN, "denied": RED, "failed": RED, "cancelled": YELLOW}


_EVENTS = {"outcome": "", "intent": "sending"}
"""Events whose own name says less than their outcome, or than a plain word."""


def view(records: list[Record], *, heading: bool = True) -> Table:
    """The records as a table, in the order given."""
    headings = ("WHEN", "WHAT", "TOOL", "RISK", "TOOK", "BY", "DETAIL")
    rows = [_row(one) for one in records]
    spared = ("BY", "RISK", "TOOK", "DETAIL")
    return Table(headings, rows, right=("TOOK",), spared=spared, heading=heading)


def _row(record: Record) -> tuple[Text, ...]:
    outcome = plain(record["outcome"])
    what = _EVENTS.get(record["event"], f"{plain(record['event'])} {outcome}".rstrip())
    tool = plain(".".join(filter(None, (record["server"], record["tool"]))))
    detail = record["reference"] or record["summary"] or record["rule"]
    return (
        text(local(record["at"]), DIM),
        text(what or outcome, _OUTCOMES.get(record["outcome"], "")),
        text(tool, "bold"),
        text(plain(record["risk"]), RISK_STYLE.get(record["risk"], "")),
        text(took(record["milliseconds"])),
        text(plain(record["host"])),
        text(plain(detail), DIM),
    )
