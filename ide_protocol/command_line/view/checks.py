"""What the doctor found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.view.table import DIM, GREEN, RED, YELLOW, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ide_protocol.own.contract import Check

_SIGNS = {"ok": ("✓", GREEN), "warning": ("!", YELLOW), "failed": ("✗", RED)}


def view(checks: list[Check]) -> RenderableType:
    """Each check with its finding, its remedy below it, and one closing sentence."""
    # rich takes 30 ms to import, which `--json` need not pay.
    from rich.console import Group
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for check in checks:
        sign, colour = _SIGNS.get(check["state"], ("?", ""))
        finding = text(plain(check["finding"], 600))
        grid.add_row(text(sign, colour), text(plain(check["name"]), "bold"), finding)
        if check["remedy"]:
            grid.add_row("", "", text(f"→ {plain(check['remedy'], 600)}", colour))
    return Group(grid, "", text(_closing(checks), DIM))


def _closing(checks: list[Check]) -> str:
    failed = sum(check["state"] == "failed" for check in checks)
    warned = sum(check["state"] == "warning" for check in checks)
    if not failed and not warned:
        return "All is well."
    return f"{failed} failed, {warned} to look at, {len(checks) - failed - warned} well."
