"""What the editor says of files in which hosts keep their servers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editors.install.clients import CLIENTS
from ide_protocol.lsp.configuration.finding import Severity
from ide_protocol.lsp.configuration.host_file import host_file
from ide_protocol.lsp.configuration.knowledge import Knowledge
from tests.ide_protocol.lsp.configuration.conftest import URL, Around, Editor, applied

if TYPE_CHECKING:
    from collections.abc import Iterator

VSCODE = "file:///work/shop/.vscode/mcp.json"
CURSOR = "file:///work/shop/.cursor/mcp.json"
CLAUDE = "file:///work/shop/.mcp.json"
ANY = "file:///work/shop/mcp.json"
CODEX = "file:///work/shop/.codex/config.toml"

DIRECT = """{
  // ours
  "servers": {
    "data": { "type": "http", "url": "https://mcp.corp.example/presto/mcp" }, // the warehouse
    "own": { "command": "uvx", "args": ["mcp-server-time"] },
  },
}
"""


def rows() -> Iterator[str]:
    """The address of every file of every host in which servers stand."""
    for client in CLIENTS:
        places = [client.project, *client.user.values()]
        for path in {place.path for place in places if place is not None and len(place.keys) > 1}:
            yield path.replace("~", "file:///people/ann").replace("%APPDATA%", "file:///C:/roaming")


@pytest.mark.parametrize("path", sorted(rows()))
def test_every_file_that_install_writes_is_spoken(path: str) -> None:
    """The table of hosts is one: whoever adds a host there has it here."""
    path = path.replace("%LOCALAPPDATA%", "file:///C:/local")
    uri = path if path.startswith("file:") else f"file:///work/shop/{path}"
    assert host_file(uri.replace(" ", "%20")) is not None


def test_other_files_are_not_spoken() -> None:
    """A file of settings is a host's only where its host keeps it."""
    for uri in ("file:///work/settings.json", "file:///work/package.json", "untitled:Untitled-1"):
        assert not Editor(Around()).language.speaks(uri)


def test_what_leads_past_portico_is_said_where_it_stands(editor: Editor) -> None:
    """An approved server by its own address, and a program that nobody asks about."""
    assert editor.marks(VSCODE, DIRECT) == [
        ("bypasses-portico", f'"{URL}"'),
        ("program-past-portico", '"uvx"'),
    ]
    [direct, _] = editor.findings(VSCODE, DIRECT)
    assert "Presto is served by Portico already, as presto." in direct["message"]


def test_a_server_that_is_not_approved_or_not_offered_is_said(editor: Editor) -> None:
    """Each with what is known of it."""
    text = json.dumps(
        {
            "mcpServers": {
                "a": {"url": "https://mcp.somewhere.example/mcp"},
                "b": {"url": "https://mcp.corp.example/other/mcp"},
                "c": {"serverUrl": "https://MCP.corp.example/wiki/mcp/"},
            }
        }
    )
    said = [one["message"] for one in editor.findings(CURSOR, text)]
    assert said == [
        "Example Corp has not approved this server; nobody has reviewed it.",
        (
            "Example Corp has not approved this server, though it is at one of its own addresses; "
            "nobody has reviewed it."
        ),
        "Wiki is not offered to you. Its review has expired.",
    ]


def test_without_a_company_nobody_approves_anything() -> None:
    """Where there is no registry, an address is not said to be missing from it."""
    text = '{"mcpServers": {"a": {"url": "https://mcp.somewhere.example/mcp"}}}'
    assert Editor(Around(Knowledge())).findings(CURSOR, text) == []


