"""Verdicts: who may call what, and when a person is asked."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.policy.circumstances import Circumstances
from proxy.policy.offering import EVERY_TOOL, SURFACES, Offering, Owner, Standing, ToolRule
from proxy.policy.risk import RISKS, Confirm, Risk, graver, stricter
from proxy.policy.rule import Policy, Rule
from proxy.policy.verdict import Ruling, explanation, judge, judge_listing, support

NOWHERE = Circumstances()
DATA = Circumstances(frozenset({"data-eng"}))
ASKED_WHEN_RISKY = {Risk.WRITE, Risk.DESTRUCTIVE, Risk.UNKNOWN}
STRICTNESS = (Ruling.ALLOW, Ruling.ASK, Ruling.DENY)
HINTS = st.fixed_dictionaries(
    {},
    optional={
        "readOnlyHint": st.sampled_from([True, False, None, "yes", 1]),
        "destructiveHint": st.sampled_from([True, False, None, "yes", 1]),
    },
)


def offering(rule: ToolRule | None = None, **changes: Any) -> Offering:  # noqa: ANN401 - its fields.
    """A server whose tool `t` has this rule."""
    fields: dict[str, Any] = {
        "server": "presto",
        "name": "com.example/presto",
        "title": "Presto",
        "url": "https://gateway/presto",
        "owner": Owner("data-platform", "team@example.com", "#presto-help"),
        "rules": {} if rule is None else {"t": rule},
    }
    return Offering(**{**fields, **changes})


def tool(**hints: object) -> dict[str, Any]:
    """The definition of `t` with these annotations."""
    return {"name": "t", "annotations": hints}


@pytest.mark.parametrize(
    ("confirm", "risk", "reviewed"), list(product(Confirm, Risk, (True, False)))
)
def test_confirmation_follows_from_rule_risk_and_review(
    confirm: Confirm, risk: Risk, *, reviewed: bool
) -> None:
    """Never waives all but an unknown risk of a reviewed server; risky and always ask as named."""
    asked = {
        Confirm.ALWAYS: True,
        Confirm.RISKY: risk in ASKED_WHEN_RISKY,
        Confirm.NEVER: reviewed and risk is Risk.UNKNOWN,
    }[confirm]
    verdict = judge(offering(ToolRule(risk, confirm), reviewed=reviewed), "t", tool(), NOWHERE)
    assert verdict.ruling is (Ruling.ASK if asked else Ruling.ALLOW)
    assert (verdict.risk, bool(verdict.reason)) == (risk, True)


def test_a_tool_that_nobody_speaks_for_is_unknown_and_asked_about() -> None:
    """The closed default holds, whatever the tool says of itself."""
    for hints in ({}, {"readOnlyHint": True}, {"readOnlyHint": True, "destructiveHint": False}):
        verdict = judge(offering(), "t", tool(**hints), NOWHERE)
        assert (verdict.ruling, verdict.risk) == (Ruling.ASK, Risk.UNKNOWN)


@given(
    rule=st.builds(ToolRule, risk=st.sampled_from(Risk), confirm=st.sampled_from(Confirm)),
    hints=HINTS,
)
def test_annotations_only_make_a_verdict_stricter(rule: ToolRule, hints: dict[str, Any]) -> None:
    """No annotation lowers the risk that the registry declares, nor takes a question away."""
    for reviewed in (True, False):
        server = offering(rule, reviewed=reviewed)
        bare, hinted = (
            judge(server, "t", tool(), NOWHERE),
            judge(server, "t", tool(**hints), NOWHERE),
        )
        assert STRICTNESS.index(hinted.ruling) >= STRICTNESS.index(bare.ruling)
        assert graver(hinted.risk, bare.risk) is hinted.risk


@pytest.mark.parametrize(
    ("declared", "hints", "risk"),
    [
        (Risk.READ, {"readOnlyHint": False}, Risk.WRITE),
        (Risk.READ, {"destructiveHint": True}, Risk.DESTRUCTIVE),
        (Risk.SENSITIVE_READ, {"readOnlyHint": False}, Risk.WRITE),
        (Risk.DESTRUCTIVE, {"readOnlyHint": False}, Risk.DESTRUCTIVE),
        # MCP gives destructiveHint a meaning only where the tool does not call itself read-only.
        (Risk.READ, {"readOnlyHint": True, "destructiveHint": True}, Risk.READ),
    ],
)
def test_a_waiver_does_not_cover_what_the_tool_adds(
    declared: Risk, hints: dict[str, Any], risk: Risk
) -> None:
    """The registry waived the risk it knew; a tool that says it is worse is asked about again."""
    verdict = judge(offering(ToolRule(declared, Confirm.NEVER)), "t", tool(**hints), NOWHERE)
    assert verdict.risk is risk
    assert (verdict.ruling is Ruling.ASK) == (risk is not declared)


@pytest.mark.parametrize(
    ("changes", "hints", "ruling"),
    [
        ({}, {"readOnlyHint": True}, Ruling.ALLOW),
        ({}, {"readOnlyHint": False}, Ruling.ASK),
        ({}, {"readOnlyHint": "true"}, Ruling.ASK),
        ({}, {"readOnlyHint": True, "destructiveHint": True}, Ruling.ASK),
        ({"rules": {"t": ToolRule(Risk.WRITE)}}, {"readOnlyHint": True}, Ruling.ASK),
        ({"rules": {EVERY_TOOL: ToolRule(Risk.WRITE)}}, {"readOnlyHint": True}, Ruling.ALLOW),
        (
            {"rules": {EVERY_TOOL: ToolRule(Risk.WRITE, Confirm.ALWAYS)}},
            {"readOnlyHint": True},
            Ruling.ASK,
        ),
    ],
)
def test_a_trusted_read_hint_lowers_only_what_no_rule_names(
    changes: dict[str, Any], hints: dict[str, Any], ruling: Ruling
) -> None:
    """The company may trust a server's `readOnlyHint`, but never against a rule for that tool."""
    assert (
        judge(offering(trust_read_hint=True, **changes), "t", tool(**hints), NOWHERE).ruling
        is ruling
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"standing": Standing.WITHHELD},
        {"standing": Standing.FORBIDDEN},
        {"standing": Standing.HIDDEN},
        {"denied_tools": ("t*",)},
        {"allowed_tools": ("other",)},
        {"allowed_tools": ("t",), "denied_tools": ("*",)},
        {"rules": {"t": ToolRule(Risk.READ, Confirm.NEVER, frozenset({"ads-eng"}))}},
        {"rules": {EVERY_TOOL: ToolRule(Risk.READ, Confirm.NEVER, frozenset({"ads-eng"}))}},
    ],
)
def test_deny_beats_every_other_rule_and_is_not_listed(changes: dict[str, Any]) -> None:
    """Whatever denies wins over a waiver; the tool is neither shown nor run, and says why."""
    server = offering(ToolRule(Risk.READ, Confirm.NEVER), **changes)
    verdict = judge(server, "t", tool(readOnlyHint=True), DATA)
    assert verdict.ruling is Ruling.DENY
    assert verdict.reason
    assert verdict.remedy
    assert verdict.unknown == (server.standing is Standing.HIDDEN)
    assert not judge_listing(server, tool(readOnlyHint=True), DATA)


