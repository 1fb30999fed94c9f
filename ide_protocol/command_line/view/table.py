"""Tables without lines: a dim heading, aligned columns, and names that are never cut.

Columns whose cells are to be copied fold where they must; only the last column, which describes,
is shortened on a narrow terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

GREEN, YELLOW, RED, DIM = "green", "yellow", "red", "dim"

RISK_STYLE = {"destructive": RED, "unknown": YELLOW, "write": YELLOW}
"""Colours of risks; a reading call needs none."""


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[RenderableType]],
    *,
    right: Sequence[str] = (),
    heading: bool = True,
) -> Table:
    """A table.

    Args:
        headings: One for each column, in capitals; the last column is the one that describes.
        rows: Cells, safe to show.
        right: Headings of the columns with numbers.
        heading: Whether to print the headings.
    """
    # rich takes 30 ms to import, which `--json` never needs to pay.
    from rich.table import Table

    made = Table(
        box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=DIM, show_header=heading
    )
    last = len(headings) - 1
    for place, title in enumerate(headings):
        made.add_column(
            title,
            justify="right" if title in right else "left",
            no_wrap=place == last,
            overflow="ellipsis" if place == last else "fold",
        )
    for row in rows:
        made.add_row(*row)
    return made


def text(content: str, style: str = "") -> Text:
    """A cell of plain text."""
    from rich.text import Text  # Lazy for the same reason as above.

    return Text(content, style=style)
