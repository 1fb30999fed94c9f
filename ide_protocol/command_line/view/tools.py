"""The list of tools, and one tool with its arguments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ide_protocol.command_line.block import block
from ide_protocol.command_line.view.table import (
    DIM,
    GREEN,
    RED,
    RISK_STYLE,
    YELLOW,
    Table,
    facts,
    text,
)
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from ide_protocol.own.contract import Tool

_VERDICTS = {"allow": ("runs", GREEN), "ask": ("asks you", YELLOW), "deny": ("denied", RED)}


def view(found: list[Tool]) -> Table:
    """One line for each tool: what to call it, how risky it is, and what a call meets."""
    return Table(("TOOL", "RISK", "A CALL", "ABOUT"), [_row(one) for one in found])


def detail(tool: Tool) -> RenderableType:
    """One tool in full, with its arguments and a call to copy."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    verdict, colour = _VERDICTS.get(tool["verdict"], (plain(tool["verdict"]), ""))
    rule = plain(tool["rule"])
    parts: list[RenderableType] = [
        text(_name(tool), "bold"),
        text(block(tool["description"]).strip() or "The server does not describe it."),
        "",
        facts(
            (
                ("risk", text(plain(tool["risk"]), RISK_STYLE.get(tool["risk"], ""))),
                ("a call", text(verdict, colour)),
                ("why", text(plain(tool["reason"], 400))),
                # Most reasons name their rule already.
                *([] if rule in plain(tool["reason"], 400) else [("rule", text(rule))]),
                ("AI clients", text(f"know it as {plain(tool['name'])}")),
            )
        ),
    ]
    if rows := arguments(tool["inputSchema"]):
        parts += ["", Table(("ARGUMENT", "TYPE", "NEEDED", "ABOUT"), rows)]
    return Group(*parts)


def _name(tool: Tool) -> str:
    return plain(f"{tool['server']}.{tool['tool']}")


def _row(tool: Tool) -> tuple[Text, ...]:
    verdict, colour = _VERDICTS.get(tool["verdict"], (plain(tool["verdict"]), ""))
    denied = tool["verdict"] == "deny"
    about = tool["reason"] if denied else tool["description"] or tool["title"]
    first = about.strip().split("\n", 1)[0]
    return (
        text(_name(tool), "bold"),
        text(plain(tool["risk"]), RISK_STYLE.get(tool["risk"], "")),
        text(verdict, colour),
        text(plain(first), DIM if denied else ""),
    )


def arguments(schema: dict[str, Any]) -> list[tuple[Text, ...]]:
    """One row for each argument that a schema names: its type, whether it is needed, what it is."""
    properties = schema.get("properties")
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return [
        (
            text(plain(name), "bold"),
            text(_type(one)),
            text("yes" if name in needed else ""),
            text(plain(str(one.get("description", ""))) if isinstance(one, dict) else ""),
        )
        for name, one in (properties if isinstance(properties, dict) else {}).items()
    ]


def _type(schema: object) -> str:
    """The type as the schema gives it: its name, its choices, or nothing."""
    if not isinstance(schema, dict):
        return ""
    if isinstance(schema.get("enum"), list):
        return plain(" | ".join(json.dumps(one) for one in schema["enum"]))
    if isinstance(schema.get("anyOf"), list):
        return " | ".join(filter(None, (_type(one) for one in schema["anyOf"])))
    found = schema.get("type", "")
    return plain(" | ".join(map(str, found)) if isinstance(found, list) else str(found))