def test_a_group_admits_its_members() -> None:
    """One of the rule's groups is enough."""
    rule = ToolRule(Risk.READ, groups=frozenset({"ads-eng", "ads-ops"}))
    assert (
        judge(offering(rule), "t", tool(), Circumstances(frozenset({"ads-ops"}))).ruling
        is Ruling.ALLOW
    )


def test_a_verdict_carries_the_rules_surfaces() -> None:
    """A rule may demand a stronger surface; without one, every surface counts."""
    strong = ToolRule(Risk.WRITE, surfaces=frozenset({"editor"}))
    assert judge(offering(strong), "t", tool(), NOWHERE).surfaces == {"editor"}
    assert judge(offering(), "t", tool(), NOWHERE).surfaces == SURFACES


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        (Owner("data", "a@b", "#help"), "Ask its owner data (#help or a@b)."),
        (Owner("data", "a@b"), "Ask its owner data (a@b)."),
        (Owner("data"), "Ask its owner data."),
        (Owner("", "a@b"), "Ask its owner a@b."),
        (Owner(), ""),
    ],
)
def test_a_denial_names_whoever_the_registry_names(owner: Owner, said: str) -> None:
    """Support comes before contact, nobody is invented, and nobody is named twice."""
    assert support(offering(owner=owner)) == said
    withheld = offering(owner=owner, standing=Standing.WITHHELD, reason="It is new.")
    assert explanation(withheld) == f"It is new. {said}".strip()
    assert judge(withheld, "t", tool(), NOWHERE).reason == "It is new."


