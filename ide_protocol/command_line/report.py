"""Telling a person that something went wrong: what happened, who acts, and what they do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, cast

from auth.fault import Fault, Who
from ide_protocol.command_line.block import block
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from ide_protocol.own.contract import FaultReport

META: Final = "portico/fault"
"""As `proxy.fault.META`, whose module imports more than a command should wait for."""


class HomeUnusable(Fault):
    """`PORTICO_HOME` does not name one folder whatever the current one is."""

    reference = "home-unusable"
    who = Who.PERSON
    remedy = "Set PORTICO_HOME to an absolute path, or unset it."


def report(fault: Fault) -> FaultReport:
    """A fault raised in this process, in the shape of the contract."""
    return cast("FaultReport", fault.as_json())


def inside(result: Mapping[str, Any]) -> FaultReport | None:
    """The fault of Portico's own in the MCP `CallToolResult` `result`; None in a server's own.

    The hub lets no server put anything there.
    """
    meta = result.get("_meta")
    found = meta.get(META) if isinstance(meta, dict) else None
    if not isinstance(found, dict) or result.get("isError") is not True:
        return None
    words = ("reference", "message", "who", "remedy")
    return cast("FaultReport", {**found, **{word: str(found.get(word, "")) for word in words}})


def tell(found: FaultReport) -> None:
    """Print a fault on stderr."""
    from ide_protocol.command_line import console

    sys.stdout.flush()
    console.tell(picture(found))


def picture(found: FaultReport, *, sign: str = "✗", colour: str = "red") -> Table:
    """A fault as aligned lines."""
    # rich takes 30 ms to import, which only a person's view needs.
    from rich.table import Table
    from rich.text import Text

    labelled = Table.grid(padding=(0, 2, 0, 0))
    labelled.add_column(style="dim", no_wrap=True)
    labelled.add_column(overflow="fold")
    for label, content in (
        ("who acts", found["who"]),
        ("what to do", found["remedy"]),
        ("reference", found["reference"]),
    ):
        if content:
            labelled.add_row(label, Text(plain(content, 600)))
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(sign, style=colour), Text(block(found["message"]), style="bold"))
    grid.add_row("", labelled)
    return grid
