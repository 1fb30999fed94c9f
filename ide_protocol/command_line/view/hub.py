"""The hub and the connections through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.moment import span
from ide_protocol.command_line.view.table import Table, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ide_protocol.own.contract import Hub

_ROLES = {"mcp": "AI client", "lsp": "editor", "cli": "terminal"}


def view(hub: Hub, now: float) -> RenderableType:
    """The hub in a sentence, then one line for each connection."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    sentence = (
        f"Hub {plain(hub['version'])} runs as process {hub['pid']}, "
        f"up {span(now - hub['started'])}."
    )
    rows = [
        (
            text(_ROLES.get(window["role"], plain(window["role"]))),
            text(plain(window["host"]), "bold"),
            text(str(window["pid"])),
            text(plain(window["workspace"] or "")),
        )
        for window in hub["sessions"]
    ]
    if not rows:
        return text(sentence)
    headings = ("KIND", "NAME", "PROCESS", "PROJECT")
    return Group(text(sentence), "", Table(headings, rows, right=("PROCESS",), spared=("PROCESS",)))
