"""A page that a legacy server wants opened before a call, told to clients of either era."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.ide_protocol.library import Library, shelves

if TYPE_CHECKING:
    from pathlib import Path

    from tests.proxy.upstream.upstream_double import Wire

META = "io.modelcontextprotocol/"
PAGE = "https://sign.example/here"
ELICITATION = {"mode": "url", "elicitationId": "e1", "url": PAGE, "message": "Sign in.", "v": 1}
ASKED = f"library asks: Sign in.\nIt wants to open a page at sign.example:\n{PAGE}"


def modern(**capabilities: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON.
    """The `_meta` of a modern client."""
    meta = {"protocolVersion": "2026-07-28", "clientCapabilities": capabilities}
    return {"_meta": {META + key: value for key, value in meta.items()}}


class Closed(Library):
    """It answers a call once its page was opened."""

    def __init__(self) -> None:
        super().__init__(legacy=True)
        self.opened = False
        self.data: Any = {"elicitations": [ELICITATION], "vendor": 2}
        self.behave = self._closed

    async def _closed(self, wire: Wire) -> None:
        if wire.seen.method != "tools/call" or self.opened:
            await self._behave(wire)
            return
        error = {"code": -32042, "message": "First sign in.", "data": self.data}
        wire.json({"jsonrpc": "2.0", "id": wire.seen.message["id"], "error": error})


ONCE_MORE = '[servers.library.rules.read]\nrisk = "write"\nconfirm = "always"\n'


@pytest.mark.parametrize("asked_first", [False, True], ids=["allowed", "approved"])
async def test_a_modern_client_is_asked_by_the_result_and_calls_again(
    tmp_path: Path, *, asked_first: bool
) -> None:
    """The page with its server's name; the call that comes back needs no second approval."""
    library = Closed()
    async with shelves(tmp_path, ONCE_MORE if asked_first else "", library=library) as door:
        client = await door.open("mcp")
        call = {"name": "library_read", "arguments": {"x": 1}}
        call |= modern(elicitation={"form": {}, "url": {}})
        wanted = (await client.ask("tools/call", call))["result"]
        if asked_first:
            yes = {"portico": {"action": "accept", "content": {"decision": "yes"}}}
            again = {"inputResponses": yes, "requestState": wanted["requestState"]}
            wanted = (await client.ask("tools/call", {**call, **again}))["result"]
        assert wanted["resultType"] == "input_required"
        params = {"mode": "url", "url": PAGE, "message": ASKED, "v": 1}
        assert wanted["inputRequests"] == {
            "page1": {"method": "elicitation/create", "params": params}
        }
        library.opened = True
        opened = {"page1": {"action": "accept"}}
        again = {"inputResponses": opened, "requestState": wanted["requestState"]}
        answer = await client.ask("tools/call", {**call, **again})
        assert answer["result"]["echo"] == {"name": "read", "arguments": {"x": 1}}
        assert library.params("tools/call") == [{"name": "read", "arguments": {"x": 1}}] * 2


async def test_a_page_that_was_not_opened_ends_the_call(tmp_path: Path) -> None:
    """The server is not bothered again, and the model is told why."""
    library = Closed()
    async with shelves(tmp_path, library=library) as door:
        client = await door.open("mcp")
        call = {"name": "library_read", **modern(elicitation={"url": {}})}
        wanted = (await client.ask("tools/call", call))["result"]
        no = {"page1": {"action": "decline"}}
        again = {"inputResponses": no, "requestState": wanted["requestState"]}
        answer = (await client.ask("tools/call", {**call, **again}))["result"]
        assert answer["isError"] is True
        assert "library wants a page opened first" in answer["content"][0]["text"]
        assert len(library.params("tools/call")) == 1


async def test_a_modern_client_that_opens_no_pages_is_told_what_it_lacks(tmp_path: Path) -> None:
    """The retired code never reaches a modern client, and a broken error is just one."""
    library = Closed()
    async with shelves(tmp_path, library=library) as door:
        client = await door.open("mcp")
        call = {"name": "library_read", **modern(elicitation={"form": {}})}
        error = (await client.ask("tools/call", call))["error"]
        assert (error["code"], error["data"]) == (
            -32021,
            {"requiredCapabilities": {"elicitation": {"url": {}}}},
        )
        broken: tuple[Any, ...] = (
            None,
            {"elicitations": [{"mode": "url"}]},
            {"elicitations": "x"},
            [],
        )
        for data in broken:
            library.data = data
            error = await client.ask("tools/call", {**call, **modern(elicitation={"url": {}})})
            assert error["error"]["code"] == -32603


async def test_a_legacy_client_gets_the_error_itself_with_the_servers_name(tmp_path: Path) -> None:
    """Ids and unknown fields are kept: the client waits for the server's word on that id."""
    library = Closed()
    async with shelves(tmp_path, library=library) as door:
        client = await door.open("mcp")
        error = (await client.ask("tools/call", {"name": "library_read"}))["error"]
        assert error == {
            "code": -32042,
            "message": "First sign in.",
            "data": {"elicitations": [{**ELICITATION, "message": ASKED}], "vendor": 2},
        }