@pytest.mark.parametrize(
    ("entry", "marked"),
    [
        ({"url": "https://x.example/mcp", "headers": {"Authorization": "Bearer abc.def"}}, 1),
        ({"url": "https://x.example/mcp", "headers": {"X-Api-Key": "${input:key}"}}, 0),
        ({"url": "https://x.example/mcp?api_key=geheim", "headers": {"X-Team": "data"}}, 1),
        ({"command": "x", "env": {"GITHUB_TOKEN": "ghp_0123456789abcdefghij"}}, 1),
        ({"command": "x", "env": {"NOTES": "ghp_0123456789abcdefghij"}}, 1),
        ({"command": "x", "env": {"GITHUB_TOKEN": "${env:GITHUB_TOKEN}", "MAX_TOKENS": "4096"}}, 0),
        ({"command": "x", "env": {"CREDENTIALS": "/people/ann/key.json", "TOKEN": ""}}, 0),
        ({"command": "x", "args": ["--api-key", "geheim", "--verbose"]}, 1),
        ({"command": "x", "args": ["--api-key=geheim"]}, 1),
        ({"command": "x", "args": ["--token", "${input:token}"]}, 0),
        ({"type": "local", "command": ["x", "--token", "geheim"], "environment": {}}, 1),
    ],
)
def test_a_secret_in_plain_text_is_said_and_a_reference_is_not(
    editor: Editor, entry: object, marked: int
) -> None:
    """By the name of what holds it, or by the shape that its issuer gave it."""
    found = editor.marks(CLAUDE, json.dumps({"mcpServers": {"a": entry}}))
    secrets = [text for code, text in found if code == "secret-in-plain-text"]
    assert len(secrets) == marked
    assert all(one.startswith('"') for one in secrets)


def test_names_in_portico_s_own_entry_are_held_against_what_there_is(editor: Editor) -> None:
    """Servers that it is told to show, and tools that a host lists."""
    entry = {
        "command": "/opt/portico/bin/portico",
        "args": ["mcp", "--only", "presto,prest"],
        "alwaysAllow": ["presto_run_query", "run_query", "presto_run_querry", "*"],
    }
    found = editor.findings(CURSOR, json.dumps({"mcpServers": {"portico": entry}}))
    assert [(one["code"], one["message"]) for one in found] == [
        ("tool-has-another-name", "Through Portico this tool is called presto_run_query."),
        (
            "tool-not-found",
            'Portico offers no tool "presto_run_querry" now; did you mean "presto_run_query"?',
        ),
        ("unknown-server", 'Portico knows no server "prest"; did you mean "presto"?'),
    ]


def test_a_name_that_makes_tools_too_long_for_models_is_said(editor: Editor) -> None:
    """Hosts put the entry's name in front of each tool's."""
    name = "the-warehouse-of-the-whole-of-example-corp-and-more"
    [long] = [
        one
        for one in editor.findings(CURSOR, json.dumps({"mcpServers": {name: {"url": URL}}}))
        if one["code"] == "name-too-long"
    ]
    assert f"mcp__{name}__TOOL" in long["message"]
    assert long["severity"] == Severity.WARNING


def test_routing_through_portico_keeps_everything_else_as_it_stands(editor: Editor) -> None:
    """The entry goes, Portico's own comes, comments and layout stay."""
    before = DIRECT.replace("presto/mcp", "presto|/mcp")
    [action] = editor.actions(VSCODE, before)
    assert action["title"] == "Route through Portico"
    after = applied(DIRECT, action, VSCODE)
    assert "// ours" in after
    assert "mcp.corp.example" not in after
    assert '"own": { "command": "uvx", "args": ["mcp-server-time"] },' in after
    assert editor.marks(VSCODE, after) == [("program-past-portico", '"uvx"')]
    assert '"portico": {' in after


def test_routing_twice_leaves_one_entry_of_portico(editor: Editor) -> None:
    """Where Portico is there already, the entry past it just goes."""
    text = (
        '{"mcpServers": {"portico": {"command": "portico", "args": ["mcp"]}, '
        '"data": {"url": "https://mcp.corp.example/presto/mcp"}}}'
    )
    [action] = editor.actions(CURSOR, text.replace('"data": {"url', '"data": {"u|rl'))
    after = json.loads(applied(text, action, CURSOR))
    assert after == {"mcpServers": {"portico": {"command": "portico", "args": ["mcp"]}}}


