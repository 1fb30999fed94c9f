"""Rows as JSON values and as a table of text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_CELL = 2_000
"""Characters of one value that are passed on; a query could make one value of any size."""

_WIDEST_COLUMN = 40


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query returned.

    Attributes:
        columns: Names, in order.
        rows: JSON values, one list per row.
        truncated: Whether there were more rows than asked for.
    """

    columns: list[str]
    rows: list[list[object]]
    truncated: bool

    @classmethod
    def of(cls, columns: list[str], found: Sequence[Sequence[object]], limit: int) -> Rows:
        """Keep the first `limit` of the rows the engine gave."""
        kept = [[json_value(value) for value in row] for row in found[:limit]]
        return cls(columns, kept, len(found) > limit)

    def text(self) -> str:
        """The rows as an aligned table, and a last line that counts them."""
        cells = [[_cell(value) for value in row] for row in self.rows]
        table = [[_cell(name) for name in self.columns], *cells]
        widths = [max(len(row[i]) for row in table) for i in range(len(self.columns))]
        lines = ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) for r in table]
        lines.insert(1, "  ".join("-" * width for width in widths))
        count = f"{len(self.rows)} row{'' if len(self.rows) == 1 else 's'}"
        more = ", and there are more: raise the limit or narrow the query" if self.truncated else ""
        return "\n".join([*(line.rstrip() for line in lines), "", f"({count}{more})"])


def json_value(value: object) -> object:
    """The JSON of a value of the engine.

    Exact decimals, dates and times are text; numbers that JSON has no word for (`NaN`, `Infinity`)
    as well.
    """
    if isinstance(value, dict):
        return {str(key): json_value(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(held) for held in value[:LONGEST_CELL]]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    text = value[:LONGEST_CELL].hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"


def _cell(value: object) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= _WIDEST_COLUMN else text[: _WIDEST_COLUMN - 1] + "…"
