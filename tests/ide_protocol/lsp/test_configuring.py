"""An editor writes configuration, over LSP and against a real hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.ide_protocol.lsp.test_editing import notify
from tests.ide_protocol.test_lsp_front import ask, editor
from tests.ide_protocol.test_methods import stock

if TYPE_CHECKING:
    from tests.ide_protocol.conftest import Client, Door

OWN = "file:///people/ann/.config/portico/portico.toml"
JSON_FILES = {
    "file:///work/shop/.vscode/mcp.json": "servers",
    "file:///work/shop/.cursor/mcp.json": "mcpServers",
    "file:///work/shop/.mcp.json": "mcpServers",
    "file:///work/shop/mcp.json": "mcpServers",
}


@pytest.fixture
async def client(door: Door) -> Client:
    """An editor of a hub that offers a few servers, and whose upkeep is over."""
    client, _ = await editor(door)
    await ask(client, "portico/status")
    for errand in list(door.hub.upkeep.errands):
        errand.cancel()
    stock(door)
    return client


async def opened(client: Client, uri: str, text: str) -> list[dict[str, Any]]:
    """What is said of a document that was opened, once it is said."""
    document = {"uri": uri, "languageId": "json", "version": 1, "text": text}
    notify(client, "didOpen", textDocument=document)
    while True:
        message = await client.receive_frame()
        if message.get("method") == "textDocument/publishDiagnostics":
            found: list[dict[str, Any]] = message["params"]["diagnostics"]
            return found


def at(text: str, mark: str) -> dict[str, int]:
    """The position of the first `mark` in a text of one line."""
    return {"line": 0, "character": text.index(mark)}


@pytest.mark.parametrize(("uri", "key"), JSON_FILES.items())
async def test_a_hosts_file_has_findings_hover_completion_and_an_action(
    client: Client, uri: str, key: str
) -> None:
    """In each of the files of hosts, by LSP's own methods alone."""
    text = f'{{"{key}": {{"data": {{"url": "https://g/presto"}}, "n": 1 }}}}'
    [found] = await opened(client, uri, text)
    assert (found["code"], found["source"]) == ("bypasses-portico", "portico")
    document = {"uri": uri}
    hover = await ask(
        client, "textDocument/hover", {"textDocument": document, "position": at(text, "data")}
    )
    assert "Run by data team" in hover["result"]["contents"]["value"]
    place = at(text, '"n"')
    completion = await ask(
        client, "textDocument/completion", {"textDocument": document, "position": place}
    )
    assert [item["label"] for item in completion["result"]] == ["portico"]
    actions = await ask(
        client,
        "textDocument/codeAction",
        {"textDocument": document, "range": found["range"], "context": {"diagnostics": [found]}},
    )
    [action] = actions["result"]
    assert action["title"] == "Route through Portico"
    [edit] = action["edit"]["changes"][uri]
    assert "portico" in edit["newText"]


async def test_portico_toml_has_findings_hover_and_completion(client: Client) -> None:
    """What Portico refuses, what a key does, which servers there are."""
    text = 'profiles.x = { servers = ["pres"], workspaces = ["~/w"], colour = 1 }'
    found = await opened(client, OWN, text)
    assert {one["code"] for one in found} == {"configuration-invalid", "unknown-server"}
    place = {"textDocument": {"uri": OWN}, "position": at(text, "workspaces")}
    hover = await ask(client, "textDocument/hover", place)
    assert "what is inside them counts too" in hover["result"]["contents"]["value"]
    place = {"textDocument": {"uri": OWN}, "position": at(text, 's"]')}
    completion = await ask(client, "textDocument/completion", place)
    assert [item["label"] for item in completion["result"]] == ["ads", "down", "presto"]


async def test_a_hidden_server_is_not_given_away_by_the_language(client: Client) -> None:
    """Neither by its name nor by its address: it is one that there is not."""
    text = 'profiles.x = { servers = ["hidden"], workspaces = ["~/w"] }'
    [found] = await opened(client, OWN, text)
    assert found["message"] == 'Portico knows no server "hidden".'
    entry = '{"mcpServers": {"a": {"url": "https://g/hidden", "headers": {"token": "abcdef"}}}}'
    said = await opened(client, "file:///work/.mcp.json", entry)
    assert [one["code"] for one in said] == ["secret-in-plain-text"]
    params = {"textDocument": {"uri": "file:///work/.mcp.json"}, "position": at(entry, "a")}
    assert (await ask(client, "textDocument/hover", params))["result"] is None


async def test_findings_follow_what_is_known(door: Door, client: Client) -> None:
    """When the servers are others, what is said of an open document is other, too."""
    text = 'profiles.x = { servers = ["presto"], workspaces = ["~/w"], c = 1 }'
    [_] = await opened(client, OWN, text)
    door.hub.catalog.adopt({}, identity_key="anonymous", revision="2", groups=frozenset())
    stock(door)
    offerings = dict(door.hub.catalog.offerings)
    del offerings["presto"]
    door.hub.catalog.adopt(offerings, identity_key="anonymous", revision="3", groups=frozenset())
    while True:
        message = await client.receive_frame()
        codes = [one["code"] for one in message["params"].get("diagnostics", ())]
        if "unknown-server" in codes:
            break
