"""One tool's rule in a governance block, and which workspaces a block admits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.policy.circumstances import ANYWHERE, Context
from proxy.policy.expression import BadExpression, check
from proxy.policy.lease import MOST, LeaseLimits
from proxy.policy.offering import EVERY_TOOL, SURFACES, ToolRule
from proxy.policy.risk import Confirm, Risk
from proxy.policy.rule import Rule
from proxy.policy.ruling import Ruling

if TYPE_CHECKING:
    from collections.abc import Mapping

NOBODY = frozenset({"(nobody: the groups in the registry cannot be read)"})
"""Stands in for groups that cannot be read; it is no group's name, so it admits nobody."""

_MOST_MINUTES = 10_000
_KEYS = frozenset(
    {
        "risk",
        "confirm",
        "cost",
        "groups",
        "minutesSaved",
        "surfaces",
        "workspaces",
        "conditions",
        "lease",
    }
)
_CONDITION_KEYS = frozenset({"when", "verdict", "risk", "surfaces", "lease", "reason"})
_LONGEST_REASON = 300


def rule(said: object, name: str, tool: str) -> ToolRule:
    """One tool's rule. Whatever is not understood in it makes the tool unknown, always asked.

    Args:
        said: The value below the tool's name.
        name: The server's name in the registry.
        tool: The tool's, or `*`.
    """
    where = f"registry {name} tools.{plain(tool, 60) if tool != EVERY_TOOL else EVERY_TOOL}"
    told = said if isinstance(said, dict) else {}
    wrong = sorted(set(told) - _KEYS) if isinstance(said, dict) else ["the whole rule"]
    groups = names(told.get("groups", []))
    context = workspaces(told["workspaces"]) if "workspaces" in told else ANYWHERE
    conditions = _conditions(told.get("conditions", []), where)
    leased, lease = _lease(told)
    wrong += [
        key
        for key, good in (
            ("risk", told.get("risk", Risk.UNKNOWN) in tuple(Risk)),
            ("confirm", told.get("confirm", Confirm.RISKY) in tuple(Confirm)),
            ("cost", told.get("cost", "low") in ("low", "high")),
            ("groups", groups is not None),
            ("surfaces", surfaces(told) is not None),
            ("workspaces", not context.closed),
            ("conditions", conditions is not None),
            ("lease", leased is not None),
        )
        if not good
    ]
    if wrong:
        source = f"{where} (not understood: {plain(', '.join(wrong), 100)})"
        nobody = NOBODY if groups is None else groups
        return ToolRule(Risk.UNKNOWN, Confirm.ALWAYS, nobody, context=context, source=source)
    return ToolRule(
        Risk(told.get("risk", Risk.UNKNOWN)),
        Confirm(told.get("confirm", Confirm.RISKY)),
        groups or frozenset(),
        _minutes(told),
        surfaces(told) or SURFACES,
        context=context,
        conditions=conditions or (),
        lease=lease,
        leased=leased is not False,
        costly=told.get("cost") == "high",
        source=where,
    )


def _minutes(told: dict[str, Any]) -> float:
    """The minutes that a call saves; an estimate has no strict side, so a wrong one counts 0."""
    said = told.get("minutesSaved", 0)
    if isinstance(said, bool) or not isinstance(said, int | float):
        return 0.0
    return float(said) if 0 <= said <= _MOST_MINUTES else 0.0


def names(value: object) -> frozenset[str] | None:
    """A list of names; None when it is anything else."""
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        return None
    return frozenset(value)


def surfaces(said: Mapping[str, Any]) -> frozenset[str] | None:
    """The surfaces that something names, all where it names none; None when unreadable."""
    found = names(said.get("surfaces", sorted(SURFACES)))
    return found if found and found <= SURFACES else None


def workspaces(value: object) -> Context:
    """The workspaces that something is for. What cannot be read, or is empty, admits none."""
    closed = Context(closed=True)
    if not isinstance(value, dict) or not set(value) <= {"remotes", "paths", "tags"}:
        return closed
    kinds = {kind: names(value.get(kind, [])) for kind in ("remotes", "paths", "tags")}
    if None in kinds.values() or not any(kinds.values()):
        return closed
    return Context(
        remotes=tuple(sorted(kinds["remotes"] or ())),
        paths=tuple(sorted(kinds["paths"] or ())),
        tags=kinds["tags"] or frozenset(),
    )


def _conditions(value: object, where: str) -> tuple[Rule, ...] | None:
    if not isinstance(value, list):
        return None
    found = [_condition(said, f"{where} conditions[{place}]") for place, said in enumerate(value)]
    readable = tuple(rule for rule in found if rule is not None)
    return readable if len(readable) == len(found) else None


def _condition(said: object, where: str) -> Rule | None:
    if not isinstance(said, dict) or not set(said) <= _CONDITION_KEYS:
        return None
    when, reason = said.get("when"), said.get("reason", "")
    verdict, risk = said.get("verdict"), said.get("risk")
    named = surfaces(said)
    leased, lease = _lease(said)
    if (
        not isinstance(when, str)
        or not isinstance(reason, str)
        or verdict not in (Ruling.ASK, Ruling.DENY)
        or (risk is not None and risk not in tuple(Risk))
        or named is None
        or leased is None
    ):
        return None
    try:
        check(when)
    except BadExpression:
        return None
    return Rule(
        ruling=Ruling(verdict),
        source=where,
        whose="The owner of this tool",
        when=when,
        risk=Risk(risk) if risk is not None else None,
        surfaces=named,
        lease=lease,
        leased=leased,
        reason=plain(reason, _LONGEST_REASON),
    )


def _lease(said: Mapping[str, Any]) -> tuple[bool | None, LeaseLimits | None]:
    """Whether a lease may be given, None when unreadable, and how far."""
    value = said.get("lease", True)
    if isinstance(value, bool):
        return value, None
    if not isinstance(value, dict) or not value or not set(value) <= {"minutes", "calls"}:
        return None, None
    minutes, calls = value.get("minutes", MOST.minutes), value.get("calls", MOST.calls)
    if type(minutes) is not int or type(calls) is not int or minutes < 1 or calls < 1:
        return None, None
    return True, LeaseLimits(minutes, calls) & MOST
