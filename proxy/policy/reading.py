"""Who may read what: prompts, resources and what goes with them, judged as reads.

They are reads of an offered server unless the registry says otherwise, by a rule of the name
`prompts/NAME`, `resources/URI`, `prompts/*` or `resources/*` among the rules of its tools. Without
such a rule, what `*` says about groups, workspaces and asking always holds for them too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from proxy.policy.offering import EVERY_TOOL, ToolRule
from proxy.policy.risk import Confirm, Risk
from proxy.policy.verdict import judge

if TYPE_CHECKING:
    from proxy.policy.circumstances import Circumstances
    from proxy.policy.offering import Offering
    from proxy.policy.ruling import Step, Verdict


def judge_reading(
    offering: Offering,
    group: str,
    name: str,
    who: Circumstances,
    way: list[Step] | None = None,
) -> Verdict:
    """The verdict on reading one thing.

    Args:
        offering: The server, as this user may meet it today.
        group: `prompts`, `resources` or `tasks`.
        name: The server's own name or URI of it.
        who: Who reads, from where, with what.
        way: Takes the steps to the verdict, for whoever wants to follow them.
    """
    key = f"{group}/{name}"
    rule = _rule(offering, group, name)
    # The filters of tools, and trust in what tools say of themselves, mean tools alone.
    alone = replace(
        offering, rules={key: rule}, allowed_tools=(), denied_tools=(), trust_read_hint=False
    )
    return judge(alone, key, None, who, way)


def _rule(offering: Offering, group: str, name: str) -> ToolRule:
    said = offering.rules.get(f"{group}/{name}") or offering.rules.get(f"{group}/*")
    if said is not None:
        return said
    every = offering.rules.get(EVERY_TOOL)
    if every is None:
        return ToolRule(risk=Risk.READ, source=f"{group} are read")
    always = every.confirm is Confirm.ALWAYS
    return ToolRule(
        risk=Risk.READ,
        confirm=Confirm.ALWAYS if always else Confirm.RISKY,
        groups=every.groups,
        surfaces=every.surfaces,
        context=every.context,
        source=every.source if always or every.groups or every.context else f"{group} are read",
    )
