"""Tables on screens of every width."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ide_protocol.command_line.view.table import Table, text

TABLE = Table(
    ("NAME", "COUNT", "OWNER", "ABOUT"),
    [
        [text("presto"), text("12"), text("data-platform"), text("Runs queries " * 5)],
        [text("日本語"), text("3"), text("infra"), text("Wide letters")],
    ],
    right=("COUNT",),
    spared=("OWNER",),
)


def _drawn(table: Table, width: int) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width).print(table)
    return file.getvalue().splitlines()


def test_numbers_align_at_the_right_and_wide_letters_count_double() -> None:
    """Columns line up whatever the letters, and only the last column is cut."""
    lines = _drawn(TABLE, 60)
    assert lines[0] == "NAME    COUNT  OWNER          ABOUT"
    assert lines[1] == "presto     12  data-platform  Runs queries Runs queries Run…"
    assert lines[2] == "日本語      3  infra          Wide letters"


def test_a_column_that_can_be_spared_goes_first() -> None:
    """With less room the owner goes, and every name is still whole."""
    assert _drawn(TABLE, 45)[0] == "NAME    COUNT  ABOUT"


# A label and the longest name need 13 columns; below that there is no way to keep it whole.
@pytest.mark.parametrize("width", range(13, 90))
def test_no_width_breaks_a_name_or_overflows(width: int) -> None:
    """At every width all names are whole and no line is wider than the screen."""
    console = Console(width=width)
    lines = _drawn(TABLE, width)
    assert all(console.measure(line).maximum <= width for line in map(text, lines))
    assert "presto" in "\n".join(lines)
    assert "日本語" in "\n".join(lines)
