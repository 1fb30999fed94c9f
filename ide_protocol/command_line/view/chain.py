"""The chain that a sign-in hangs on, link by link, and the first that is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.view.table import DIM, GREEN, RED, YELLOW, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ide_protocol.own.contract import ChainLink

_SIGNS = {"ok": ("✓", GREEN), "warning": ("!", YELLOW), "failed": ("✗", RED), "skipped": ("·", DIM)}


def view(chain: list[ChainLink]) -> RenderableType:
    """Each link with what was expected and what was found; what to do stands below it."""
    # rich takes 30 ms to import, which `--json` need not pay.
    from rich.console import Group
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for link in chain:
        sign, colour = _SIGNS[link["state"]]
        quiet = DIM if link["state"] == "skipped" else ""
        grid.add_row(
            text(sign, colour),
            text(plain(link["name"]), "bold"),
            text(plain(link["expected"], 300), quiet),
        )
        grid.add_row(
            "", "", text(plain(link["finding"], 500), DIM if link["state"] == "ok" else colour)
        )
        if link["remedy"]:
            whose = f"({plain(link['who'])}; {plain(link['reference'])})"
            grid.add_row("", "", text(f"→ {plain(link['remedy'], 500)} {whose}", colour))
    return Group(grid, "", text(_closing(chain), DIM))


def _closing(chain: list[ChainLink]) -> str:
    """The first thing wrong, in one sentence."""
    for state, said in (("failed", "The first thing wrong: "), ("warning", "To look at: ")):
        for link in chain:
            if link["state"] == state:
                return f"{said}{plain(link['name'])}."
    return "Every step that could be tried went well."
