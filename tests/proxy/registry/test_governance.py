"""The governance block, against its published schema and its page."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from proxy.policy.risk import Confirm, Risk
from proxy.registry.governance import read
from tests.proxy.registry.registry_double import BLOCK, block

TODAY = dt.date(2026, 11, 24)
DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = json.loads((DOCS / "governance.schema.json").read_text(encoding="utf-8"))
VALID = Draft202012Validator(SCHEMA)


def example() -> dict[str, Any]:
    """The block that the page shows."""
    page = (DOCS / "registry.md").read_text(encoding="utf-8")
    [envelope] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    found: dict[str, Any] = json.loads(envelope)["_meta"]["com.example.corp/governance"]
    return found


@pytest.mark.parametrize("governance", [BLOCK, example()], ids=["tests", "page"])
def test_a_block_that_is_used_follows_the_published_schema(governance: dict[str, Any]) -> None:
    """What the page shows is valid, and nothing speaks against its server."""
    Draft202012Validator.check_schema(SCHEMA)
    VALID.validate(governance)
    assert read(governance, "x", TODAY).refusal == ""


@pytest.mark.parametrize(
    "governance",
    [
        block(schemaVersion=2),
        block(reviews__genai=None),
        block(context=None),
        block(access=None),
        block(access__groups=["eng", ""]),
        block(auth__mode="magic"),
        block(auth__audience="two words"),
        block(auth__scopes="all"),
        block(reviews__security__expires="2027/03/01"),
        block(tools=["query"]),
    ],
)
def test_what_the_schema_refuses_is_withheld(governance: dict[str, Any]) -> None:
    """A publisher who checks against the schema learns beforehand what Portico would say."""
    assert not VALID.is_valid(governance)
    assert read(governance, "x", TODAY).refusal


def test_the_schema_knows_exactly_the_words_that_the_code_knows() -> None:
    """Risks and confirmations are the same list in both."""
    rule = SCHEMA["$defs"]["rule"]["properties"]
    assert rule["risk"]["enum"] == list(Risk)
    assert rule["confirm"]["enum"] == list(Confirm)


def test_the_older_name_of_the_audience_is_read() -> None:
    """`resource` names the audience where `audience` does not."""
    assert read(block(auth__resource="https://a.example/"), "x", TODAY).audience == (
        "https://a.example/"
    )


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


# No deadline: how fast this machine is has no say in what is right.
@settings(deadline=None)
@given(
    path=st.sampled_from(
        [
            *([key] for key in BLOCK),
            *(
                [key, inner]
                for key in BLOCK
                if isinstance(BLOCK[key], dict)
                for inner in BLOCK[key]
            ),
            *(["tools", "query", key] for key in ("risk", "confirm", "groups", "minutesSaved")),
            ["reviews", "genai", "state"],
            ["reviews", "security", "expires"],
        ]
    ),
    value=anything,
)
def test_no_value_anywhere_breaks_the_reader_or_grants_more(path: list[str], value: object) -> None:
    """Whatever stands in a block, it is read; no garbage admits anybody or makes a tool mild."""
    said = read(block(**{"__".join(path): value}), "x", TODAY)
    assert said.groups or said.refusal or value == []
    query = said.rules.get("query")
    assert query is None or query.risk is not Risk.READ or path[-1] != "risk"
    assert query is None or query.confirm is not Confirm.NEVER or path[-1] != "confirm"


@pytest.mark.parametrize(
    ("surfaces", "allowed"),
    [(["editor"], {"editor"}), (["editor", "terminal"], {"editor", "terminal"})],
)
def test_a_rule_can_demand_a_stronger_surface(surfaces: list[str], allowed: set[str]) -> None:
    """Only a yes from a surface that the rule names counts for that tool."""
    said = block(tools={"drop": {"risk": "destructive", "surfaces": surfaces}})
    VALID.validate(said)
    assert read(said, "x", TODAY).rules["drop"].surfaces == allowed


@pytest.mark.parametrize("surfaces", [[], ["phone"], "editor", [7]])
def test_a_surface_that_is_not_known_makes_its_tool_unknown(surfaces: object) -> None:
    """A rule that cannot be understood asks always, and the schema says so beforehand."""
    said = block(tools={"drop": {"risk": "read", "surfaces": surfaces}})
    assert not VALID.is_valid(said)
    rule = read(said, "x", TODAY).rules["drop"]
    assert (rule.risk, rule.confirm) == (Risk.UNKNOWN, Confirm.ALWAYS)
