"""What an AI client sends, well-formed or not, and what it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.mcp.front import MOST_LISTENS
from proxy.wire import LINE_LIMIT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ide_protocol.conftest import Client, Door

INITIALIZE = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "agent", "version": "1"},
}
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}

# Each is one thing a client could get wrong, with the code and the id of the answer.
MALFORMED = [
    (b"{", -32700, None),
    (b"nonsense", -32700, None),
    (b"\xff\xfe", -32700, None),
    (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"n":1e400}}', -32700, None),
    (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"n":NaN}}', -32700, None),
    (b"[" * 100_000, -32700, None),
    (b"[]", -32600, None),
    (b"7", -32600, None),
    (b'{"jsonrpc":"2.0","id":1}', -32600, 1),
    (b'{"jsonrpc":"2.0","id":1,"method":7}', -32600, 1),
    (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, None),
    (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600, None),
    (b'{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}', -32600, None),
    (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', -32602, 1),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}', -32602, 1),
    (
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":[]}}',
        -32602,
        1,
    ),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}', -32602, 1),
    (b'{"jsonrpc":"2.0","id":1,"method":"acme/unknown"}', -32601, 1),
    (b'{"jsonrpc":"2.0","id":"s","method":"tasks/get"}', -32601, "s"),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nobody_x"}}', -32602, 1),
]


@pytest.mark.parametrize(("line", "code", "identifier"), MALFORMED)
async def test_a_malformed_line_is_answered_and_the_next_works(
    door: Door, line: bytes, code: int, identifier: object
) -> None:
    """Whatever a line holds, it gets a JSON-RPC error, and the session lives."""
    client = await door.open("mcp")
    client.raw(line + b"\n")
    answer = await client.receive()
    assert (answer["error"]["code"], answer["id"]) == (code, identifier)
    assert (await client.ask("ping", identifier=2))["result"] == {}


async def test_a_line_over_the_limit_is_skipped_and_the_session_lives(door: Door) -> None:
    """The line's bytes are not held, its sender is told, and the next request works."""
    client = await door.open("mcp")
    client.raw(b'{"id":1,"x":"' + b"a" * (LINE_LIMIT + 10) + b'"}\n')
    assert "MiB" in (await client.receive())["error"]["message"]
    assert (await client.ask("ping", identifier=2))["result"] == {}


