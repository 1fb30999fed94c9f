"""What becomes of the servers of a host's file when Portico takes them over."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from ide_protocol.lsp.configuration.host_file import entries, holders, stated
from ide_protocol.lsp.configuration.knowledge import Knowledge
from ide_protocol.lsp.configuration.takeover import Fate, plan
from tests.ide_protocol.lsp.configuration.conftest import KNOWLEDGE

if TYPE_CHECKING:
    from collections.abc import Collection

    from ide_protocol.lsp.configuration.takeover import Item

NOBODY = Knowledge()
FILE = """// as a team shares it
{
  "mcpServers": {
    "portico": { "command": "portico", "args": ["mcp"] },
    "Git Hub": {
      "command": "uvx", "args": ["mcp-github"],
      "env": { "GITHUB_TOKEN": "ghp_0123456789abcdefghij", "LOG": "info" },
    },
    "asked": { "command": "uvx", "args": ["x"], "env": { "API_KEY": "${input:key}" } },
    "data": { "url": "https://mcp.corp.example/presto/mcp" },
    "wiki": { "url": "https://mcp.corp.example/wiki/mcp" },
    "elsewhere": { "url": "https://mcp.somewhere.example/mcp" },
    "folder": { "command": "uvx", "args": ["${workspaceFolder}/server.py"] },
    "spilled": { "command": "uvx", "args": ["--token", "geheim"] },
    "absent": { "command": "nowhere" },
  },
}
"""


def find(word: str) -> str | None:
    """Every program is in one folder, but one that is nowhere."""
    return None if word == "nowhere" else f"/usr/bin/{word.rpartition('/')[2]}"


def planned(
    text: str, own: str = "", knowledge: Knowledge = KNOWLEDGE, kept: Collection[str] = ()
) -> dict[str, Item]:
    """What becomes of each server, by the host's name for it."""
    said = stated(text)
    found = [one for holder in holders(said) for one in entries(said, holder)]
    items = plan(found, own, "/people/portico.toml", knowledge, find, kept=kept)
    return {one.name: one for one in items}


def test_each_server_has_its_own_fate() -> None:
    """Programs are taken; what is approved is there; what is not stays, with the reason."""
    found = planned(FILE)
    assert {name: (one.fate, one.server) for name, one in found.items()} == {
        "portico": (Fate.PORTICO, ""),
        "Git Hub": (Fate.TAKEN, "git-hub"),
        "asked": (Fate.TAKEN, "asked"),
        "data": (Fate.APPROVED, "presto"),
        "wiki": (Fate.LEFT, ""),
        "elsewhere": (Fate.LEFT, ""),
        "folder": (Fate.LEFT, ""),
        "spilled": (Fate.LEFT, ""),
        "absent": (Fate.LEFT, ""),
    }
    assert found["wiki"].reason == "Wiki is not offered to you. Its review has expired."
    assert found["elsewhere"].reason == "Example Corp has not approved it."
    assert "${workspaceFolder}" in found["folder"].reason


def test_a_secret_is_named_in_the_file_and_kept_elsewhere() -> None:
    """No value of a secret is in what is written, nor in what is printed of it."""
    found = planned(FILE)["Git Hub"]
    assert tomllib.loads(found.toml) == {
        "servers": {
            "git-hub": {
                "command": ["/usr/bin/uvx", "mcp-github"],
                "env": {"GITHUB_TOKEN": "keyring:git-hub/GITHUB_TOKEN", "LOG": "info"},
            }
        }
    }
    assert found.secrets == {"git-hub/GITHUB_TOKEN": "ghp_0123456789abcdefghij"}
    assert "ghp_" not in repr(found)


def test_what_the_host_would_have_asked_for_is_still_to_do() -> None:
    """The reference is written, and the person is told what to keep under it."""
    found = planned(FILE)["asked"]
    assert found.missing == ("asked/API_KEY",)
    assert found.reason == "Still to do: portico secrets set asked/API_KEY"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"command": "x", "env": {"A": "keyring:github/TOKEN"}}, "a secret of yours"),
        ({"url": "https://a.example/mcp", "headers": {"X": "keyring:github/TOKEN"}}, "of yours"),
        ({"command": "x", "env": {"TOKEN": "${input:token}"}}, "portico secrets forget"),
        ({"command": "x", "env": {"TOKEN": "geheim-geheim"}}, "portico secrets forget"),
    ],
    ids=str,
)
def test_a_file_gives_no_server_a_secret_that_it_did_not_bring(
    entry: dict[str, object], why: str
) -> None:
    """Whoever wrote the file would else have another server's secret sent to their own."""
    said = {"mcpServers": {"github": entry}}
    found = planned(json.dumps(said), knowledge=NOBODY, kept=["github/TOKEN"])["github"]
    assert found.fate is Fate.LEFT
    assert why in found.reason
    assert not found.toml


