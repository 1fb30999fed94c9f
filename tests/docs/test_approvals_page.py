"""docs/approvals.md tells verdicts and surfaces as the code decides them."""

from __future__ import annotations

import json

from proxy.approval import Answer, Surface
from proxy.policy.circumstances import Circumstances
from proxy.policy.offering import Offering, Owner, ToolRule
from proxy.policy.risk import Confirm, Risk
from proxy.policy.verdict import judge
from tests.docs.page import read, rows, section

PAGE = read("docs/approvals.md")


def test_each_example_has_the_verdict_that_the_page_tells() -> None:
    """The table of examples is judged, row by row, by the policy itself."""
    examples = rows(section(PAGE, "When"))
    assert len(examples) == 5
    for said, hints, group, verdict, because in examples:
        rules = {} if said == "nothing" else {"analyze": _rule(json.loads(said.strip("`")))}
        owner = Owner("data-platform")
        presto = Offering("presto", "corp/presto", "Presto", "", owner=owner, rules=rules)
        definition = {"name": "analyze", "annotations": json.loads(hints.strip("`"))}
        found = judge(presto, "analyze", definition, Circumstances(frozenset({group.strip("`")})))
        assert (f"**{found.ruling}**", found.reason) == (verdict, because)


def _rule(said: dict[str, object]) -> ToolRule:
    groups = said.get("groups", [])
    assert isinstance(groups, list)
    return ToolRule(
        risk=Risk(str(said["risk"])),
        confirm=Confirm(str(said.get("confirm", "risky"))),
        groups=frozenset(groups),
        source="the registry",
    )


def test_the_page_lists_the_surfaces_in_their_order() -> None:
    """Editor, elicitation, terminal: as `proxy.approval.surface` tries them."""
    places = [section(PAGE, "Where").find(f"**{surface}**") for surface in Surface]
    assert -1 not in places
    assert places == sorted(places)


def test_the_page_knows_every_word_of_verdict_confirmation_and_risk() -> None:
    """No word that a person can meet is left unexplained."""
    when = section(PAGE, "When")
    for word in (*Confirm, Risk.WRITE, Risk.DESTRUCTIVE, Risk.UNKNOWN):
        assert word in when
    answers = section(read("docs/audit.md"), "What is written, and when")
    for answer in Answer:
        assert f"`{answer}`" in answers
