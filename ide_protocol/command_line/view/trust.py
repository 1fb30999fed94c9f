"""The list of pins, and what changed in one tool."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ide_protocol.command_line.view.table import DIM, GREEN, RED, YELLOW, Table, facts, text
from proxy.plain import exact, plain

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from ide_protocol.own.contract import Pin

_SHORT = len("sha256:") + 8
"""Characters of a digest that tell two apart for a person."""

_NEXT = (
    "`portico trust show SERVER.TOOL` shows what it is now, and `portico trust accept SERVER.TOOL` "
    "has the question put whether to trust that."
)

_COLOURS = {"-": RED, "+": GREEN}


def view(found: list[Pin]) -> RenderableType:
    """One line for each pin, then why what is blocked is blocked."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    blocked = [pin for pin in found if pin["state"] == "blocked"]
    rows = [_row(pin) for pin in sorted(found, key=lambda pin: pin["state"] != "blocked")]
    table = Table(("", "TOOL", "STATE", "BY", "SINCE", "DIGEST"), rows, spared=("DIGEST", "SINCE"))
    parts: list[RenderableType] = [table]
    if blocked:
        parts += ["", facts([(_name(pin), text(plain(pin["says"], 600))) for pin in blocked])]
    if any(pin["acceptable"] for pin in blocked):
        parts += ["", text(_NEXT)]
    return Group(*parts)


def difference(lines: list[str]) -> RenderableType:
    """What was taken out and what came in."""
    from rich.console import Group  # Lazy for the same reason as above.

    return Group(*(text(exact(line), _COLOURS.get(line[:1], DIM)) for line in lines))


def _row(pin: Pin) -> tuple[Text, ...]:
    blocked = pin["state"] == "blocked"
    since = pin["since"]
    day = dt.datetime.fromtimestamp(since).astimezone().date().isoformat() if since else ""
    return (
        text("✗" if blocked else "●", RED if blocked else GREEN),
        text(_name(pin), "bold"),
        text(plain(pin["reason"]) if blocked else "trusted", YELLOW if blocked else ""),
        text(plain(pin["by"])),
        text(day),
        text(plain(pin["digest"])[:_SHORT], DIM),
    )


def _name(pin: Pin) -> str:
    return plain(f"{pin['server']}.{pin['tool']}" if pin["tool"] else f"{pin['server']} itself")
