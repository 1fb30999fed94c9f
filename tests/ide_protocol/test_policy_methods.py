"""Policies in a whole hub: what windows list, what calls meet, and what is explained of both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from ide_protocol.own import contract
from proxy.policy.circumstances import Context
from proxy.policy.joining import under
from proxy.policy.offering import Offering, Owner, Standing, ToolRule
from proxy.policy.risk import Risk
from tests.docs.page import read
from tests.ide_protocol.test_lsp_protocol_page import misfit

if TYPE_CHECKING:
    from tests.ide_protocol.conftest import Client, Door

TOOLS: list[dict[str, Any]] = [
    {"name": "read", "annotations": {"readOnlyHint": True}},
    {"name": "run_query"},
    {"name": "drop_table", "annotations": {"destructiveHint": True}},
]
SALES = Context(remotes=("git.corp.example/data/*",))


def stock(door: Door) -> None:
    """A server with three tools, of which one is for some workspaces alone, and a hidden one."""
    rules = {
        "read": ToolRule(Risk.READ, source="registry read"),
        "run_query": ToolRule(Risk.READ, context=SALES, source="registry run_query"),
    }
    offered = {
        "presto": Offering(
            "presto", "a.b/presto", "Presto", "https://g/p", owner=Owner("data"), rules=rules
        ),
        "hidden": Offering(
            "hidden", "a.b/hidden", "Hidden", "https://g/h", standing=Standing.HIDDEN
        ),
    }
    hub = door.hub
    hub.catalog.adopt(
        {name: under(hub.policy, offering) for name, offering in offered.items()},
        identity_key="anonymous",
        revision="1",
        groups=frozenset(),
    )
    hub.catalog._shelves["presto"].succeeded(TOOLS, 1.0)
    hub.catalog._rebuild()


def write(door: Door, text: str) -> None:
    """Put a company's policy in its place."""
    file = Path(door.hub.company_policy.path)
    file.parent.mkdir(mode=0o755, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o644)


def manage(door: Door, text: str) -> None:
    """Put a company's policy in its place, and take it, as the upkeep would."""
    write(door, text)
    assert door.hub.company_policy.look()
    stock(door)


async def settled(door: Door, role: str = "cli", **words: Any) -> Client:  # noqa: ANN401
    """A window in a hub with that server, whose upkeep is over."""
    client = await door.open(role, **words)
    if role == "cli":
        await client.ask(contract.STATUS)
    else:
        await client.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}})
    await door.hub.loaded()
    for errand in list(door.hub.upkeep.errands):
        errand.cancel()
    stock(door)
    return client


def repository(folder: Path, url: str) -> str:
    """A folder with a git remote."""
    (folder / ".git").mkdir(parents=True)
    remote(folder, url)
    return str(folder)


def remote(folder: Path, url: str) -> None:
    """Give the repository in a folder a remote."""
    (folder / ".git" / "config").write_text(f'[remote "origin"]\nurl = {url}\n', encoding="utf-8")


async def test_each_window_lists_what_its_workspace_may_see(door: Door, tmp_path: Path) -> None:
    """A tool for some workspaces is in their windows' lists, and in nobody else's."""
    sales = repository(tmp_path / "sales", "git@git.corp.example:data/sales.git")
    site = repository(tmp_path / "site", "git@git.corp.example:web/site.git")
    listed = {}
    for folder in (sales, site, None):
        window = await settled(door, "mcp", workspace=folder)
        answer = await window.ask("tools/list", identifier=2)
        listed[folder] = {tool["name"] for tool in answer["result"]["tools"]} - {"portico_status"}
    assert listed[sales] == {"presto_read", "presto_run_query", "presto_drop_table"}
    assert listed[site] == listed[None] == {"presto_read", "presto_drop_table"}
    nowhere = await settled(door, "mcp")
    refused = await nowhere.ask(
        "tools/call", {"name": "presto_run_query", "arguments": {}}, identifier=3
    )
    said = refused["result"]["content"][0]["text"]
    assert "for workspaces with the git remote git.corp.example/data/*" in said
    assert "[denied-by-policy]" in said


async def test_a_remote_that_comes_later_changes_nothing_in_an_open_window(
    door: Door, tmp_path: Path
) -> None:
    """What runs in a workspace cannot give itself a remote between two calls."""
    folder = repository(tmp_path / "site", "git@git.corp.example:web/site.git")
    window = await settled(door, "mcp", workspace=folder)
    await window.ask("tools/list", identifier=2)
    remote(tmp_path / "site", "git@git.corp.example:data/sales.git")
    answer = await window.ask("tools/list", identifier=3)
    assert "presto_run_query" not in {tool["name"] for tool in answer["result"]["tools"]}