async def test_a_lone_surrogate_comes_back_as_it_was(door: Door) -> None:
    """A name that no UTF-8 can carry is still answered in valid JSON."""
    client = await door.open("mcp")
    client.raw(b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a_\\ud800"}}\n')
    assert (await client.receive())["error"]["message"].endswith("a_\ud800")


@pytest.mark.parametrize("end", [b"", b'{"jsonrpc":"2.0","id":'])
async def test_the_end_of_input_is_a_clean_end(door: Door, end: bytes) -> None:
    """A client that stops, even in the middle of a line, gets its answers and a farewell."""
    client = await door.open("mcp")
    client.raw(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n' + end)
    client.writer.write_eof()
    rest = await client.rest()
    assert b'"id":1,"result":{}' in rest
    assert rest.endswith(b"\x000\n")
    assert (b"-32700" in rest) == bool(end)


async def test_a_last_line_without_an_end_is_answered(door: Door) -> None:
    """A complete message needs no line break at the end of input."""
    client = await door.open("mcp")
    client.raw(b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
    client.writer.write_eof()
    assert b'"id":1,"result":{}' in await client.rest()


@pytest.mark.parametrize(
    ("asked", "given"), [("2025-06-18", "2025-06-18"), ("1999-01-01", "2025-11-25")]
)
async def test_initialize_speaks_the_clients_version_or_our_newest(
    door: Door, asked: str, given: str
) -> None:
    """A legacy client gets its own version where we speak it; we are called portico."""
    client = await door.open("mcp")
    answer = await client.ask("initialize", {**INITIALIZE, "protocolVersion": asked})
    assert answer["result"]["protocolVersion"] == given
    assert answer["result"]["serverInfo"]["name"] == "portico"
    assert answer["result"]["capabilities"] == {"tools": {"listChanged": True}}


async def test_a_modern_client_discovers_and_lists_without_a_handshake(door: Door) -> None:
    """Every modern result says that it is complete, private, and how long it keeps."""
    client = await door.open("mcp")
    for method in ("server/discover", "tools/list"):
        result = (await client.ask(method, {"_meta": MODERN}))["result"]
        assert (result["resultType"], result["cacheScope"]) == ("complete", "private")
        assert result["ttlMs"] > 0


async def test_an_unknown_modern_version_is_told_which_are_known(door: Door) -> None:
    """The error carries the supported versions, as the revision of 2026-07-28 wants."""
    client = await door.open("mcp")
    meta = {**MODERN, "io.modelcontextprotocol/protocolVersion": "2099-01-01"}
    error = (await client.ask("tools/list", {"_meta": meta}))["error"]
    assert (error["code"], error["data"]["supported"]) == (-32022, ["2026-07-28"])


async def test_portico_status_is_always_there_and_says_what_to_do(door: Door) -> None:
    """Without any configuration the one tool says what is missing."""
    client = await door.open("mcp")
    assert [tool["name"] for tool in (await client.ask("tools/list"))["result"]["tools"]] == [
        "portico_status"
    ]
    answer = await client.ask("tools/call", {"name": "portico_status"}, identifier=2)
    assert "portico.toml" in answer["result"]["content"][0]["text"]


async def test_a_listening_client_hears_of_changes_on_its_own_stream(door: Door) -> None:
    """A modern subscription is acknowledged, then carries its own id with each change."""
    client = await door.open("mcp")
    wanted = {"toolsListChanged": True, "promptsListChanged": True}
    listen: dict[str, Any] = {"_meta": MODERN, "notifications": wanted}
    client.send({"jsonrpc": "2.0", "id": "L", "method": "subscriptions/listen", "params": listen})
    acknowledged = await client.receive()
    assert acknowledged["params"]["notifications"] == {"toolsListChanged": True}
    door.hub.sessions.tools_changed()
    changed = await client.receive()
    assert changed["method"] == "notifications/tools/list_changed"
    assert changed["params"]["_meta"] == {"io.modelcontextprotocol/subscriptionId": "L"}


async def test_a_legacy_client_hears_of_changes_after_its_handshake(door: Door) -> None:
    """Before `initialized` nothing is sent; after it, each change once."""
    client = await door.open("mcp")
    await client.ask("initialize", INITIALIZE)
    door.hub.sessions.tools_changed()
    client.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    await client.ask("ping", identifier=2)
    door.hub.sessions.tools_changed()
    assert (await client.receive())["method"] == "notifications/tools/list_changed"


async def test_the_workspace_is_the_clients_first_root(door: Door, tmp_path: Path) -> None:
    """A client that has roots is asked for them; a named workspace stays."""
    client = await door.open("mcp")
    await client.ask("initialize", {**INITIALIZE, "capabilities": {"roots": {}}})
    client.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    asked = await client.receive()
    assert asked["method"] == "roots/list"
    roots = {"roots": [{"uri": f"file://{tmp_path}", "name": "project"}]}
    client.send({"jsonrpc": "2.0", "id": asked["id"], "result": roots})
    await client.ask("ping", identifier=2)
    assert [session.workspace for session in door.hub.sessions] == [str(tmp_path)]


async def test_a_client_has_so_many_streams_of_news_and_no_more(door: Door) -> None:
    """One over the bound is refused; when another is cancelled there is room again."""
    client = await door.open("mcp")
    listen: dict[str, Any] = {"_meta": MODERN, "notifications": {"toolsListChanged": True}}
    for number in range(MOST_LISTENS):
        client.send(
            {"jsonrpc": "2.0", "id": number, "method": "subscriptions/listen", "params": listen}
        )
        assert "error" not in await client.receive()
    refused = await client.ask("subscriptions/listen", listen, identifier=99)
    assert refused["error"]["code"] == -32600
    gone = {"requestId": 0}
    client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": gone})
    client.send({"jsonrpc": "2.0", "id": 99, "method": "subscriptions/listen", "params": listen})
    assert (await client.receive())["method"] == "notifications/subscriptions/acknowledged"


async def test_roots_are_asked_for_one_question_at_a_time(door: Door, tmp_path: Path) -> None:
    """However often a client says that they changed, and the last word is heard."""
    client = await door.open("mcp")
    await client.ask("initialize", {**INITIALIZE, "capabilities": {"roots": {}}})
    client.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    first = await client.receive()
    for _ in range(50):
        client.send({"jsonrpc": "2.0", "method": "notifications/roots/list_changed"})
    client.send({"jsonrpc": "2.0", "id": 5, "method": "ping"})
    assert (await client.receive())["id"] == 5
    client.send({"jsonrpc": "2.0", "id": first["id"], "result": {"roots": []}})
    second = await client.receive()
    assert second["method"] == "roots/list"
    roots = {"roots": [{"uri": f"file://{tmp_path}"}]}
    client.send({"jsonrpc": "2.0", "id": second["id"], "result": roots})
    await client.ask("ping", identifier=6)
    assert [session.workspace for session in door.hub.sessions] == [str(tmp_path)]


async def test_an_id_in_use_is_refused(door: Door) -> None:
    """Two requests of one id cannot both be answered, so the second is told."""
    client: Client = await door.open("mcp")
    request = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n'
    client.raw(request + request)
    assert "in use" in (await client.receive())["error"]["message"]
    assert "result" in await client.receive()
