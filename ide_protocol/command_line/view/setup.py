"""A company's set-up as a person reads it before it counts: what it says, and what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.view.table import DIM, GREEN, RED, YELLOW, facts, text
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.text import Text

    from proxy.setup.company_setup import CompanySetup
    from proxy.setup.difference import Item
    from proxy.setup.source import Offered

_AFTER = (
    "Your portico.toml can make this narrower. Nothing in it can name another registry, sign-on or "
    "address for your tokens."
)


def screen(
    company: str,
    vouched: Sequence[tuple[str, Text]],
    items: Sequence[Item],
    *,
    differs: bool = False,
) -> RenderableType:
    """Who vouches for a set-up, then each thing that it says, or that differs.

    Args:
        company: What the company calls itself.
        vouched: By whose word it would hold, as `served` and the like give it.
        items: What it says, or what differs.
        differs: Whether it is that.
    """
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    rows: list[tuple[str, Text]] = []
    for item in items:
        rows += _rows(item, differs=differs)
    title = text(f"The set-up of {plain(company, 80)}", "bold")
    return Group(title, "", facts(vouched), "", facts(rows), "", text(_AFTER, DIM))


def served(offered: Offered, before: int | None) -> list[tuple[str, Text]]:
    """By whose word a set-up that an address serves would hold."""
    number = f"{offered.setup.serial}"
    if before is not None:
        number += f", after {before}, which holds now"
    rows = [
        ("served by", text(plain(offered.url, 300))),
        ("signed by", text(offered.key, YELLOW if before is None else "")),
        ("number", text(number)),
    ]
    if before is not None:
        rows.insert(2, ("", text("the key that you accepted, or one that it named", DIM)))
    return rows


def vouched(standing: CompanySetup) -> list[tuple[str, Text]]:
    """By whose word the set-up of this machine holds."""
    held, found = standing.held, standing.setup
    number = ("number", text(str(found.serial if found else "")))
    if held is None:
        return [("holds by", text("your administrator's word")), number]
    sealed = standing.kept.state == "sealed"
    where = "noted in this machine's keyring" if sealed else "not noted: there is no keyring"
    return [
        ("holds by", text("your own word")),
        ("served by", text(plain(held.url, 300))),
        ("signed by", text(held.key)),
        number,
        ("kept", text(where, "" if sealed else YELLOW)),
    ]


def _rows(item: Item, *, differs: bool) -> list[tuple[str, Text]]:
    """One thing: its key and what it is, or what went and what came; below it what that means."""
    said: list[tuple[str, Text]] = []
    for value, sign, colour in ((item.before, "- ", RED), (item.now, "+ ", GREEN)):
        if value is not None:
            content = text(sign + value, colour) if differs else text(value)
            said.append(("" if said else item.key, content))
    if item.meaning:
        said.append(("", text(item.meaning, DIM)))
    return said
