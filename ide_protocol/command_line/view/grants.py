"""What each server is sent of the person: a table, and below it why something is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.moment import span
from ide_protocol.command_line.view.table import DIM, GREEN, YELLOW, Table, facts, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from ide_protocol.own.contract import Grant

_WAYS = {
    "refresh": "your sign-in",
    "exchange": "your sign-in, exchanged",
    "enterprise": "your company's word",
    "own": "a sign-in of its own",
    "mesh": "this machine's identity",
    "none": "nothing",
}
"""What a server is sent, by how it comes about."""


def view(grants: list[Grant], now: float) -> RenderableType:
    """One line for each server, then why those without a token have none."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    rows = [_row(grant, now) for grant in grants]
    table = Table(("", "SERVER", "IS SENT", "TOKEN", "FOR"), rows, spared=("FOR",))
    reasons = [
        (plain(grant["server"]), text(plain(grant["why"], 500))) for grant in grants if grant["why"]
    ]
    return Group(table, "", facts(reasons)) if reasons else table


def _row(grant: Grant, now: float) -> tuple[Text, ...]:
    sign, colour = _sign(grant)
    return (
        text(sign, colour),
        text(plain(grant["server"]), "bold"),
        text(_WAYS.get(grant["way"], plain(grant["way"]))),
        text(_token(grant, now), "" if grant["held"] else DIM),
        text(plain(grant["audience"] or grant["issuer"]), DIM),
    )


def _sign(grant: Grant) -> tuple[str, str]:
    if grant["held"] or (grant["way"] in {"none", "mesh"} and not grant["why"]):
        return "●", GREEN
    return ("!", YELLOW) if grant["why"] else ("○", DIM)


def _token(grant: Grant, now: float) -> str:
    """Whether one is at hand, and for how long."""
    if grant["way"] == "none":
        return ""
    if not grant["held"]:
        return "none" if grant["why"] else "not needed yet"
    if grant["expires"] is None:
        return "at hand"
    return f"for {span(max(0.0, grant['expires'] - now))}"
