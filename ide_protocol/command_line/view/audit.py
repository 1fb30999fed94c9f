"""The audit, one line for each record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.block import exact
from ide_protocol.command_line.moment import local, took
from ide_protocol.command_line.view.table import (
    DIM,
    GREEN,
    RED,
    RISK_STYLE,
    YELLOW,
    Table,
    facts,
    text,
)
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from ide_protocol.own.contract import Record
    from proxy.audit.chain import Finding, Head

_OUTCOMES = {
    "replied": GREEN,
    "returned": "",
    "denied": RED,
    "failed": RED,
    "cancelled": YELLOW,
    "yes": GREEN,
    "no": RED,
}
_EVENTS = {"outcome": "", "intent": "sending"}
"""Events whose own name says less than their outcome, or than a plain word."""

_SENTENCES = {"refused-surface", "leased", "quarantined"}
"""Events whose outcome is a sentence."""


def view(records: list[Record], *, after: Record | None = None) -> Table:
    """The records as a table, in the order given, each day under its date.

    Args:
        records: What to show.
        after: The record that was shown last; then headings and date need no repetition.
    """
    headings = ("NO", "TIME", "WHAT", "TOOL", "RISK", "TOOK", "BY", "DETAIL")
    days = [local(one["at"])[0] for one in records]
    last = [local(after["at"])[0] if after else "", *days]
    sections = {place: day for place, day in enumerate(days) if day != last[place]}
    return Table(
        headings,
        [_row(one) for one in records],
        right=("NO", "TOOK"),
        # What was called, and with what, is what people look for; `audit show` takes the number.
        spared=("BY", "RISK", "TOOK", "NO"),
        heading=after is None,
        sections=sections,
    )


def _row(record: Record) -> tuple[Text, ...]:
    tool = plain(".".join(filter(None, (record["server"], record["tool"]))))
    detail = " ".join(filter(None, (record["reference"], _told(record), record["summary"])))
    return (
        text(str(record["id"]), DIM),
        text(local(record["at"])[1], DIM),
        text(_what(record), _OUTCOMES.get(record["outcome"], "")),
        text(tool, "bold"),
        text(plain(record["risk"]), RISK_STYLE.get(record["risk"], "")),
        text(took(record["milliseconds"])),
        text(plain(record["host"])),
        text(plain(detail), DIM),
    )


def _what(record: Record) -> str:
    """What happened, in a few words."""
    outcome, surface = plain(record["outcome"], 40), plain(record["surface"])
    event = plain(record["event"]).replace("-", " ")
    if record["event"] in _EVENTS:
        return _EVENTS[record["event"]] or outcome
    # What a checkpoint or a pin holds is a hash, which says nothing in a list.
    apart = record["event"] in {"checkpoint", "pin-accepted", *_SENTENCES}
    said = "" if apart else outcome
    return " ".join(filter(None, (event, said, surface and f"({surface})")))


def _told(record: Record) -> str:
    """The outcome where it is a sentence, which would make a column of a few words too wide."""
    return record["outcome"] if record["event"] in _SENTENCES else ""


def detail(records: list[Record]) -> RenderableType:
    """Everything about one call: what all its records share, then each with what is its own."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    last = records[-1]
    tool = plain(".".join(filter(None, (last["server"], last["tool"]))))
    heading = f"{tool or 'No call'}, {local(records[0]['at'])[0]}"
    shared = ("exchange", "host", "user", "risk", "verdict", "rule", "summary", "digest")
    common = [(name, text(plain(str(last[name]), 400))) for name in shared if last[name]]  # type: ignore[literal-required]
    parts: list[RenderableType] = [text(heading, "bold"), facts(common), ""]
    rows = [
        (
            text(str(record["id"]), DIM),
            text(local(record["at"])[1], DIM),
            text(_what(record), _OUTCOMES.get(record["outcome"], "")),
            text(took(record["milliseconds"])),
            text(
                plain(
                    " ".join(
                        filter(None, (record["reference"], _told(record), _only(record, last)))
                    )
                )
            ),
        )
        for record in records
    ]
    parts.append(Table(("NO", "TIME", "WHAT", "TOOK", "DETAIL"), rows, right=("NO", "TOOK")))
    for record in records:
        if record["payload"]:
            parts += ["", text(f"{record['event']} {record['id']}, redacted:", DIM)]
            parts.append(text(exact(record["payload"])))
    return Group(*parts)


def _only(record: Record, last: Record) -> str:
    """What of a record's rule and arguments is not that of the whole call."""
    own = [record["rule"]] if record["rule"] != last["rule"] else []
    if record["summary"] != last["summary"]:
        own.append(record["summary"])
    waited = f"{took(record['waited'])} of it for a person" if record["waited"] else ""
    minutes = f"{record['minutes']:g} min saved, says its owner" if record["minutes"] else ""
    return "; ".join(filter(None, (*own, waited, minutes)))


def verdict(finding: Finding, known: Head | None) -> RenderableType:
    """What a check found where nothing is wrong, and how far that goes."""
    from rich.console import Group  # Lazy for the same reason as above.

    said = f"{finding.records} records are as they were written"
    if finding.begins.number:
        said += f", from number {finding.begins.number + 1} on; older ones were forgotten"
    if known is not None:
        worth = f"Record {known.number} is the one of the head that you gave."
    else:
        worth = "Without a head that was kept elsewhere, all of them could have been written anew."
    return Group(text(f"✓ {said}.", GREEN), text(worth), facts([("head", text(str(finding.head)))]))
