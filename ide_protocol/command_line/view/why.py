"""Why a call runs, is asked about or is denied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.view.table import DIM, GREEN, RED, RISK_STYLE, YELLOW, facts, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ide_protocol.own.contract import Explanation

_VERDICTS = {
    "allow": ("you may call it, and it runs at once", GREEN),
    "ask": ("you may call it, and are asked first", YELLOW),
    "deny": ("you may not call it", RED),
}


def view(found: Explanation) -> RenderableType:
    """The verdict and its reason, who can change it, and what to write to them."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    said, colour = _VERDICTS.get(found["verdict"], (plain(found["verdict"]), ""))
    if not found["tool"] and found["verdict"] == "allow":
        said = "it is offered to you"
    owner = found["owner"]
    rows = (
        ("verdict", text(said, colour)),
        ("why", text(plain(found["reason"], 400))),
        ("what to do", text(plain(found["remedy"], 500))),
        ("missing group", text(" or ".join(plain(one) for one in found["groups"]), "bold")),
        ("risk", text(plain(found["risk"]), RISK_STYLE.get(found["risk"], ""))),
        ("owner", text(plain(owner["team"]))),
        ("support", text(plain(owner["support"]))),
        ("contact", text(plain(owner["contact"]))),
        ("rule", text(plain(found["rule"], 300), DIM)),
    )
    name = ".".join(filter(None, (plain(found["server"]), plain(found["tool"]))))
    parts: list[RenderableType] = [
        text(f"{name} ({plain(found['title'])})", "bold"),
        facts([(label, cell) for label, cell in rows if cell.plain]),
    ]
    if found["request"]:
        parts += ["", text("You could write to them:", DIM), text(plain(found["request"], 900))]
    return Group(*parts)
