"""Who may call what, and when a person is asked first.

Plain functions over what the registry, the policies of company and user, the user's groups, the
workspace, the arguments and the tool's own annotations say. Nothing here waits, reads a clock or
opens a file: the same inputs give the same verdict, which is why `portico tools` and `portico
policy explain` can show what a call would meet.

Deny beats ask beats allow, and where nothing speaks for a tool the answer is ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.policy.circumstances import Circumstances
from proxy.policy.gate import GATES, beyond_workload, support
from proxy.policy.offering import EVERY_TOOL, Standing
from proxy.policy.risk import RISKY, Risk, graver
from proxy.policy.ruling import Ruling, Step, Verdict
from proxy.policy.weighing import weigh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.policy.offering import Offering


def judge(
    offering: Offering,
    tool: str,
    definition: Mapping[str, Any] | None,
    who: Circumstances,
    way: list[Step] | None = None,
) -> Verdict:
    """The verdict on a call of `tool`.

    Args:
        offering: The server, as this user may meet it today.
        tool: The server's own name of the tool.
        definition: The tool as the server itself gave it, or None when it has no such tool.
        who: Who calls, from where, with what.
        way: Takes the steps to the verdict, for whoever wants to follow them.
    """
    for name, passed, gate in GATES:
        denial = gate(offering, tool, who)
        if denial is not None:
            if way is not None:
                way.append(Step(name, Ruling.DENY, denial.rule, denial.reason))
            return denial
        if way is not None:
            way.append(Step(name, None, "", passed))
    verdict = weigh(offering, tool, definition or {}, who, way)
    if offering.auth != "mesh":
        return verdict
    # The registry itself must call it a read, and neither its arguments nor the tool's own word,
    # nor a rule of anybody's, may make it graver.
    risk = graver(offering.rule(tool).risk, verdict.risk)
    if verdict.ruling is Ruling.DENY or risk is Risk.READ:
        return verdict
    denial = beyond_workload(offering, risk, verdict.rule)
    if way is not None:
        way.append(Step("workload", Ruling.DENY, denial.rule, denial.reason))
    return denial


def judge_listing(offering: Offering, tool: Mapping[str, Any], who: Circumstances) -> bool:
    """Whether this user sees a tool: everything that a call of it would not deny."""
    return judge(offering, str(tool.get("name")), tool, who).ruling is not Ruling.DENY


def explanation(offering: Offering) -> str:
    """Why a server is not offered and whom to ask, as a person reads it beside its name."""
    if offering.standing in {Standing.WITHHELD, Standing.FORBIDDEN}:
        return f"{offering.reason} {support(offering)}".strip()
    return offering.reason


__all__ = [
    "EVERY_TOOL",
    "RISKY",
    "Circumstances",
    "Ruling",
    "Step",
    "Verdict",
    "explanation",
    "judge",
    "judge_listing",
    "support",
]
