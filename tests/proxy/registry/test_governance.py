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

from auth.own_sign_in.registration import Registration
from proxy.policy.circumstances import Workspace
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
        block(auth__mode="oauth", auth__issuer="http://i.example"),
        block(auth__mode="oauth", auth__clientId="two words"),
        block(auth__mode="oauth", auth__clientMetadataUrl=7),
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


def test_a_server_with_a_sign_in_of_its_own_gets_none_of_the_companys() -> None:
    """The registry may say what Portico is called there; one word is enough where it need not."""
    plain = block(auth__mode="oauth", auth__audience="https://a.example/")
    VALID.validate(plain)
    said = read(plain, "x", TODAY)
    assert (said.refusal, said.sso, said.registration) == ("", False, Registration())
    known = block(auth__mode="oauth", auth__issuer="https://i.example", auth__clientId="portico-1")
    VALID.validate(known)
    registration = Registration(issuer="https://i.example", client_id="portico-1")
    assert read(known, "x", TODAY).registration == registration
    assert read(BLOCK, "x", TODAY).registration is None


def test_the_older_name_of_the_audience_is_read() -> None:
    """`resource` names the audience where `audience` does not."""
    assert read(block(auth__resource="https://a.example/"), "x", TODAY).audience == (
        "https://a.example/"
    )


TOOL_KEYS = ("risk", "confirm", "cost", "groups", "workspaces", "conditions", "lease")

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
            *(["tools", "query", key] for key in (*TOOL_KEYS, "minutesSaved")),
            ["context", "workspaces"],
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
    assert not said.context or said.context.closed
    query = said.rules.get("query")
    assert query is None or not query.context or query.context.closed
    assert query is None or query.conditions == ()
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


@pytest.mark.parametrize(
    ("workspaces", "admitted"),
    [
        ({"remotes": ["git.corp.example/data/*"]}, True),
        ({"tags": ["data"], "paths": []}, True),
        ({}, False),
        ({"remotes": []}, False),
        ({"remotes": "git.corp.example/data/*"}, False),
        ({"remotes": ["git.corp.example/data/*"], "branches": ["main"]}, False),
        (["data"], False),
        (None, False),
    ],
)
def test_workspaces_that_cannot_be_read_admit_none(workspaces: object, *, admitted: bool) -> None:
    """The strict side of a context is to be in none; the schema says so beforehand."""
    here = Workspace(("/src",), frozenset({"git.corp.example/data/x"}), frozenset({"data"}))
    said = block(context={"surfaces": ["ide"], "workspaces": workspaces})
    assert read(said, "x", TODAY).context.admits(here) is admitted
    if admitted:
        VALID.validate(said)
    elif workspaces != {"remotes": []}:
        assert not VALID.is_valid(said)
    tool = block(tools={"drop": {"risk": "read", "workspaces": workspaces}})
    rule = read(tool, "x", TODAY).rules["drop"]
    assert rule.context.admits(here) is admitted
    assert (rule.risk is Risk.READ) is admitted


def test_conditions_are_rules_of_their_tool() -> None:
    """What an owner says of single calls is read as it is written, with its place."""
    condition = {
        "when": "args.limit > 10000",
        "verdict": "ask",
        "risk": "sensitive-read",
        "surfaces": ["editor", "page"],
        "lease": {"minutes": 10},
        "reason": "Large results cost money.",
    }
    said = block(tools={"query": {"risk": "read", "conditions": [condition], "lease": False}})
    VALID.validate(said)
    rule = read(said, "com.example/x", TODAY).rules["query"]
    [found] = rule.conditions
    assert (found.ruling, found.when, found.risk) == ("ask", condition["when"], "sensitive-read")
    assert found.surfaces == {"editor", "page"}
    assert found.reason == condition["reason"]
    assert found.lease is not None
    assert (found.lease.minutes, rule.leased) == (10, False)
    assert found.source == "registry com.example/x tools.query conditions[0]"


@pytest.mark.parametrize(
    "condition",
    [
        {"when": "args.limit >", "verdict": "ask"},
        {"when": "arg.limit > 1", "verdict": "ask"},
        {"when": "args.limit > 1", "verdict": "allow"},
        {"when": "args.limit > 1", "verdict": ["ask"]},
        {"when": "args.limit > 1"},
        {"verdict": "deny"},
        {"when": "args.limit > 1", "verdict": "ask", "unless": "x"},
        {"when": "args.limit > 1", "verdict": "ask", "surfaces": []},
        {"when": "args.limit > 1", "verdict": "ask", "lease": {}},
        "args.limit > 1",
    ],
)
def test_a_condition_that_cannot_be_understood_makes_its_tool_unknown(condition: object) -> None:
    """A rule that says more than Portico understands might have denied."""
    said = block(tools={"query": {"risk": "read", "conditions": [condition]}})
    rule = read(said, "x", TODAY).rules["query"]
    assert (rule.risk, rule.confirm) == (Risk.UNKNOWN, Confirm.ALWAYS)
    assert "conditions" in rule.source


DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("pins", "tools", "whole"),
    [
        (None, set(), 0),
        ({}, set(), 0),
        ({"toolsDigest": DIGEST}, set(), 1),
        ({"tools": {"run": DIGEST, "list": [DIGEST]}}, {"run", "list"}, 0),
    ],
)
def test_pins_are_read(pins: object, tools: set[str], whole: int) -> None:
    """One digest or several, of tools or of the whole list."""
    said = read({**BLOCK, "pins": pins} if pins is not None else BLOCK, "n", TODAY)
    assert (said.refusal, set(said.pins.tools), len(said.pins.whole)) == ("", tools, whole)


@pytest.mark.parametrize(
    "pins",
    [
        [],
        "x",
        {"toolDigest": DIGEST},
        {"toolsDigest": "md5:1"},
        {"toolsDigest": []},
        {"tools": [DIGEST]},
        {"tools": {"run": ""}},
        {"instructions": [DIGEST, 1]},
    ],
)
def test_pins_that_cannot_be_read_withhold_the_server(pins: object) -> None:
    """A digest that is misspelt must not look like none; the schema says so beforehand."""
    assert not VALID.is_valid({**BLOCK, "pins": pins})
    assert read({**BLOCK, "pins": pins}, "n", TODAY).refusal == "its pins cannot be read"