def test_taking_over_twice_changes_nothing() -> None:
    """What stands there already is recognised, also under the name that it got."""
    once = planned(FILE)
    own = "".join(one.toml for one in once.values())
    again = planned(FILE, own)
    assert {one.fate for one in again.values()} == {
        *(Fate.PORTICO, Fate.THERE, Fate.APPROVED, Fate.LEFT)
    }
    assert "".join(one.toml for one in again.values()) == ""


def test_a_name_that_is_taken_is_another_server_s() -> None:
    """A program called as a server of the company gets a name of its own, once."""
    text = '{"servers": {"presto": {"command": "uvx", "args": ["presto"]}}}'
    taken = planned(text)["presto"]
    assert taken.fate is Fate.TAKEN
    assert taken.server.startswith("presto-")
    assert planned(text, taken.toml)["presto"].fate is Fate.THERE


def test_without_a_company_addresses_are_taken_over() -> None:
    """There is nobody who would have to approve them."""
    text = '{"servers": {"a": {"url": "https://a.example/mcp"}, "b": {"url": "http://b.example"}}}'
    found = planned(text, knowledge=NOBODY)
    assert tomllib.loads(found["a"].toml) == {"servers": {"a": {"url": "https://a.example/mcp"}}}
    assert found["b"].fate is Fate.LEFT
    assert "must start with https://" in found["b"].reason
    assert planned(text, found["a"].toml, NOBODY)["a"].fate is Fate.THERE


def test_a_key_in_a_header_goes_to_the_keyring() -> None:
    """With its scheme, as the whole value; headers that are no secret stay as they are."""
    headers = {"Authorization": "Bearer geheim-geheim", "X-Team": "data"}
    text = json.dumps({"mcpServers": {"a": {"url": "https://a.example", "headers": headers}}})
    found = planned(text, knowledge=NOBODY)["a"]
    assert tomllib.loads(found.toml)["servers"]["a"]["headers"] == {
        "Authorization": "keyring:a/Authorization",
        "X-Team": "data",
    }
    assert found.secrets == {"a/Authorization": "Bearer geheim-geheim"}


def test_a_company_whose_registry_was_not_read_is_asked_first() -> None:
    """Nobody knows yet whether it approves."""
    knowledge = Knowledge(company="Example Corp")
    found = planned('{"servers": {"a": {"url": "https://a.example/mcp"}}}', "", knowledge)["a"]
    assert found.reason == "The registry of Example Corp has not been read yet; sign in first."


def test_a_program_beside_its_interpreter_finds_it() -> None:
    """Where a program is not on the hub's own path, what it starts by name is looked for there."""
    said = stated('{"servers": {"a": {"command": "/opt/node/bin/npx"}}}')
    found = [one for holder in holders(said) for one in entries(said, holder)]
    [item] = plan(found, "", "/people/portico.toml", NOBODY, lambda word: word)
    env = tomllib.loads(item.toml)["servers"]["a"]["env"]
    assert env == {"PATH": "/opt/node/bin:/usr/local/bin:/usr/bin:/bin"}


def test_what_is_written_is_seen_and_says_what_the_host_said() -> None:
    """Whatever stands in a variable, also what no editor shows."""
    odd = "a\u202eb\x7f\U0001f600\t\"'\\"
    text = json.dumps({"servers": {"a": {"command": "uvx", "env": {"ODD": odd}}}})
    toml = planned(text)["a"].toml
    assert tomllib.loads(toml)["servers"]["a"]["env"] == {"ODD": odd}
    assert all(line.isprintable() for line in toml.splitlines())


def test_a_host_s_toml_is_taken_over_too() -> None:
    """As Codex keeps it."""
    text = '[mcp_servers.clock]\ncommand = "uvx"\nargs = ["mcp-server-time"]\n'
    assert planned(text)["clock"].fate is Fate.TAKEN


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"servers": 3}', '{"servers": {"a": 3}}', "{{"])
def test_a_file_without_servers_has_none(text: str) -> None:
    """Whatever else it holds."""
    assert planned(text) == {}
