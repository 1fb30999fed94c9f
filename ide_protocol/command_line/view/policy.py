"""The way to a verdict, files of rules with their problems, and what became of expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.command_line.block import block
from ide_protocol.command_line.view.table import DIM, GREEN, RED, RISK_STYLE, YELLOW, text
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.text import Text

    from ide_protocol.own.contract import Step, Weighing

_SIGNS = {"allow": ("✓", GREEN), "ask": ("?", YELLOW), "deny": ("✗", RED)}
_MEETS = {
    "allow": ("It would run", GREEN),
    "ask": ("A person would be asked", YELLOW),
    "deny": ("It would be denied", RED),
}


def explanation(found: Weighing) -> RenderableType:
    """The verdict, the steps to it, and what a person would meet."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    meets, colour = _MEETS[found["verdict"]]
    said = text(f"{meets}: ", colour)
    said.append_text(text(plain(f"{found['server']}.{found['tool']}", 160), "bold"))
    parts: list[RenderableType] = [said, _indented(plain(found["reason"], 500))]
    if found["remedy"]:
        parts.append(_indented(plain(found["remedy"], 300)))
    if found["open"]:
        parts.append(_indented("Its arguments can still make that stricter; give them with --arg."))
    parts += ["", _steps(found["steps"]), "", _facts(found)]
    if found["prompt"]:
        parts += ["", text("What a person would read:", DIM), _indented(block(found["prompt"]))]
    return Group(*parts)


def _indented(words: str) -> RenderableType:
    from rich.padding import Padding  # Lazy for the same reason as above.

    # Padding indents also what a narrow terminal wraps.
    return Padding(text(words.rstrip("\n")), (0, 0, 0, 2), expand=False)


def _steps(steps: Sequence[Step]) -> RenderableType:
    from rich.table import Table  # rich takes 30 ms to import, which `--json` need not pay.

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for step in steps:
        sign, colour = _SIGNS.get(step["verdict"], ("·", DIM))
        finding = text(plain(step["finding"], 500))
        rule = plain(step["rule"], 300)
        if rule and rule not in plain(step["finding"], 500):
            finding.append_text(text(f"  {rule}", DIM))
        grid.add_row(text(sign, colour), text(plain(step["name"]), "bold"), finding)
    return grid


def _facts(found: Weighing) -> RenderableType:
    """What the verdict was made from and leads to, one thing a line."""
    from rich.table import Table  # rich takes 30 ms to import, which `--json` need not pay.

    place, lease = found["workspace"], found["lease"]
    where = [place["path"], *place["remotes"], *(f"tagged {tag}" for tag in place["tags"])]
    facts: list[tuple[str, Text]] = [
        ("risk", text(plain(found["risk"]), RISK_STYLE.get(found["risk"], ""))),
        ("your groups", text(", ".join(map(plain, found["groups"])) or "none")),
        ("workspace", text(", ".join(plain(one) for one in where if one) or "not known")),
    ]
    if found["verdict"] == "ask":
        now = found["surface"]
        facts += [
            ("a yes counts from", text(", ".join(map(plain, found["surfaces"])))),
            ("asked here and now", text(plain(now) if now else "nowhere: no such window is open")),
            (
                "a lease",
                text(f"at most {lease['minutes']} minutes and {lease['calls']} calls")
                if lease
                else text("may not be given"),
            ),
        ]
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts:
        grid.add_row(text(name, DIM), value)
    return grid


def files(found: Sequence[tuple[str, dict[str, Any]]]) -> RenderableType:
    """Each file with a sign, and below it every problem.

    Args:
        found: How the file is called, and what was found of it.
    """
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    parts: list[RenderableType] = []
    for name, one in found:
        shown = plain(name, 300)
        if not one["valid"]:
            parts.append(text(f"✗ {shown} cannot be used", RED))
        elif one["exists"]:
            parts.append(text(f"✓ {shown} is valid", GREEN))
        else:
            parts.append(text(f"· {shown} is not there", DIM))
        for problem in one["problems"]:
            key = f"{problem['key']}: " if problem["key"] else ""
            parts.append(text(plain(f"  line {problem['line']}: {key}{problem['message']}", 600)))
    return Group(*parts)


def outcomes(found: Sequence[dict[str, Any]]) -> RenderableType:
    """Each expectation with a sign; below one that is not met, what is not so and which rule."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    parts: list[RenderableType] = []
    for one in found:
        sign, colour = ("✓", GREEN) if one["met"] else ("✗", RED)
        line = text(f"{sign} ", colour)
        line.append_text(text(plain(one["name"], 100), "bold"))
        parts.append(line)
        if not one["met"]:
            parts += [text(f"    line {one['line']}: {plain(said, 300)}") for said in one["wrong"]]
            parts.append(text(f"    {plain(one['reason'], 400)} ({plain(one['rule'], 200)})", DIM))
    failed = sum(not one["met"] for one in found)
    parts += ["", text(f"{len(found) - failed} met, {failed} not met.", DIM)]
    return Group(*parts)
