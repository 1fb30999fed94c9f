"""What became of each client's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editors.install.installation import Done
from ide_protocol.command_line.checkup import tilde
from ide_protocol.command_line.view.table import DIM, GREEN, RED, text
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from editors.install.installation import Report

_SIGNS = {Done.REFUSED: ("✗", RED), Done.THERE: ("✓", DIM), Done.ABSENT: ("·", DIM)}
_CHANGED = frozenset({Done.ADDED, Done.UPDATED})
_WOULD = _CHANGED | {Done.REMOVED}


def view(reports: Sequence[Report], *, dry: bool) -> RenderableType:
    """Each client with its file and what to do next."""
    # rich takes 30 ms to import, which `--json` need not pay.
    from rich.console import Group
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for one in reports:
        sign, colour = _SIGNS.get(one.done, ("✓", GREEN))
        said = f"{one.done}: {one.reason}" if one.reason else str(one.done)
        if dry and one.done in _WOULD:
            said = f"would be {said}"
        grid.add_row(
            text(sign, colour), text(one.client.title, "bold"), text(plain(said)), _where(one.path)
        )
        if one.done in _CHANGED and not dry:
            grid.add_row("", "", "", text(f"→ {one.client.reload}", DIM))
        if one.done is Done.REFUSED and one.path:
            hint = f"→ `portico install {one.client.name} --print` shows what to write there."
            grid.add_row("", "", "", text(hint, RED))
    return Group(grid, text("Nothing was written.", DIM)) if dry else grid


def _where(path: str) -> RenderableType:
    return text(plain(tilde(path), 300))
