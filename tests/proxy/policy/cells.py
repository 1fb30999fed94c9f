"""Every cell of the tables in docs/policy.md: what is said, and the verdict that it leads to.

The expectations stand here, the tests judge each of them, and the page is written from them by
`python -m tests.proxy.policy.cells`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxy.policy.circumstances import Circumstances, Context, Workspace
from proxy.policy.offering import Offering, Owner, ToolRule
from proxy.policy.risk import Confirm, Risk
from proxy.policy.rule import Policy, Rule
from proxy.policy.ruling import Ruling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGE = Path(__file__).parents[3] / "docs" / "policy.md"

ALLOW, ASK, DENY = Ruling.ALLOW, Ruling.ASK, Ruling.DENY


@dataclass(frozen=True)
class Cell:
    """One call and its verdict."""

    table: str
    row: str
    column: str
    offering: Offering
    definition: Mapping[str, Any]
    who: Circumstances
    expected: Ruling


@dataclass(frozen=True)
class Table:
    """One table: what its rows and columns are, and its cells in their order."""

    name: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Ruling, ...]], ...]

    def text(self) -> str:
        """The table in Markdown."""
        lines = [
            f"| {self.corner} | {' | '.join(self.columns)} |",
            f"| --- |{' --- |' * len(self.columns)}",
        ]
        lines += [f"| {row} | {' | '.join(rulings)} |" for row, rulings in self.rows]
        return "\n".join(lines)


def server(rule: ToolRule | None, **changes: Any) -> Offering:  # noqa: ANN401 - its fields.
    """A server whose tool `t` has this rule, or none."""
    rules = {} if rule is None else {"t": rule}
    owner = Owner("data-platform")
    presto = Offering("presto", "com.example/presto", "Presto", "", owner=owner, rules=rules)
    return replace(presto, **changes)


def says(ruling: Ruling, **changes: Any) -> Rule:  # noqa: ANN401 - its fields.
    """A rule that fits every call."""
    risk = Risk.READ if ruling is ALLOW else None
    return replace(Rule(ruling, "policy.toml:1 rules.r", risk=risk), **changes)


# --- the registry's rule and the tool's own annotations ----------------------------------------

_HINTS: Mapping[str, dict[str, bool]] = {
    "nothing": {},
    "`readOnlyHint`": {"readOnlyHint": True},
    "not `readOnlyHint`": {"readOnlyHint": False},
    "`destructiveHint`": {"destructiveHint": True},
}

_RULES: Mapping[str, tuple[ToolRule | None, tuple[Ruling, ...]]] = {
    "nothing": (None, (ASK, ASK, ASK, ASK)),
    '`"risk": "read"`': (ToolRule(Risk.READ), (ALLOW, ALLOW, ASK, ASK)),
    '`"risk": "sensitive-read"`': (ToolRule(Risk.SENSITIVE_READ), (ALLOW, ALLOW, ASK, ASK)),
    '`"risk": "write"`': (ToolRule(Risk.WRITE), (ASK, ASK, ASK, ASK)),
    '`"risk": "unknown"`': (ToolRule(Risk.UNKNOWN), (ASK, ASK, ASK, ASK)),
    '`"risk": "destructive"`': (ToolRule(Risk.DESTRUCTIVE), (ASK, ASK, ASK, ASK)),
    '`"risk": "read", "cost": "high"`': (
        ToolRule(Risk.READ, costly=True),
        (ASK, ASK, ASK, ASK),
    ),
    '`"risk": "read", "confirm": "always"`': (
        ToolRule(Risk.READ, Confirm.ALWAYS),
        (ASK, ASK, ASK, ASK),
    ),
    '`"risk": "read", "confirm": "never"`': (
        ToolRule(Risk.READ, Confirm.NEVER),
        (ALLOW, ALLOW, ASK, ASK),
    ),
    '`"risk": "write", "confirm": "never"`': (
        ToolRule(Risk.WRITE, Confirm.NEVER),
        (ALLOW, ALLOW, ALLOW, ASK),
    ),
    '`"risk": "unknown", "confirm": "never"`': (
        ToolRule(Risk.UNKNOWN, Confirm.NEVER),
        (ASK, ASK, ASK, ASK),
    ),
    '`"risk": "destructive", "confirm": "never"`': (
        ToolRule(Risk.DESTRUCTIVE, Confirm.NEVER),
        (ALLOW, ALLOW, ALLOW, ALLOW),
    ),
}

# --- the registry's word and those of company and user -----------------------------------------

_SAID: Mapping[str, Policy] = {
    "nobody": Policy(),
    "company: ask": Policy(rules=(says(ASK),)),
    "company: deny": Policy(rules=(says(DENY),)),
    "company: allow": Policy(rules=(says(ALLOW),)),
    "user: ask": Policy(rules=(says(ASK, whose="Your own policy"),)),
    "company: allow, user: ask": Policy(rules=(says(ALLOW), says(ASK))),
    "company: allow, user: deny": Policy(rules=(says(ALLOW), says(DENY))),
    "company: cannot be read": Policy(refusal="Your company's policy cannot be used."),
}

_WORDS: Mapping[str, tuple[ToolRule | None, tuple[Ruling, ...]]] = {
    "allow": (ToolRule(Risk.READ), (ALLOW, ASK, DENY, ALLOW, ASK, ASK, DENY, DENY)),
    "ask": (ToolRule(Risk.WRITE), (ASK, ASK, DENY, ASK, ASK, ASK, DENY, DENY)),
    "nothing": (None, (ASK, ASK, DENY, ALLOW, ASK, ASK, DENY, DENY)),
    "deny": (ToolRule(Risk.READ, groups=frozenset({"others"})), (DENY,) * 8),
}

# --- a condition on arguments ------------------------------------------------------------------

_WHEN = "args.limit > 10000"

_CONDITIONED: Mapping[str, Offering] = {
    "ask": server(ToolRule(Risk.READ), policy=Policy(rules=(says(ASK, when=_WHEN),))),
    "deny": server(ToolRule(Risk.READ), policy=Policy(rules=(says(DENY, when=_WHEN),))),
    "allow, and the registry is silent": server(
        None, policy=Policy(rules=(says(ALLOW, when=_WHEN),))
    ),
}

_ARGUMENTS: Mapping[str, tuple[dict[str, Any], tuple[Ruling, ...]]] = {
    '`{"limit": 20000}`: it is met': ({"limit": 20000}, (ASK, DENY, ALLOW)),
    '`{"limit": 10}`: it is not met': ({"limit": 10}, (ALLOW, ALLOW, ASK)),
    "`{}`: the argument is missing": ({}, (ASK, DENY, ASK)),
    '`{"limit": "20000"}`: another type': ({"limit": "20000"}, (ASK, DENY, ASK)),
}

# --- contexts ----------------------------------------------------------------------------------

_CONTEXTS: Mapping[str, Context] = {
    '`"remotes": ["git.corp.example/data/*"]`': Context(remotes=("git.corp.example/data/*",)),
    '`"paths": ["~/work"]`': Context(paths=("~/work",)),
    '`"tags": ["data"]`': Context(tags=frozenset({"data"})),
    "all three": Context(("git.corp.example/data/*",), ("~/work",), frozenset({"data"})),
}

_WORKSPACES: Mapping[str, tuple[Workspace, tuple[Ruling, ...]]] = {
    "none, or not known": (Workspace(), (DENY, DENY, DENY, DENY)),
    "`~/work/sales`": (
        Workspace(("/people/ana/work/sales", "~/work/sales")),
        (DENY, ALLOW, DENY, ALLOW),
    ),
    "`~/workshop`": (Workspace(("/people/ana/workshop", "~/workshop")), (DENY, DENY, DENY, DENY)),
    "a clone of `git.corp.example/data/sales`": (
        Workspace(("/src/x",), frozenset({"git.corp.example/data/sales"})),
        (ALLOW, DENY, DENY, ALLOW),
    ),
    "tagged `data`": (Workspace(("/src/x",), tags=frozenset({"data"})), (DENY, DENY, ALLOW, ALLOW)),
}


def _table(name: str, corner: str, columns: Mapping[str, Any], rows: Mapping[str, Any]) -> Table:
    return Table(name, corner, tuple(columns), tuple((row, said[1]) for row, said in rows.items()))


TABLES = (
    _table("annotations", "the registry's rule \\ the tool says", _HINTS, _RULES),
    _table("rules", "the registry \\ the policies", _SAID, _WORDS),
    _table("conditions", f"arguments \\ a rule with `{_WHEN}` says", _CONDITIONED, _ARGUMENTS),
    _table("contexts", "workspace \\ for workspaces", _CONTEXTS, _WORKSPACES),
)


def cells() -> Iterator[Cell]:
    """Every cell of every table."""
    for row, (rule, rulings) in _RULES.items():
        for (column, hints), expected in zip(_HINTS.items(), rulings, strict=True):
            definition = {"name": "t", "annotations": hints}
            yield Cell(
                "annotations", row, column, server(rule), definition, Circumstances(), expected
            )
    for row, (rule, rulings) in _WORDS.items():
        for (column, policy), expected in zip(_SAID.items(), rulings, strict=True):
            under = server(rule, policy=policy)
            yield Cell("rules", row, column, under, {}, Circumstances(), expected)
    for row, (arguments, rulings) in _ARGUMENTS.items():
        for (column, offering), expected in zip(_CONDITIONED.items(), rulings, strict=True):
            who = Circumstances(arguments=arguments)
            yield Cell("conditions", row, column, offering, {}, who, expected)
    for row, (workspace, rulings) in _WORKSPACES.items():
        for (column, context), expected in zip(_CONTEXTS.items(), rulings, strict=True):
            here = server(ToolRule(Risk.READ, context=context))
            who = Circumstances(workspace=workspace)
            yield Cell("contexts", row, column, here, {}, who, expected)


def written(page: str) -> str:
    """The page with every table as it stands here."""
    for table in TABLES:
        start, end = f"<!-- table {table.name}, written by a program -->", "<!-- end -->"
        part = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        text = f"{start}\n\n{table.text()}\n\n{end}".replace("\\", "\\\\")
        page, found = part.subn(text, page)
        if found != 1:
            msg = f"docs/policy.md has {found} places for the table {table.name}"
            raise LookupError(msg)
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
