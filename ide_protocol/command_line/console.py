"""Where text goes: two streams, one width, and one way to print JSON.

On a terminal, text keeps to its width. Elsewhere nothing is cut or wrapped and nothing is coloured,
so that `grep` finds what it looks for. `NO_COLOR`, `FORCE_COLOR`, `COLUMNS` and `TERM=dumb` mean
what they mean everywhere.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from rich.console import Console, RenderableType

_WIDEST = 120
"""Columns beyond which a line is hard to follow with the eye."""

_UNBOUNDED = 100_000


def show(content: RenderableType) -> None:
    """Print a result on stdout."""
    _show(console(sys.stdout), content)


def tell(content: RenderableType) -> None:
    """Print a question or a fault on stderr."""
    _show(console(sys.stderr), content)


def say(sentence: str) -> None:
    """Print a sentence on stdout, wrapped at words where a terminal is too narrow for it."""
    show(_words(sentence))


def note(sentence: str) -> None:
    """The same on stderr."""
    tell(_words(sentence))


def emit(document: Mapping[str, Any]) -> None:
    """Print one JSON document on one line.

    Everything outside ASCII is escaped, so no text from elsewhere can move a terminal's cursor.
    """
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def console(file: TextIO) -> Console:
    """A console that writes to `file`, and takes nothing in its text for markup."""
    # rich takes 30 ms to import, which `--json` never needs to pay.
    from rich.console import Console

    made = Console(file=file, highlight=False, markup=False, emoji=False)
    if not made.is_terminal and not os.environ.get("COLUMNS"):
        made.width = _UNBOUNDED
    elif made.width > _WIDEST:
        made.width = _WIDEST
    return made


def _words(sentence: str) -> RenderableType:
    from rich.text import Text  # Lazy for the same reason as above.

    return Text(sentence)


def _show(made: Console, content: RenderableType) -> None:
    if made.is_terminal:
        made.print(content)
        return
    # Tables pad their cells, which in a file or a pipe would be noise at the end of lines.
    with made.capture() as drawn:
        made.print(content)
    made.file.write("".join(f"{line.rstrip()}\n" for line in drawn.get().splitlines()))
    made.file.flush()