def test_a_host_s_toml_is_spoken_as_its_json_is(editor: Editor) -> None:
    """Findings and routing know both."""
    text = 'model = "x"\n\n[mcp_servers.data]\nurl = "https://mcp.corp.example/presto/mcp"\n'
    assert editor.marks(CODEX, text) == [("bypasses-portico", f'"{URL}"')]
    [action] = editor.actions(CODEX, text.replace("url =", "u|rl ="))
    after = applied(text, action, CODEX)
    assert after.startswith('model = "x"\n')
    assert 'command = "portico"' in after
    assert "presto" not in after


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ('{"mcpServers": {|}}', ["portico"]),
        ('{"mcpServers": {"po|', ["portico"]),
        ('{"mcpServers": {"portico": {"command": "portico", "args": ["mcp"]}, |', []),
        (
            '{"mcpServers": {"portico": {"command": "portico", "args": ["mcp", "--only", "|"]}}}',
            ["presto", "wiki"],
        ),
        (
            (
                '{"mcpServers": {"portico": {"command": "portico", "args": ["mcp"], '
                '"alwaysAllow": ["pre|"]}}}'
            ),
            ["presto_run_query", "presto_drop_table"],
        ),
        (
            (
                '{"mcpServers": {"data": {"url": "https://mcp.corp.example/presto/mcp", '
                '"disabledTools": [|'
            ),
            ["run_query", "drop_table"],
        ),
        ('{"mcpServers": {"x": {"command": "|"}}}', []),
    ],
)
def test_completion_knows_the_catalog(editor: Editor, text: str, labels: list[str]) -> None:
    """Portico's entry where it is missing; servers and tools where they are named."""
    assert editor.labels(CURSOR, text) == labels


def test_a_completion_takes_the_place_of_what_is_typed(editor: Editor) -> None:
    """Also of the quote that the editor closed by itself."""
    text = '{"mcpServers": {"portico": {"command": "portico", "args": ["mcp"], "tools": ["pre|"]}}}'
    item = editor.completion(CURSOR, text)[0]
    edit = item["textEdit"]
    start = text.index('"pre|')
    assert edit["newText"] == '"presto_run_query"'
    assert edit["range"]["start"]["character"] == start
    assert edit["range"]["end"]["character"] == start + len('"pre"')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"servers": {"da|ta": {"url": "https://mcp.corp.example/presto/mcp"}}}', "data-platform"),
        ('{"servers": {"data": {"url": "https://mcp.corp|.example/presto/mcp"}}}', "2 tools"),
        ('{"servers": {"portico": {"command": "portico", "args": ["m|cp"]}}}', ""),
        ('{"servers": {"por|tico": {"command": "portico", "args": ["mcp"]}}}', "One door to 1"),
        (
            (
                '{"servers": {"portico": {"command": "portico", "args": ["mcp"], '
                '"tools": ["presto_run_|query"]}}}'
            ),
            "**run_query** of presto",
        ),
        ('{"servers": {"x": {"url": "https://else|where.example/mcp"}}}', ""),
    ],
)
async def test_hover_says_whose_it_is(editor: Editor, text: str, said: str) -> None:
    """The server behind an address, the tool behind a name."""
    found = await editor.hover(VSCODE, text)
    assert said in found
    assert bool(found) is bool(said)


async def test_hover_counts_risks(editor: Editor) -> None:
    """Owner, state and how many tools of each risk."""
    text = '{"servers": {"da|ta": {"url": "https://mcp.corp.example/presto/mcp"}}}'
    assert "2 tools: 1 read, 1 destructive." in await editor.hover(VSCODE, text)


def test_positions_are_in_utf16(editor: Editor) -> None:
    """A character beyond the basic plane counts twice, as editors count."""
    text = '{"mcpServers": {"\U0001f600": {"url": "https://mcp.corp.example/presto/mcp"}}}'
    [found] = editor.findings(CURSOR, text)
    assert found["range"]["start"]["character"] == text.index(f'"{URL}"') + 1


# No deadline: how fast this machine is has no say in what is right.
@settings(deadline=None)
@given(st.integers(0, len(DIRECT)), st.sampled_from([VSCODE, CURSOR, CLAUDE, ANY, CODEX]))
def test_a_half_written_document_is_borne(end: int, uri: str) -> None:
    """Any beginning of a document has findings, completion and actions, and no exception."""
    editor = Editor(Around())
    text = DIRECT[:end]
    editor.findings(uri, text)
    editor.completion(uri, f"{text}|")
    editor.actions(uri, f"{text}|")
