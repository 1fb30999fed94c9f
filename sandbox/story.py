"""How the demo tells what happens: painted on a terminal, plain lines anywhere else.

A telling only shows what it is given. Whether a promise was kept is decided here in one place, so
that no scene can print a tick for something it has not looked at.
"""

from __future__ import annotations

import json
import re
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

WIDTH = 100
"""Columns that the telling uses at most."""


FOLDER = "portico-demo-"
"""How the name of the folder begins that the story plays in."""


class PromiseBroken(Exception):  # noqa: N818 - the demo's one verdict, in the words of the story.
    """The story did not come out as promised; the text says which promise and what came instead."""


class Story(ABC):
    """A telling, from top to bottom. Texts are shown literally: no markup."""

    def __init__(self) -> None:
        self._chapters = 0
        self.kept = 0
        """How many claims were kept so far."""

    def chapter(self, title: str) -> None:
        """Begin the next numbered part."""
        self._chapters += 1
        self._heading(f"{self._chapters}  {title}")

    def promise(self, claim: str, *, kept: bool, instead: object = "") -> None:
        """Show `claim` as true, or end the story.

        Args:
            claim: The promise, as a whole sentence.
            kept: What looking at it showed.
            instead: What was found, for the person who has to find out why.

        Raises:
            PromiseBroken: It was not kept.
        """
        if not kept:
            found = f" Found instead: {_short(instead)}" if instead != "" else ""
            msg = f"Not kept: {claim}{found}"
            raise PromiseBroken(msg)
        self.kept += 1
        self._tick(claim)

    @abstractmethod
    def title(self, title: str, text: str) -> None:
        """Open the story."""

    @abstractmethod
    def say(self, text: str) -> None:
        """Tell one thing that happens."""

    @abstractmethod
    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show rows of text under their headings."""

    @abstractmethod
    def box(self, title: str, text: str, *, footer: str = "", alarm: bool = True) -> None:
        """Show a text that somebody in the story sees, word by word."""

    @abstractmethod
    def lines(self, title: str, text: str) -> None:
        """Show lines to copy, unwrapped."""

    @abstractmethod
    def _heading(self, text: str) -> None: ...

    @abstractmethod
    def _tick(self, claim: str) -> None: ...


class Plain(Story):
    """Lines of text, for pipes, logs and screen readers."""

    def __init__(self, out: TextIO | None = None) -> None:
        super().__init__()
        self._out = out or sys.stdout

    def _write(self, text: str = "") -> None:
        self._out.write(f"{text}\n")
        self._out.flush()  # whoever reads along in a pipe wants it as it happens

    def title(self, title: str, text: str) -> None:
        """Open the story."""
        self._write(title)
        self._write(text)

    def say(self, text: str) -> None:
        """Tell one thing that happens."""
        self._write(text)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show rows of text in columns of spaces."""
        widths = [max(len(row[at]) for row in [columns, *rows]) for at in range(len(columns))]
        for row in [columns, *rows]:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self._write(f"  {line}".rstrip())

    def box(self, title: str, text: str, *, footer: str = "", alarm: bool = True) -> None:  # noqa: ARG002 - a box is only a mark in plain text.
        """Show a text between marks."""
        self._write(f"  [{title}]")
        for line in text.splitlines():
            self._write(f"  | {line}".rstrip())
        if footer:
            self._write(f"  | {footer}")

    def lines(self, title: str, text: str) -> None:
        """Show lines to copy."""
        self._write(f"{title}:")
        self._write(text)
        self._write()

    def _heading(self, text: str) -> None:
        self._write()
        self._write(text)

    def _tick(self, claim: str) -> None:
        self._write(f"  kept: {claim}")


class Painted(Story):
    """Colours and frames, for a person at a terminal, and for the picture in the README.

    Args:
        console: Where it is shown.
        elide: What a picture leaves out, shown as `…`: folders of the machine it was drawn on.
    """

    def __init__(self, console: Console, *, elide: re.Pattern[str] | None = None) -> None:
        super().__init__()
        self._console = console
        self._elide = elide

    def _shown(self, text: str) -> str:
        return text if self._elide is None else self._elide.sub("…", text)

    def title(self, title: str, text: str) -> None:
        """Open the story in a frame."""
        from rich.panel import Panel
        from rich.text import Text

        words = Text.assemble((f"{title}\n", "bold"), (text, "dim"))
        self._console.print(Panel(words, border_style="cyan", padding=(0, 2)))

    def say(self, text: str) -> None:
        """Tell one thing that happens."""
        self._console.print(self._shown(text), markup=False, highlight=False)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show rows of text under their headings."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, header_style="bold cyan", pad_edge=False)
        for place, column in enumerate(columns, start=1):
            # Only the last column has texts long enough to need a second line.
            last = place == len(columns)
            table.add_column(column, overflow="fold" if last else "ellipsis", no_wrap=not last)
        for row in rows:
            table.add_row(*(Text(self._shown(cell)) for cell in row))
        self._console.print(table)

    def box(self, title: str, text: str, *, footer: str = "", alarm: bool = True) -> None:
        """Show a text in a frame of its own, yellow where it warns."""
        from rich.panel import Panel
        from rich.text import Text

        words = Text.assemble(self._shown(text), (f"\n\n{footer}", "bold") if footer else "")
        colour = "yellow" if alarm else "blue"
        heading = Text(f" {title} ", style=f"bold {colour}")
        self._console.print(
            Panel(words, title=heading, title_align="left", border_style=colour, padding=(0, 2))
        )

    def lines(self, title: str, text: str) -> None:
        """Show lines to copy: never wrapped, whatever the width."""
        self._console.print(title, style="bold", markup=False, highlight=False)
        self._console.print(
            text, style="green", markup=False, highlight=False, soft_wrap=True, end="\n\n"
        )

    def _heading(self, text: str) -> None:
        from rich.rule import Rule
        from rich.text import Text

        self._console.print()
        self._console.print(Rule(Text(text, style="bold"), align="left", style="cyan"))

    def _tick(self, claim: str) -> None:
        from rich.text import Text

        self._console.print(Text.assemble(("✓ ", "bold green"), (claim, "green")))


def picture(console: Console) -> str:
    """What a recording console showed, as an SVG that loads nothing from anywhere."""
    svg = console.export_svg(title="portico demo", unique_id="story")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def _short(found: object) -> str:
    text = found if isinstance(found, str) else json.dumps(found, default=str)
    limit = 600
    return text if len(text) <= limit else f"{text[:limit]}…"