@pytest.mark.parametrize(
    ("risk", "because"),
    [
        (Risk.WRITE, "This call writes, says the registry."),
        (Risk.DESTRUCTIVE, "This call is destructive, says the registry."),
        (Risk.READ, "Every call of this tool is asked about; it reads, says the registry."),
    ],
)
def test_why_a_person_is_asked_is_a_sentence(risk: Risk, because: str) -> None:
    """The risk is told by what the call does."""
    rule = ToolRule(risk, Confirm.ALWAYS, source="the registry")
    assert judge(offering(rule), "t", tool(), NOWHERE).reason == because


def test_a_server_that_waits_for_a_sign_in_is_denied_as_that() -> None:
    """Nobody knows yet whose it is, so it is no denial of anybody's."""
    verdict = judge(offering(standing=Standing.SIGN_IN), "t", tool(), NOWHERE)
    assert (verdict.ruling, verdict.sign_in, verdict.unknown) == (Ruling.DENY, True, False)


def test_the_orders_of_strictness_are_total() -> None:
    """The stricter of two is one of them, whichever comes first."""
    for one, other in product(RISKS, RISKS):
        assert graver(one, other) is graver(other, one)
    for first, second in product(Confirm, Confirm):
        assert stricter(first, second) is stricter(second, first)
    assert stricter(Confirm.NEVER, Confirm.ALWAYS) is Confirm.ALWAYS


@pytest.mark.parametrize(("confirm", "risk"), list(product(Confirm, Risk)))
def test_no_yes_in_advance_for_what_cannot_be_undone_or_is_always_asked_about(
    confirm: Confirm, risk: Risk
) -> None:
    """A lease is for what is asked about because of a risk that can be mended."""
    verdict = judge(offering(ToolRule(risk, confirm)), "t", tool(), NOWHERE)
    leased = verdict.ruling is Ruling.ASK and risk is not Risk.DESTRUCTIVE
    assert (verdict.lease is not None) is (leased and confirm is not Confirm.ALWAYS)


@given(
    risk=st.sampled_from(list(Risk)),
    confirm=st.sampled_from(list(Confirm)),
    hints=HINTS,
    harsher=st.sampled_from([None, *Risk]),
)
def test_a_workload_calls_only_what_the_registry_marks_read(
    risk: Risk, confirm: Confirm, hints: dict[str, object], harsher: Risk | None
) -> None:
    """Whatever the tool says of itself, and whatever a rule allows: all else is denied."""
    rules = () if harsher is None else (Rule(Ruling.ASK, "policy.toml:1", risk=harsher),)
    server = offering(ToolRule(risk=risk, confirm=confirm), auth="mesh", policy=Policy(rules=rules))
    verdict = judge(server, "t", tool(**hints), NOWHERE)
    mine = judge(replace(server, auth="sso"), "t", tool(**hints), NOWHERE)
    if risk is Risk.READ and mine.risk is Risk.READ:
        assert verdict == mine
    else:
        assert verdict.ruling is Ruling.DENY
    unlisted = judge(server, "other", {"annotations": {"readOnlyHint": True}}, NOWHERE)
    assert unlisted.ruling is Ruling.DENY
