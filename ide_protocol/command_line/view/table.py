"""Tables without lines: a dim heading, aligned columns, and names that are never cut.

Only the last column, which describes, is shortened on a narrow terminal. Where even that leaves no
room, columns that can be spared go, and then each row becomes a few labelled lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.text import Text

GREEN, YELLOW, RED, DIM = "green", "yellow", "red", "dim"

RISK_STYLE = {"destructive": RED, "unknown": YELLOW, "write": YELLOW}
"""Colours of risks; a reading call needs none."""

_GAP = 2
_LEAST = 24
"""Characters of the last column below which it says nothing."""


@dataclass(frozen=True, slots=True)
class Table:
    """Something that rich can print.

    Attributes:
        headings: One for each column; the last column is the one that describes.
        rows: Cells of one line each, safe to show.
        right: Headings of the columns with numbers.
        spared: Headings of columns that may go, in this order, when room is short.
        heading: Whether to print the headings.
        whole: Whether the last column, too, is never shortened.
        sections: Number of a row -> a line to print before it.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Text]]
    right: Sequence[str] = ()
    spared: Sequence[str] = ()
    heading: bool = True
    whole: bool = False
    sections: Mapping[int, str] = field(default_factory=dict)

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Called by rich, which knows how wide the terminal is."""
        columns = list(range(len(self.headings)))
        for name in ("", *self.spared):
            columns = [place for place in columns if not name or self.headings[place] != name]
            widths = [self._width(place) for place in columns]
            last = widths[-1] if self.whole else min(widths[-1], _LEAST)
            if sum(widths[:-1]) + _GAP * (len(widths) - 1) + last <= options.max_width:
                yield from self._lines(columns, widths, options.max_width)
                return
        yield from self._blocks()
        del console  # Part of rich's protocol; the width is all that matters here.

    def _width(self, place: int) -> int:
        titles = [len(self.headings[place])] if self.heading else []
        return max([*titles, *(row[place].cell_len for row in self.rows)], default=0)

    def _lines(self, columns: list[int], widths: list[int], most: int) -> Iterator[Text]:
        from rich.text import Text  # rich takes 30 ms to import, which `--json` need not pay.

        titles = [Text(title, style=DIM) for title in self.headings]
        first = -1 if self.heading else 0
        for number, row in enumerate((titles, *self.rows) if self.heading else self.rows, first):
            if number in self.sections:
                yield Text(self.sections[number], style=DIM)
            line = Text(no_wrap=True, overflow="ellipsis")
            for place, width in zip(columns, widths, strict=True):
                cell = row[place].copy()
                room = " " * (width - cell.cell_len)
                before = room if self.headings[place] in self.right else ""
                line.append(before).append_text(cell)
                if place != columns[-1]:
                    line.append((room if not before else "") + " " * _GAP)
            line.rstrip()
            line.truncate(most, overflow="ellipsis")
            yield line

    def _blocks(self) -> Iterator[RenderableType]:
        """Each row as labelled lines, its first cells as their heading."""
        from rich.table import Table as Grid  # Lazy for the same reason as above.
        from rich.text import Text

        labels = [title.lower() if title.isupper() else title for title in self.headings]
        for number, row in enumerate(self.rows):
            if number:
                yield ""
            if number in self.sections:
                yield Text(self.sections[number], style=DIM)
            grid = Grid.grid(padding=(0, _GAP, 0, 0))
            grid.add_column(style=DIM, no_wrap=True)
            grid.add_column(overflow="fold")
            for label, cell in zip(labels, row, strict=True):
                if cell.plain:
                    grid.add_row(label, cell)
            yield grid


def text(content: str, style: str = "") -> Text:
    """A cell of plain text."""
    from rich.text import Text  # Lazy for the same reason as above.

    return Text(content, style=style)


def facts(rows: Sequence[tuple[str, Text]]) -> RenderableType:
    """Labels and what is said of each, wrapped where it must."""
    from rich.table import Table as Grid  # Lazy for the same reason as above.

    grid = Grid.grid(padding=(0, _GAP, 0, 0))
    grid.add_column(style=DIM, no_wrap=True)
    grid.add_column(overflow="fold")
    for label, content in rows:
        grid.add_row(label, content)
    return grid
