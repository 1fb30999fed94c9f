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


def view(records: list[Record], *, after: Record | None = None) -> Table:
    """The records as a table, in the order given, each day under its date.

    Args:
        records: What to show.
        after: The record that was shown last; then headings and date need no repetition.
    """
    headings = ("TIME", "WHAT", "TOOL", "RISK", "TOOK", "BY", "DETAIL")
    days = [local(one["at"])[0] for one in records]
    last = [local(after["at"])[0] if after else "", *days]
    sections = {place: day for place, day in enumerate(days) if day != last[place]}
    return Table(
        headings,
        [_row(one) for one in records],
        right=("TOOK",),
        # What was called, and with what, is what people look for.
        spared=("BY", "RISK", "TOOK"),
        heading=after is None,
        sections=sections,
    )


def _row(record: Record) -> tuple[Text, ...]:
    outcome = plain(record["outcome"])
    event = plain(record["event"]).replace("-", " ")
    what = _EVENTS.get(record["event"], f"{event} {outcome}".rstrip())
    tool = plain(".".join(filter(None, (record["server"], record["tool"]))))
    detail = " ".join(filter(None, (record["reference"], record["summary"])))
    return (
        text(local(record["at"])[1], DIM),
        text(what or outcome, _OUTCOMES.get(record["outcome"], "")),
        text(tool, "bold"),
        text(plain(record["risk"]), RISK_STYLE.get(record["risk"], "")),
        text(took(record["milliseconds"])),
        text(plain(record["host"])),
        text(plain(detail), DIM),
    )
