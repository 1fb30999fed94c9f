"""An editor opens, changes and asks about documents over LSP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.lsp import front
from tests.ide_protocol.lsp.test_documents import Shouting
from tests.ide_protocol.test_lsp_front import ask, editor

if TYPE_CHECKING:
    from tests.ide_protocol.conftest import Client, Door

URI = "file:///x.shout"


def notify(client: Client, method: str, **params: object) -> None:
    """A notification of the editor's."""
    client.frame({"jsonrpc": "2.0", "method": f"textDocument/{method}", "params": params})


@pytest.fixture
async def client(door: Door, monkeypatch: pytest.MonkeyPatch) -> Client:
    """An editor of a hub that speaks one language."""
    monkeypatch.setattr(front, "languages", lambda *_: [Shouting()])
    return (await editor(door))[0]


async def test_an_editor_is_told_of_what_its_document_says(client: Client) -> None:
    """Opening, changing and closing each lead to the findings that stand now."""
    document: dict[str, Any] = {"uri": URI, "languageId": "shout", "version": 1, "text": "A"}
    notify(client, "didOpen", textDocument=document)
    first = await client.receive_frame()
    assert first["method"] == "textDocument/publishDiagnostics"
    assert first["params"]["version"] == 1
    named = {"uri": URI, "version": 2}
    notify(client, "didChange", textDocument=named, contentChanges=[{"text": "aBC"}])
    assert len((await client.receive_frame())["params"]["diagnostics"]) == 2
    at = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 1}}
    answer = await ask(client, "textDocument/hover", at)
    assert answer["result"] == {"contents": {"kind": "plaintext", "value": "B"}}
    notify(client, "didClose", textDocument={"uri": URI})
    assert (await client.receive_frame())["params"] == {"uri": URI, "diagnostics": []}


async def test_a_change_in_parts_is_not_followed(client: Client) -> None:
    """Nobody asked for parts; a document that came in parts is not guessed at."""
    document: dict[str, Any] = {"uri": URI, "languageId": "shout", "version": 1, "text": "A"}
    notify(client, "didOpen", textDocument=document)
    await client.receive_frame()
    place = {"line": 0, "character": 0}
    part = {"range": {"start": place, "end": place}, "text": "B"}
    notify(client, "didChange", textDocument={"uri": URI, "version": 2}, contentChanges=[part])
    assert (await client.receive_frame())["params"]["diagnostics"] == []


async def test_positions_are_utf_16_whatever_an_editor_prefers(door: Door) -> None:
    """Every client speaks UTF-16; one that would rather have another is told so."""
    client = await door.open("lsp")
    general = {"positionEncodings": ["utf-8", "utf-16"]}
    params = {"processId": None, "rootUri": None, "capabilities": {"general": general}}
    client.frame({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
    can = (await client.receive_frame())["result"]["capabilities"]
    assert can["positionEncoding"] == "utf-16"
    assert can["textDocumentSync"]["openClose"] is True
    assert can["textDocumentSync"]["change"] == 1


async def test_documents_are_looked_at_again_when_the_servers_are_others(
    door: Door, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a document says can become right or wrong without a key being pressed."""
    document: dict[str, Any] = {"uri": URI, "languageId": "shout", "version": 1, "text": "A"}
    notify(client, "didOpen", textDocument=document)
    await client.receive_frame()
    monkeypatch.setattr(Shouting, "diagnostics", lambda *_: [])
    async with asyncio.timeout(120):
        door.hub.sessions.tools_changed()
        assert (await client.receive_frame())["params"]["diagnostics"] == []
