"""docs/policy.md: its examples lead to what it says they lead to."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from proxy.configuration.company_policy import MANAGED
from proxy.configuration.expectations import load_expectations
from proxy.configuration.vocabulary import KEYS
from proxy.policy.gate import GATES
from proxy.policy.risk import Risk
from proxy.policy.strength import LEAST, ORDER
from proxy.registry.rehearsal import rehearse
from tests.docs.page import fences, read, rows, section

if TYPE_CHECKING:
    from pathlib import Path

PAGE = read("docs/policy.md")


def example(first: str) -> str:
    """The example of a file that begins with this line."""
    [found] = [text for text in fences(PAGE, "toml") if text.startswith(first)]
    return found


def test_the_expectations_of_the_page_are_met_by_its_policy(tmp_path: Path) -> None:
    """The policy of this page and the block of docs/registry.md lead to the verdicts told here."""
    [entry] = [
        json.loads(text) for text in fences(read("docs/registry.md"), "json") if '"_meta"' in text
    ]
    governance = entry["_meta"]["com.example.corp/governance"]
    (tmp_path / "policy.toml").write_text(example("# policy.toml"), encoding="utf-8")
    (tmp_path / "presto.json").write_text(json.dumps(governance), encoding="utf-8")
    file = tmp_path / "expectations.toml"
    file.write_text(example("# expectations.toml"), encoding="utf-8")
    outcomes = rehearse(load_expectations(str(file)), dt.date(2026, 6, 1))
    assert len(outcomes) == 4
    assert [(one.expectation.name, one.wrong) for one in outcomes if one.wrong] == []


def test_the_page_tells_the_steps_in_their_order() -> None:
    """The gates first, as the code has them, then what is weighed."""
    names = [name for name, _, _ in GATES]
    told = section(PAGE, "Who says something")
    places = [told.find(f". **{name}**: ") for name in (*names, "tool", "rule", "surfaces")]
    assert -1 not in places
    assert places == sorted(places)


def test_the_page_names_the_place_of_the_file_and_the_order_of_surfaces() -> None:
    """Where an administrator puts it, and what is strongest, stand on the page as in the code."""
    places = [row[1].strip("`") for row in rows(section(PAGE, "The company's policy")) if row]
    assert MANAGED in places
    strength = section(PAGE, "Where a yes counts")
    assert ", ".join(f"`{kind}`" for kind in ORDER) in strength
    assert f"A destructive call needs `{LEAST[Risk.DESTRUCTIVE]}` or stronger" in strength
    assert {LEAST[risk] for risk in Risk if risk is not Risk.DESTRUCTIVE} == {ORDER[-1]}


def test_the_page_explains_every_key_of_a_file_of_expectations() -> None:
    """In the order and under the names by which the reader knows them."""
    told = [
        (row[0].strip("`"), row[1]) for row in rows(PAGE.split("## Before it is rolled out")[1])
    ]
    kinds = {kind: keys for kind, keys in KEYS.items() if kind.startswith("expectations")}
    top, server, call = kinds.values()
    named = {
        "policy": top["policy"],
        "servers": top["servers"],
        **{f"servers.NAME.{name}": key for name, key in server.items()},
        "expect": top["expect"],
        **{f"expect.NAME.{name}": key for name, key in call.items()},
    }
    assert told == [(name, key.meaning) for name, key in named.items()]
