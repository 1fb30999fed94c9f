"""Who may call what, and when a person is asked first.

Plain functions over what the registry, the configuration, the user's groups and the tool's own
annotations say. Nothing here waits, reads a clock or opens a file: the same inputs give the same
verdict, which is why `portico tools` can show what a call would meet.

Deny beats ask beats allow, and where nothing speaks for a tool the answer is ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from proxy.policy.lease import LeaseLimits
from proxy.policy.offering import EVERY_TOOL, SURFACES, Standing
from proxy.policy.risk import DOES, Confirm, Risk, graver

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from proxy.policy.offering import Offering, ToolRule

RISKY = frozenset({Risk.WRITE, Risk.DESTRUCTIVE, Risk.UNKNOWN})
"""The risks that `Confirm.RISKY` asks about."""


class Ruling(StrEnum):
    """The three things a verdict can say."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to a call, and why.

    Attributes:
        ruling: Allow, ask or deny.
        risk: The risk class the call was judged by.
        rule: Which rule decided, and where it stands.
        reason: The same for a person, as a sentence.
        remedy: What the person can do about a denial; empty otherwise.
        surfaces: The kinds of surface whose yes counts.
        lease: How far a person may give this yes in advance; None where each call is asked about.
        unknown: Whether a denial answers exactly like a name that does not exist.
        sign_in: Whether a denial only means that somebody must sign in first.
    """

    ruling: Ruling
    risk: Risk
    rule: str
    reason: str
    remedy: str = ""
    surfaces: frozenset[str] = SURFACES
    lease: LeaseLimits | None = None
    unknown: bool = False
    sign_in: bool = False


def judge(
    offering: Offering, tool: str, definition: Mapping[str, Any] | None, groups: Collection[str]
) -> Verdict:
    """The verdict on a call of `tool`.

    Args:
        offering: The server, as this user may meet it today.
        tool: The server's own name of the tool.
        definition: The tool as the server itself gave it, or None when it has no such tool.
        groups: The user's business groups.
    """
    rule = offering.rule(tool)
    return (
        _standing(offering)
        or _filtered(offering, tool)
        or _gated(offering, rule, groups)
        or _confirmed(offering, rule, definition or {})
    )


def judge_listing(offering: Offering, tool: Mapping[str, Any], groups: Collection[str]) -> bool:
    """Whether this user sees a tool: everything that a call of it would not deny."""
    return judge(offering, str(tool.get("name")), tool, groups).ruling is not Ruling.DENY


def support(offering: Offering) -> str:
    """Who helps with a server, as the end of a sentence; empty when the registry names nobody."""
    owner = offering.owner
    ways = " or ".join(filter(None, (owner.support, owner.contact)))
    if owner.team and ways:
        return f"Ask its owner {owner.team} ({ways})."
    return f"Ask its owner {owner.team or ways}." if owner.team or ways else ""


def explanation(offering: Offering) -> str:
    """Why a server is not offered and whom to ask, as a person reads it beside its name."""
    if offering.standing in {Standing.WITHHELD, Standing.FORBIDDEN}:
        return f"{offering.reason} {support(offering)}".strip()
    return offering.reason


def _standing(offering: Offering) -> Verdict | None:
    if offering.standing is Standing.OFFERED:
        return None
    return Verdict(
        Ruling.DENY,
        Risk.UNKNOWN,
        rule=f"standing {offering.standing} ({offering.name})",
        reason=offering.reason or f"{offering.title} is not offered to you.",
        remedy=support(offering),
        unknown=offering.standing is Standing.HIDDEN,
        sign_in=offering.standing is Standing.SIGN_IN,
    )


def _filtered(offering: Offering, tool: str) -> Verdict | None:
    denied = any(fnmatchcase(tool, glob) for glob in offering.denied_tools)
    allowed = offering.allowed_tools
    if not denied and (not allowed or any(fnmatchcase(tool, glob) for glob in allowed)):
        return None
    return Verdict(
        Ruling.DENY,
        Risk.UNKNOWN,
        rule=f"portico.toml servers.{offering.server}.tools",
        reason=f"Your portico.toml leaves out {tool} of {offering.title}.",
        remedy=f"Change `tools` of [servers.{offering.server}] to offer it.",
    )


def _gated(offering: Offering, rule: ToolRule, groups: Collection[str]) -> Verdict | None:
    if not rule.groups or rule.groups.intersection(groups):
        return None
    needed = " or ".join(sorted(rule.groups))
    return Verdict(
        Ruling.DENY,
        rule.risk,
        rule=f"{rule.source} groups",
        reason=f"This tool of {offering.title} is for the group {needed}, which you are not in.",
        remedy=support(offering),
    )


def _confirmed(offering: Offering, rule: ToolRule, definition: Mapping[str, Any]) -> Verdict:
    risk, because = _risk(offering, rule, definition)
    confirm = rule.confirm
    waived = confirm is Confirm.NEVER
    if waived and offering.reviewed and (risk is Risk.UNKNOWN or risk is not rule.risk):
        # The registry waived what it knows; nobody waived what the tool itself adds to that.
        confirm = Confirm.RISKY
    asks = confirm is Confirm.ALWAYS or (confirm is Confirm.RISKY and risk in RISKY)
    return Verdict(
        Ruling.ASK if asks else Ruling.ALLOW,
        risk,
        rule=rule.source,
        reason=_because(risk, because, confirm) if asks else f"A {risk} call, {because}.",
        surfaces=rule.surfaces,
        lease=_lease(risk, confirm) if asks else None,
    )


def _lease(risk: Risk, confirm: Confirm) -> LeaseLimits | None:
    """What cannot be undone, and what a rule wants asked about always, has no yes in advance."""
    unleased = risk is Risk.DESTRUCTIVE or confirm is Confirm.ALWAYS
    return None if unleased else LeaseLimits()


def _risk(offering: Offering, rule: ToolRule, definition: Mapping[str, Any]) -> tuple[Risk, str]:
    """The risk of a tool, and who says so. Annotations are claims: they only make it graver."""
    hints = definition.get("annotations")
    hints = hints if isinstance(hints, dict) else {}
    reads = hints.get("readOnlyHint")
    declared = f"says {rule.source}"
    if reads is True:
        named = definition.get("name") in offering.rules
        if offering.trust_read_hint and not named and hints.get("destructiveHint") is not True:
            return Risk.READ, "says the server, whose hint your company trusts"
    if hints.get("destructiveHint") is True and reads is not True:
        return graver(rule.risk, Risk.DESTRUCTIVE), (
            declared if rule.risk is Risk.DESTRUCTIVE else "says the server itself"
        )
    if reads is False and graver(rule.risk, Risk.WRITE) is not rule.risk:
        return Risk.WRITE, "says the server itself"
    return rule.risk, declared


def _because(risk: Risk, because: str, confirm: Confirm) -> str:
    if risk is Risk.UNKNOWN:
        return "Nobody has said yet what this tool can do."
    if confirm is Confirm.ALWAYS and risk not in RISKY:
        return f"Every call of this tool is asked about; it {DOES[risk]}, {because}."
    return f"This call {DOES[risk]}, {because}."


__all__ = [
    "EVERY_TOOL",
    "RISKY",
    "Ruling",
    "Verdict",
    "explanation",
    "judge",
    "judge_listing",
    "support",
]
