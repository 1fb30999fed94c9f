"""The rules of a policy, from a table of TOML: the company's own file, or `[policy]` of a user.

Both have the same shape. A user's may only be stricter: it cannot allow, and what it says of
strength and leases counts where it is less than what the company says.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from proxy.policy.circumstances import ANYWHERE, Context
from proxy.policy.expression import BadExpression, check
from proxy.policy.lease import MOST, USUAL, LeaseLimits
from proxy.policy.risk import Risk
from proxy.policy.rule import Policy, Rule
from proxy.policy.ruling import Ruling
from proxy.policy.strength import LEAST, ORDER, SURFACES, stronger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.section import Section

_COMPANY = "Your company's policy"
_USER = "Your own policy"
_LEASED = frozenset(Risk) - {Risk.DESTRUCTIVE}


def read_policy(section: Section, *, company: bool) -> Policy:
    """What a table of policy says; problems are noted in it.

    Args:
        section: The table, of the kind `policy`.
        company: Whether the company wrote it.
    """
    support = section.text("support")
    if support and not company:
        section.wrong("support", "is for the company's policy")
    tags = section.groups_of_texts("tags")
    strength = _strength(section.section("strength"))
    leases = section.section("leases")
    rules = tuple(
        _rule(name, rule, support, company=company) for name, rule in section.sections("rules")
    )
    return Policy(
        rules=rules,
        strength=strength,
        lease=_lease(leases, USUAL if company else MOST),
        leased=_leased(leases),
        tags=tags,
    )


def _strength(section: Section) -> Mapping[Risk, str]:
    found: dict[Risk, str] = {}
    for risk in Risk:
        kind = section.text(risk.value)
        if kind in ORDER:
            found[risk] = stronger(kind, LEAST[risk])
            if found[risk] != kind:
                least = f'a call of this risk needs "{LEAST[risk]}" at least'
                section.wrong(risk.value, f"must not be weaker than Portico's own: {least}")
        elif kind:
            section.wrong(risk.value, f"must be one of {_quoted(ORDER)}, the strongest first")
    return found


def _lease(section: Section, usual: LeaseLimits) -> LeaseLimits | None:
    if not section.flag("allowed", default=True):
        return None
    minutes = section.whole("minutes", usual.minutes)
    return LeaseLimits(minutes, section.whole("calls", usual.calls))


def _leased(section: Section) -> frozenset[Risk]:
    if "risks" not in section:
        return _LEASED
    found: set[Risk] = set()
    for place, word in enumerate(section.texts("risks")):
        if word == Risk.DESTRUCTIVE:
            section.wrong(
                "risks", "must not hold destructive: each such call is asked about", place
            )
        elif word not in tuple(Risk):
            section.wrong("risks", f"must hold only {_quoted(sorted(_LEASED))}", place)
        else:
            found.add(Risk(word))
    return frozenset(found)


def _rule(name: str, section: Section, support: str, *, company: bool) -> Rule:
    section.required("verdict", '"ask"')
    ruling = section.choice("verdict", Ruling, Ruling.DENY)
    file = PurePath(section.problems.file).name
    place = ".".join((*section.path[:-1], name))
    unless = section.section("unless")
    return Rule(
        ruling=ruling,
        source=f"{file}:{section.problems.line(section.path)} {place}",
        whose=_COMPANY if company else _USER,
        servers=section.texts("servers"),
        tools=section.texts("tools"),
        environments=frozenset(section.texts("environments")),
        reviewed=section.flag("reviewed", default=True) if "reviewed" in section else None,
        from_risk=section.choice("from_risk", Risk, Risk.READ),
        groups=frozenset(section.texts("groups")),
        hosts=section.texts("hosts"),
        context=_context(section),
        unless_groups=frozenset(unless.texts("groups")),
        unless_context=_context(unless),
        when=_when(section),
        risk=_risk(section, ruling, company=company),
        surfaces=_surfaces(section),
        lease=_rule_lease(section),
        leased=section.flag("lease", default=True),
        reason=_sentence(section.text("reason")),
        support=support,
    )


def _context(section: Section) -> Context:
    if not any(key in section for key in ("remotes", "paths", "tags")):
        return ANYWHERE
    return Context(
        remotes=section.texts("remotes"),
        paths=section.texts("paths"),
        tags=frozenset(section.texts("tags")),
    )


def _when(section: Section) -> str:
    text = section.text("when", lines=True)
    if text:
        try:
            check(text)
        except BadExpression as bad:
            section.wrong("when", str(bad))
    return text


def _risk(section: Section, ruling: Ruling, *, company: bool) -> Risk | None:
    if ruling is Ruling.ALLOW:
        if not company:
            section.wrong("verdict", 'must be "ask" or "deny": only a company\'s policy allows')
        elif "risk" not in section:
            section.wrong("verdict", '"allow" needs risk: nobody allows what nobody has classed')
        elif section.choice("risk", Risk, Risk.READ) is Risk.UNKNOWN:
            section.wrong("risk", 'of an allow must not be "unknown"')
        if "from_risk" in section:
            section.wrong("from_risk", "is not for an allow, which speaks where no risk is known")
    return section.choice("risk", Risk, Risk.READ) if "risk" in section else None


def _surfaces(section: Section) -> frozenset[str]:
    if "surfaces" not in section:
        return SURFACES
    found = section.texts("surfaces")
    for place, word in enumerate(found):
        if word not in SURFACES:
            section.wrong("surfaces", f"must hold only {_quoted(ORDER)}", place)
    if not found:
        section.wrong("surfaces", "must hold one surface at least")
    return frozenset(found) & SURFACES


def _rule_lease(section: Section) -> LeaseLimits | None:
    if "lease_minutes" not in section and "lease_calls" not in section:
        return None
    minutes = section.whole("lease_minutes", MOST.minutes)
    return LeaseLimits(minutes, section.whole("lease_calls", MOST.calls))


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _quoted(words: tuple[str, ...] | list[str] | list[Risk]) -> str:
    return ", ".join(f'"{word}"' for word in words)
