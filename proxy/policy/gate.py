"""What denies a call before anything is weighed: standing, filters, groups and contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.policy.circumstances import ANYWHERE
from proxy.policy.offering import Standing
from proxy.policy.pattern import fits
from proxy.policy.risk import Risk
from proxy.policy.ruling import Ruling, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.policy.circumstances import Circumstances
    from proxy.policy.offering import Offering

    Gate = Callable[[Offering, str, Circumstances], Verdict | None]


def support(offering: Offering) -> str:
    """Who helps with a server, as the end of a sentence; empty when the registry names nobody."""
    owner = offering.owner
    ways = " or ".join(filter(None, (owner.support, owner.contact)))
    if owner.team and ways:
        return f"Ask its owner {owner.team} ({ways})."
    return f"Ask its owner {owner.team or ways}." if owner.team or ways else ""


def _standing(offering: Offering, _: str, __: Circumstances) -> Verdict | None:
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


def _readable(offering: Offering, _: str, __: Circumstances) -> Verdict | None:
    """A policy that cannot be read might forbid anything, so it forbids everything."""
    if not offering.policy.refusal:
        return None
    return Verdict(
        Ruling.DENY,
        Risk.UNKNOWN,
        rule="company policy (cannot be used)",
        reason=offering.policy.refusal,
        remedy=offering.policy.remedy,
    )


def _filtered(offering: Offering, tool: str, _: Circumstances) -> Verdict | None:
    allowed = offering.allowed_tools
    if not allowed and not offering.denied_tools:
        return None
    if not fits(tool, offering.denied_tools) and (not allowed or fits(tool, allowed)):
        return None
    return Verdict(
        Ruling.DENY,
        Risk.UNKNOWN,
        rule=f"portico.toml servers.{offering.server}.tools",
        reason=f"Your portico.toml leaves out {tool} of {offering.title}.",
        remedy=f"Change `tools` of [servers.{offering.server}] to offer it.",
    )


def _grouped(offering: Offering, tool: str, who: Circumstances) -> Verdict | None:
    rule = offering.rule(tool)
    if not rule.groups or not rule.groups.isdisjoint(who.groups):
        return None
    needed = " or ".join(sorted(rule.groups))
    return Verdict(
        Ruling.DENY,
        rule.risk,
        rule=f"{rule.source} groups",
        reason=f"This tool of {offering.title} is for the group {needed}, which you are not in.",
        remedy=support(offering),
    )


def _placed(offering: Offering, tool: str, who: Circumstances) -> Verdict | None:
    rule = offering.rule(tool)
    if offering.context is ANYWHERE is rule.context:
        return None
    if offering.context.admits(who.workspace):
        if rule.context.admits(who.workspace):
            return None
        context, what, source = rule.context, "This tool of", rule.source
    else:
        context, what, source = offering.context, "Everything of", f"registry {offering.name}"
    window = (
        "this window is in another one" if who.workspace.paths else "this window's is not known"
    )
    return Verdict(
        Ruling.DENY,
        rule.risk,
        rule=f"{source} context",
        reason=f"{what} {offering.title} is for {context}, and {window}.",
        remedy=f"Open such a workspace. {support(offering)}".strip(),
    )


def beyond_workload(offering: Offering, risk: Risk, source: str) -> Verdict:
    """The denial of a call that a workload may not make.

    What a machine does in nobody's name, it does only where that can do no harm.
    """
    return Verdict(
        Ruling.DENY,
        risk,
        rule=f"{source} (auth.mode mesh)",
        reason=(
            f"{offering.title} knows this machine and not you, so only tools that the registry "
            f"marks as read are called there, and this call is {risk}."
        ),
        remedy=support(offering),
    )


GATES: Final[tuple[tuple[str, str, Gate], ...]] = (
    ("standing", "The server is offered to you.", _standing),
    ("policy", "The policies can be read.", _readable),
    ("filter", "Your portico.toml does not leave the tool out.", _filtered),
    ("groups", "You have a group that the tool needs, or it needs none.", _grouped),
    ("context", "The tool may be seen in this workspace.", _placed),
)
"""What must be passed, in order: its name, what it means to pass it, and the gate."""
