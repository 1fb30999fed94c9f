"""Figures as a calm table of plain text, which a log keeps as well as a terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.figure import Figure

_HEAD = ("figure", "median", "p95", "max", "runs", "bar", "verdict")


def table(figures: Sequence[Figure]) -> str:
    """The table, one line for each figure, its note beneath it."""
    rows = [_row(figure) for figure in figures]
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
    lines = [_line(_HEAD, widths), "  ".join("─" * width for width in widths)]
    for figure, row in zip(figures, rows, strict=True):
        lines.append(_line(row, widths))
        if figure.note:
            lines.append(f"  {figure.note}")
    return "\n".join(lines)


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        _value(figure.median, figure.unit),
        _value(figure.p95, figure.unit),
        _value(figure.most, figure.unit),
        str(len(figure.samples)),
        _bar(figure),
        {True: "met", False: "missed", None: ""}[figure.met],
    )


def _value(value: float, unit: str) -> str:
    digits = {"ms": 2 if value < 10 else 1, "x": 2, "MB": 0, "tools": 0}[unit]
    return f"{value:.{digits}f} {unit}"


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    return f"{'≥' if figure.unit == 'tools' else '≤'} {figure.bar:g} {figure.unit}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)])
