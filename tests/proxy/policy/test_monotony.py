"""No rule ever loosens: a property over any registry rule, policies, annotations and calls.

To *add* a rule means: one more rule of the company's or the user's policy, or one more condition of
a tool's rule in the registry. The one exception is the company's allow, whose whole meaning is that
it classes a tool of which the registry is silent: it may lift what was said because nobody had.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.policy.circumstances import ANYWHERE, Circumstances, Context, Workspace
from proxy.policy.lease import LeaseLimits
from proxy.policy.offering import EVERY_TOOL, Offering, ToolRule
from proxy.policy.risk import RISKS, Confirm, Risk
from proxy.policy.rule import Policy, Rule
from proxy.policy.ruling import STERNNESS, Ruling, Verdict
from proxy.policy.strength import ORDER
from proxy.policy.verdict import judge

GROUPS = st.frozensets(st.sampled_from(["a", "b"]), max_size=2)
REMOTES = ("git.example/a", "git.example/b")
CONTEXTS = st.one_of(
    st.just(ANYWHERE),
    st.builds(
        Context,
        remotes=st.lists(st.sampled_from([*REMOTES, "git.example/*"]), max_size=1).map(tuple),
        paths=st.sampled_from([(), ("/w",)]),
        tags=st.sampled_from([frozenset(), frozenset({"t"})]),
    ),
)
CONDITIONS = st.sampled_from(
    ["", "args.n > 1", "args.n < 1", "has(args.n)", '"a" in groups', "args.s.startsWith('x')"]
)
SURFACES = st.frozensets(st.sampled_from(ORDER), min_size=1)
LEASES = st.none() | st.builds(LeaseLimits, st.integers(1, 90), st.integers(1, 90))


def rules(*rulings: Ruling) -> st.SearchStrategy[Rule]:
    """Any rule that says one of these."""
    return st.builds(
        Rule,
        ruling=st.sampled_from(rulings),
        source=st.just("policy.toml:1 rules.r"),
        tools=st.sampled_from([(), ("t",), ("x*",)]),
        from_risk=st.sampled_from(Risk),
        groups=GROUPS,
        hosts=st.sampled_from([(), ("Cursor*",)]),
        context=CONTEXTS,
        unless_groups=GROUPS,
        unless_context=CONTEXTS,
        when=CONDITIONS,
        risk=st.none() | st.sampled_from(Risk),
        surfaces=SURFACES,
        lease=LEASES,
        leased=st.booleans(),
    )


STRICT = rules(Ruling.ASK, Ruling.DENY)
TOOL_RULES = st.builds(
    ToolRule,
    risk=st.sampled_from(Risk),
    confirm=st.sampled_from(Confirm),
    groups=GROUPS,
    surfaces=SURFACES,
    context=CONTEXTS,
    conditions=st.lists(STRICT, max_size=1).map(tuple),
)
OFFERINGS = st.builds(
    Offering,
    server=st.just("s"),
    name=st.just("com.example/s"),
    title=st.just("S"),
    url=st.just(""),
    reviewed=st.booleans(),
    rules=st.dictionaries(st.sampled_from(["t", EVERY_TOOL]), TOOL_RULES, max_size=2),
    trust_read_hint=st.booleans(),
    policy=st.builds(
        Policy,
        rules=st.lists(rules(*Ruling), max_size=3).map(tuple),
        strength=st.dictionaries(st.sampled_from(Risk), st.sampled_from(ORDER), max_size=2),
    ),
)
HINTS = st.fixed_dictionaries(
    {}, optional={"readOnlyHint": st.booleans(), "destructiveHint": st.booleans()}
)
CALLS = st.builds(
    Circumstances,
    groups=GROUPS,
    host=st.sampled_from(["", "Cursor 1"]),
    workspace=st.builds(
        Workspace,
        paths=st.sampled_from([(), ("/w/x",), ("/v",)]),
        remotes=st.frozensets(st.sampled_from(REMOTES)),
        tags=st.sampled_from([frozenset(), frozenset({"t"})]),
    ),
    arguments=st.none() | st.fixed_dictionaries({}, optional={"n": st.integers(0, 2)}),
)


def no_looser(after: Verdict, before: Verdict) -> bool:
    """Whether a verdict is at least as strict as another, in each thing that it says."""
    if STERNNESS.index(after.ruling) < STERNNESS.index(before.ruling):
        return False
    if after.ruling is not Ruling.ASK or before.ruling is not Ruling.ASK:
        return True
    return (
        after.surfaces <= before.surfaces
        and RISKS.index(after.risk) >= RISKS.index(before.risk)
        and (after.lease is None or before.lease is not None)
        and (
            after.lease is None
            or before.lease is None
            or (
                after.lease.minutes <= before.lease.minutes
                and after.lease.calls <= before.lease.calls
            )
        )
    )


def under(offering: Offering, *added: Rule) -> Offering:
    """The offering with more rules."""
    policy = offering.policy
    return replace(offering, policy=replace(policy, rules=(*policy.rules, *added)))


# No deadline: how fast this machine is has no say in what is right.
@settings(deadline=None, max_examples=300)
@given(offering=OFFERINGS, added=STRICT, hints=HINTS, who=CALLS)
def test_adding_a_rule_never_turns_deny_or_ask_into_allow(
    offering: Offering, added: Rule, hints: dict[str, Any], who: Circumstances
) -> None:
    """Nor does it lower a risk, admit another surface, or lengthen a lease."""
    tool = {"name": "t", "annotations": hints}
    before = judge(offering, "t", tool, who)
    assert no_looser(judge(under(offering, added), "t", tool, who), before)


@settings(deadline=None, max_examples=150)
@given(offering=OFFERINGS, added=STRICT, hints=HINTS, who=CALLS)
def test_a_condition_in_the_registry_only_makes_its_tool_stricter(
    offering: Offering, added: Rule, hints: dict[str, Any], who: Circumstances
) -> None:
    """An owner narrows what the rule allows, and never widens it by a condition."""
    tool = {"name": "t", "annotations": hints}
    before = judge(offering, "t", tool, who)
    conditioned = {
        name: replace(rule, conditions=(*rule.conditions, added))
        for name, rule in offering.rules.items()
    }
    assert no_looser(judge(replace(offering, rules=conditioned), "t", tool, who), before)


@settings(deadline=None, max_examples=150)
@given(offering=OFFERINGS, added=rules(Ruling.ALLOW), hints=HINTS, who=CALLS)
def test_an_allow_speaks_only_where_the_registry_is_silent(
    offering: Offering, added: Rule, hints: dict[str, Any], who: Circumstances
) -> None:
    """Where a rule speaks for the tool, an allow changes nothing; elsewhere it classes the tool.

    So it can lift what rules say of tools from some risk on, and nothing else that denies.
    """
    tool = {"name": "t", "annotations": hints}
    before = judge(offering, "t", tool, who)
    after = judge(under(offering, added), "t", tool, who)
    if offering.spoken("t"):
        assert replace(after, open=before.open) == before
    of_any_risk = tuple(r for r in offering.policy.rules if r.from_risk is Risk.READ)
    plain = replace(offering, policy=replace(offering.policy, rules=of_any_risk))
    if judge(plain, "t", tool, who).ruling is Ruling.DENY:
        assert after.ruling is Ruling.DENY


@settings(deadline=None, max_examples=100)
@given(offering=OFFERINGS, hints=HINTS, who=CALLS)
def test_the_way_to_a_verdict_ends_in_it(
    offering: Offering, hints: dict[str, Any], who: Circumstances
) -> None:
    """Whoever follows the steps meets the same verdict as the call, and its rule on the way."""
    tool = {"name": "t", "annotations": hints}
    way: list[Any] = []
    verdict = judge(offering, "t", tool, who, way)
    assert verdict == judge(offering, "t", tool, who)
    assert verdict.rule in {step.rule for step in way if step.ruling is verdict.ruling}
