"""A server under trial: what it is, its tools with what they cost, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.command_line.view.table import DIM, RISK_STYLE, YELLOW, Table, facts, text
from proxy.lint.cost import tokens
from proxy.lint.naming import shown
from proxy.plain import plain
from proxy.registry.draft import claimed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType
    from rich.text import Text

    from proxy.lint.rule import Finding
    from proxy.trial.trial import Met

_NAME = 32
"""Characters of a name that leave room beside it for what is wrong."""

_ERAS = {"legacy": "the legacy era", "modern": "the modern era"}


def view(short: str, met: Met, findings: Sequence[Finding]) -> RenderableType:
    """All of it, as somebody sees it first."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    parts: list[RenderableType] = [heading(short, met)]
    if met.tools:
        rows = [_row(tool) for tool in met.tools]
        table = Table(("TOOL", "RISK", "TOKENS", "ABOUT"), rows, right=("TOKENS",))
        parts += ["", table]
    return Group(*parts, "", lint(findings))


def heading(short: str, met: Met) -> Text:
    """One line: its name, what it calls itself, the era, and the cost of all its tools."""
    info = met.terms.server_info
    own = " ".join(plain(str(info[key]), 60) for key in ("name", "version") if info.get(key))
    count = f"{len(met.tools)} tool{'' if len(met.tools) == 1 else 's'}"
    cost = sum(map(tokens, met.tools))
    era = f"{_ERAS[met.terms.era]} ({plain(met.terms.version, 20)})"
    line = text("").append(short, "bold")
    said = (own, f"speaks {era}", count, f"about {cost:,} tokens in every request")
    line.append("  " + " · ".join(filter(None, said)))
    return line


def lint(findings: Sequence[Finding], new: str = "") -> RenderableType:
    """What is wrong, rule by rule: what is the same for several tools is said once.

    Args:
        findings: What there is to say.
        new: How these differ from all others, as in "new "; empty where they are all.
    """
    from rich.console import Group  # Lazy for the same reason as above.

    if not findings:
        return text("Nothing is wrong with its tools.", "green")
    many = f"{len(findings)} {new}finding{'' if len(findings) == 1 else 's'}"
    parts: list[RenderableType] = [text(many, YELLOW)]
    # Rules keep the order of their first finding.
    for rule in dict.fromkeys(one.rule for one in findings):
        found = [one for one in findings if one.rule == rule]
        parts += ["", text(rule, "bold"), _grid(found)]
    return Group(*parts)


def one(tool: Mapping[str, Any]) -> RenderableType:
    """A tool with what it takes."""
    from rich.console import Group  # Lazy for the same reason as above.

    from ide_protocol.command_line.block import block
    from ide_protocol.command_line.view.tools import arguments

    about = tool.get("description")
    parts: list[RenderableType] = [
        text(shown(tool), "bold"),
        text(block(about).strip() if isinstance(about, str) else "It is not described."),
    ]
    schema = tool.get("inputSchema")
    if rows := arguments(schema if isinstance(schema, dict) else {}):
        parts += ["", Table(("ARGUMENT", "TYPE", "NEEDED", "ABOUT"), rows)]
    return Group(*parts)


def commands(found: Mapping[str, str]) -> RenderableType:
    """What a line can be beside a call."""
    return facts([(f"  {name}", text(about)) for name, about in found.items()])


def _grid(findings: Sequence[Finding]) -> RenderableType:
    from rich.padding import Padding  # Lazy for the same reason as above.
    from rich.table import Table as Grid

    said = {one.says for one in findings}
    if len(said) == 1 and len(findings) > 1:
        tools = ", ".join(one.tool for one in findings)
        return Padding(text(f"{said.pop()}\n{tools}"), (0, 0, 0, 2))
    if max(len(one.tool) for one in findings) > _NAME:
        lines = "\n".join(f"{one.tool}\n  {one.says}" for one in findings)
        return Padding(text(lines), (0, 0, 0, 2))
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(style=DIM, no_wrap=True)
    grid.add_column(overflow="fold")
    for found in findings:
        grid.add_row(f"  {found.tool or 'the server'}", text(found.says))
    return grid


def _row(tool: Mapping[str, Any]) -> tuple[Text, ...]:
    risk = claimed(tool).value
    about = tool.get("description")
    first = about.strip().split("\n", 1)[0] if isinstance(about, str) else ""
    return (
        text(shown(tool), "bold"),
        text(risk, RISK_STYLE.get(risk, "")),
        text(f"{tokens(tool):,}"),
        text(plain(first)),
    )
