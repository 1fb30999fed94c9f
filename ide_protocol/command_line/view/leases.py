"""The list of answers in advance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.moment import span
from ide_protocol.command_line.view.table import GREEN, RED, Table, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.text import Text

    from ide_protocol.own.contract import Lease


def view(found: list[Lease], now: float) -> Table:
    """One line for each lease and stop."""
    headings = ("ID", "ANSWER", "TOOL", "LEFT", "ASKED BY", "FOR")
    return Table(headings, [_row(one, now) for one in found], spared=("ASKED BY",))


def _row(lease: Lease, now: float) -> tuple[Text, ...]:
    yes = lease["answer"] == "yes"
    left = "until the session ends"
    if lease["until"] is not None and lease["left"] is not None:
        left = f"{lease['left']} calls, {span(max(lease['until'] - now, 0))}"
    return (
        text(plain(lease["id"]), "bold"),
        text(plain(lease["answer"]), GREEN if yes else RED),
        text(plain(f"{lease['server']}.{lease['tool']}")),
        text(left),
        text(plain(lease["host"])),
        text(_reach(lease)),
    )


def _reach(lease: Lease) -> str:
    patterns = ", ".join(f"{name} like {glob}" for name, glob in lease["arguments"].items())
    where = plain(lease["workspace"] or "this session")
    return plain(f"{where}, {patterns}" if patterns else where, 400)