async def test_a_broken_company_policy_denies_everything_and_says_so(door: Door) -> None:
    """Nothing is listed, a call is told why, and the status names file and line."""
    window = await settled(door, "mcp")
    manage(door, '[rules.r]\nverdict = "perhaps"\n')
    answer = await window.ask("tools/list", identifier=2)
    assert {tool["name"] for tool in answer["result"]["tools"]} == {"portico_status"}
    refused = await window.ask("tools/call", {"name": "presto_read", "arguments": {}}, identifier=3)
    said = refused["result"]["content"][0]["text"]
    assert "policy.toml:2: rules.r.verdict" in said
    assert "administrator" in said
    status = await (await door.open("cli")).ask(contract.STATUS)
    assert [one["reference"] for one in status["result"]["problems"]] == ["policy-unusable"]


@pytest.mark.parametrize("method", ["tools/list", "tools/call"])
async def test_another_policy_holds_for_the_next_list_and_call(door: Door, method: str) -> None:
    """An administrator's file needs no restart, and nobody to tell the hub of it."""
    window = await settled(door, "mcp")
    write(door, '[rules.no]\nverdict = "deny"\nreason = "Not today"\n')
    named = {"name": "presto_read", "arguments": {}} if method == "tools/call" else {}
    await window.ask(method, named, identifier=2)
    assert [rule.source for rule in door.hub.policy.rules] == ["policy.toml:1 rules.no"]


async def test_an_explanation_shows_the_way_and_asks_nobody(door: Door) -> None:
    """Steps, rule, risk, surfaces and the prompt; the audit and the desk hear nothing of it."""
    person = await settled(door)
    manage(
        door, '[rules.big]\nverdict = "ask"\nwhen = "args.limit > 10"\nrisk = "sensitive-read"\n'
    )
    asked = {"server": "presto", "tool": "read", "arguments": {"limit": 11}}
    found = (await person.ask(contract.EXPLAIN, asked))["result"]
    assert misfit(found, contract.Weighing) is None
    assert (found["verdict"], found["risk"]) == ("ask", "sensitive-read")
    assert found["rule"] == "policy.toml:1 rules.big"
    assert found["reason"] == "Your company's policy asks about this call: args.limit > 10 is true."
    assert [step["name"] for step in found["steps"]] == [
        *("standing", "policy", "filter", "groups", "context", "tool", "rule", "surfaces"),
    ]
    assert "SENSITIVE-READ" in found["prompt"]
    assert '"limit":11' in found["prompt"].replace(" ", "")
    assert door.hub.desk.questions() == []
    few = (await person.ask(contract.EXPLAIN, {**asked, "arguments": {"limit": 1}}))["result"]
    assert (few["verdict"], few["prompt"]) == ("allow", "")
    unknown = (await person.ask(contract.EXPLAIN, {"server": "presto", "tool": "read"}))["result"]
    assert (unknown["verdict"], unknown["open"]) == ("allow", True)


async def test_an_explanation_is_for_the_workspace_that_is_named(
    door: Door, tmp_path: Path
) -> None:
    """The same call is judged as if it came from a window there."""
    person = await settled(door)
    sales = repository(tmp_path / "sales", "https://git.corp.example/data/sales")
    asked = {"server": "presto", "tool": "run_query"}
    there = (await person.ask(contract.EXPLAIN, {**asked, "workspace": sales}))["result"]
    elsewhere = (await person.ask(contract.EXPLAIN, {**asked, "workspace": str(tmp_path)}))[
        "result"
    ]
    assert (there["verdict"], elsewhere["verdict"]) == ("allow", "deny")
    assert there["workspace"]["remotes"] == ["git.corp.example/data/sales"]
    assert elsewhere["steps"][-1]["name"] == "context"


@pytest.mark.parametrize("method", [contract.EXPLAIN, contract.DRAFT])
async def test_what_is_hidden_is_not_explained(door: Door, method: str) -> None:
    """It answers like a name that does not exist."""
    person = await settled(door)
    hidden, unknown = [
        json.dumps(await person.ask(method, {"server": server, "tool": "read"}))
        for server in ("hidden", "nobody")
    ]
    assert hidden.replace("hidden", "nobody") == unknown
    assert "unknown-tool" in unknown


async def test_a_draft_is_a_block_that_the_schema_takes(door: Door) -> None:
    """Every tool has a rule by what it says of itself, and nobody is offered the server yet."""
    person = await settled(door)
    found = (await person.ask(contract.DRAFT, {"server": "presto"}))["result"]
    block = found["governance"]
    Draft202012Validator(json.loads(read("docs/governance.schema.json"))).validate(block)
    assert {tool: rule["risk"] for tool, rule in block["tools"].items()} == {
        "read": "read",
        "run_query": "unknown",
        "drop_table": "destructive",
        "*": "unknown",
    }
    assert {review["state"] for review in block["reviews"].values()} == {"pending"}
    assert any("unknown" in sentence for sentence in found["notes"])
