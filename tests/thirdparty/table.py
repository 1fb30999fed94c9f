"""What was compared, as a table that a person can read."""

from __future__ import annotations

from dataclasses import dataclass

HEADINGS = ("server", "over", "era", "tools", "calls", "read", "prompts", "asked", "news", "result")


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison.

    Attributes:
        server: Its name.
        over: The transport between it and Portico.
        era: What the client speaks.
        tools: How many it lists; every one was called.
        calls: How many calls were compared.
        read: How many resources were read.
        prompts: How many prompts were fetched.
        asked: How many questions the server asked the client.
        news: How many notifications of calls and subscriptions were compared.
        result: `same`, or what differs from the direct connection.
    """

    server: str
    over: str
    era: str
    tools: int
    calls: int
    read: int
    prompts: int
    asked: int
    news: int
    result: str


def drawn(rows: list[Row]) -> list[str]:
    """The lines of the table."""
    cells = [HEADINGS, *(tuple(str(getattr(row, name)) for name in HEADINGS) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    return [
        "  ".join(
            cell.rjust(width) if cell.isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]
