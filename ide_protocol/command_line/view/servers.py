"""The list of servers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ide_protocol.command_line.moment import span
from ide_protocol.command_line.view.table import DIM, GREEN, RED, YELLOW, Table, facts, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from ide_protocol.own.contract import Server

_STATES = {
    "live": ("●", "live", GREEN),
    "snapshot": ("◐", "from snapshot", YELLOW),
    "asking": ("◌", "asking…", YELLOW),
    "absent": ("○", "no answer", RED),
}
_STANDINGS = {
    "withheld": ("○", "withheld", YELLOW),
    "forbidden": ("○", "not for you", DIM),
    "sign-in-needed": ("○", "sign in first", YELLOW),
}


_OFFLINE = ("○", "offline", YELLOW)
_OWN_SIGN_IN = ("○", "sign in there", YELLOW)


def view(found: list[Server]) -> RenderableType:
    """The servers as a table, then why some are not offered, and what is wrong with others."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    from ide_protocol.command_line.report import picture

    parts: list[RenderableType] = [summary(found)]
    reasons = [
        (plain(server["server"]), text(plain(server["reason"], 400)))
        for server in found
        # Who has to sign in is told so once, and not once for each server.
        if server["standing"] not in {"offered", "sign-in-needed"}
    ]
    if reasons:
        parts += ["", facts(reasons)]
    for server in found:
        # Whoever is offline knows it, and needs no word about each server.
        if server["fault"] is not None and not _offline(server):
            parts += ["", picture(server["fault"], sign=plain(server["server"]) + ":", colour=RED)]
    return Group(*parts)


def summary(found: list[Server]) -> Table:
    """One line for each server, those on offer first."""
    ordered = sorted(found, key=lambda one: one["standing"] != "offered")
    headings = ("", "SERVER", "STATE", "TOOLS", "OWNER", "ABOUT")
    rows = [_row(one) for one in ordered]
    return Table(headings, rows, right=("TOOLS",), spared=("OWNER", "ABOUT"))


def _row(server: Server) -> tuple[Text, ...]:
    offered = server["standing"] == "offered"
    sign, state, colour = _state(server)
    about = plain(server["description"] or server["title"])
    return (
        text(sign, colour),
        text(plain(server["server"]), "bold" if offered else ""),
        text(state, colour),
        text(str(server["tools"]) if offered else ""),
        text(plain(server["owner"]["team"])),
        text(about, "" if offered else DIM),
    )


def _offline(server: Server) -> bool:
    return server["fault"] is not None and server["fault"]["reference"] == "offline"


def _state(server: Server) -> tuple[str, str, str]:
    """Sign, word and colour. A state or standing of a newer hub is shown as it is."""
    if server["standing"] != "offered":
        return _STANDINGS.get(server["standing"], ("○", plain(server["standing"]), DIM))
    fault = server["fault"]
    if fault is not None and fault["reference"] == "server-sign-in-needed":
        return _OWN_SIGN_IN  # It did answer: what it wants is the person.
    if server["state"] == "absent" and _offline(server):
        return _OFFLINE
    sign, word, colour = _STATES.get(server["state"], ("●", plain(server["state"]), ""))
    if server["state"] == "snapshot" and server.get("fetched"):
        word = f"list of {span(max(time.time() - (server['fetched'] or 0), 0))} ago"
    return sign, word, colour
