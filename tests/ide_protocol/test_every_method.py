"""Every method of both eras, from a client through a whole hub to servers of either era."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.ide_protocol.library import CAPABILITIES, Library, shelves

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ide_protocol.conftest import Client

META = "io.modelcontextprotocol/"
MODERN: dict[str, Any] = {
    "_meta": {f"{META}protocolVersion": "2026-07-28", f"{META}clientCapabilities": {}}
}
HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "agent", "version": "1"},
}
ERAS = [pytest.param(True, id="legacy"), pytest.param(False, id="modern")]


async def initialized(client: Client) -> dict[str, Any]:
    """Shake hands; what Portico can."""
    answer = await client.ask("initialize", HELLO, identifier=900)
    client.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    capabilities: dict[str, Any] = answer["result"]["capabilities"]
    return capabilities


async def news(client: Client, method: str) -> dict[str, Any]:
    """The params of the next notification of a method."""
    while True:
        message = await client.receive()
        if message.get("method") == method:
            params: dict[str, Any] = message.get("params", {})
            return params


@pytest.mark.parametrize("server_legacy", ERAS)
@pytest.mark.parametrize("client_legacy", ERAS)
async def test_every_list_is_there_under_public_names_and_every_name_leads_back(
    tmp_path: Path, *, server_legacy: bool, client_legacy: bool
) -> None:
    """Prompts like tools, URIs verbatim, unknown fields kept, in all four pairs of eras."""
    library = Library(legacy=server_legacy)
    extra = {} if client_legacy else MODERN
    async with shelves(tmp_path, library=library) as door:
        client = await door.open("mcp")
        if client_legacy:
            await initialized(client)
        prompts = (await client.ask("prompts/list", extra))["result"]["prompts"]
        assert prompts == [{"name": "library_greet", "vendor": {"x": 1}}]
        resources = (await client.ask("resources/list", extra))["result"]["resources"]
        assert resources == [{"uri": "file:///a", "name": "a"}]
        templates = (await client.ask("resources/templates/list", extra))["result"]
        assert templates["resourceTemplates"] == [{"uriTemplate": "row:///{id}", "name": "row"}]
        asked = {"name": "library_greet", "arguments": {"who": "you"}, **extra}
        got = (await client.ask("prompts/get", asked))["result"]
        assert got["echo"] == {"name": "greet", "arguments": {"who": "you"}}
        for uri in ("file:///a", "row:///7", "file:///unlisted"):
            read = (await client.ask("resources/read", {"uri": uri, **extra}))["result"]
            assert read["contents"] == [{"uri": uri, "text": "page", "vendor": [1]}]
            assert ("ttlMs" in read) is not client_legacy
        for ref, own in (
            ({"type": "ref/prompt", "name": "library_greet"}, {"name": "greet"}),
            ({"type": "ref/resource", "uri": "row:///{id}"}, {"uri": "row:///{id}"}),
        ):
            argument = {"name": "id", "value": "7"}
            asked = {"ref": ref, "argument": argument, **extra}
            completed = (await client.ask("completion/complete", asked))["result"]
            assert completed["echo"] == {"ref": {**ref, **own}, "argument": argument}


async def test_capabilities_are_the_union_and_wait_for_nobody(tmp_path: Path) -> None:
    """What was never seen is hoped for; once the servers have answered, it is what they said."""
    poor, rich = Library(), Library(legacy=True)
    poor.capabilities = {"tools": {}, "completions": {}}
    rich.capabilities = {"tools": {}, "prompts": {}, "resources": {}}
    async with shelves(tmp_path, poor=poor, rich=rich) as door:
        hoped = await initialized(await door.open("mcp"))
        assert hoped.keys() == CAPABILITIES.keys()
        client = await door.open("mcp")
        await client.ask("prompts/list")
        assert await initialized(client) == {
            "tools": {"listChanged": True},
            "prompts": {"listChanged": True},
            "resources": {"listChanged": True},
            "completions": {},
        }
        alone = await door.open("mcp", only=["poor"])
        assert await initialized(alone) == {"tools": {"listChanged": True}, "completions": {}}


async def test_uris_are_told_apart_only_where_they_collide(tmp_path: Path) -> None:
    """Both of two equal URIs say whose they are, and the bare one leads to neither."""
    one, two = Library(), Library(legacy=True)
    two.lists["resources/list"][1].append({"uri": "file:///b", "name": "b"})
    async with shelves(tmp_path, one=one, two=two) as door:
        client = await door.open("mcp")
        listed = (await client.ask("resources/list"))["result"]["resources"]
        assert [resource["uri"] for resource in listed] == [
            "file:///b",
            "portico+one+file:///a",
            "portico+two+file:///a",
        ]
        read = await client.ask("resources/read", {"uri": "portico+two+file:///a"})
        assert read["result"]["contents"][0]["uri"] == "portico+two+file:///a"
        assert (one.params("resources/read"), two.params("resources/read")) == (
            [],
            [{"uri": "file:///a"}],
        )
        error = (await client.ask("resources/read", {"uri": "file:///a"}))["error"]
        assert error["code"] == -32002
        modern = (await client.ask("resources/read", {"uri": "file:///a", **MODERN}))["error"]
        assert modern["code"] == -32602


async def test_one_server_without_its_prefix_is_like_the_server_itself(tmp_path: Path) -> None:
    """`--only NAME --bare`: own names, own URIs, unknown methods too, and nobody else's."""
    one, two = Library(), Library()
    two.lists["tools/list"] = ("tools", [{"name": "drop"}])
    async with shelves(tmp_path, one=one, two=two) as door:
        client = await door.open("mcp", only=["one"], bare=True)
        assert (await client.ask("tools/list"))["result"]["tools"] == one.lists["tools/list"][1]
        assert (await client.ask("prompts/list"))["result"]["prompts"][0]["name"] == "greet"
        assert (await client.ask("resources/list"))["result"]["resources"][0]["uri"] == "file:///a"
        for method, params in (
            ("tools/call", {"name": "read"}),
            ("prompts/get", {"name": "greet"}),
            ("acme/own", {"x": 1}),
        ):
            assert (await client.ask(method, params))["result"]["echo"] == params
        read = (await client.ask("resources/read", {"uri": "file:///a"}))["result"]
        assert read["contents"][0]["uri"] == "file:///a"
        assert two.params("resources/read") == []
        few = await door.open("mcp", only=["two"])
        names = [tool["name"] for tool in (await few.ask("tools/list"))["result"]["tools"]]
        assert names == ["portico_status", "two_drop"]
        assert (await few.ask("tools/call", {"name": "one_read"}))["error"]["code"] == -32602


async def test_a_profile_is_chosen_by_workspace(tmp_path: Path) -> None:
    """Windows in its folders show its servers; others show all; what a window names wins."""
    folder = tmp_path / "work" / "data"
    folder.mkdir(parents=True)
    profile = f'[profiles.data]\nservers = ["one"]\nworkspaces = ["{tmp_path}/work"]\n'
    async with shelves(tmp_path, profile, one=Library(), two=Library()) as door:

        async def names(**words: Any) -> list[str]:  # noqa: ANN401 - words of a hello.
            client = await door.open("mcp", **words)
            listed = (await client.ask("tools/list"))["result"]["tools"]
            return [tool["name"] for tool in listed][1:]

        assert await names(workspace=str(folder)) == ["one_read"]
        assert await names(workspace=str(tmp_path)) == ["one_read", "two_read"]
        assert await names(workspace=str(folder), only=["two"]) == ["two_read"]


@pytest.mark.parametrize("server_legacy", ERAS)
@pytest.mark.parametrize("client_legacy", ERAS)
async def test_changes_reach_whoever_wants_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, server_legacy: bool, client_legacy: bool
) -> None:
    """A subscription and a changed list, from either era to either, each once."""
    monkeypatch.setattr("proxy.catalog.stockroom.PAUSE", 0.01)
    library = Library(legacy=server_legacy)
    async with shelves(tmp_path, library=library) as door:
        client = await door.open("mcp")
        await client.ask("resources/list")
        if client_legacy:
            await initialized(client)
            await client.ask("resources/subscribe", {"uri": "file:///a"}, identifier=5)
        else:
            wanted = {"promptsListChanged": True, "resourceSubscriptions": ["file:///a"]}
            client.send(
                {
                    "jsonrpc": "2.0",
                    "id": "L",
                    "method": "subscriptions/listen",
                    "params": {**MODERN, "notifications": wanted},
                }
            )
            told = await news(client, "notifications/subscriptions/acknowledged")
            assert told["notifications"] == wanted
        mark = {} if client_legacy else {"_meta": {f"{META}subscriptionId": "L"}}
        while not _watched(library):
            await library.listening.wait()
            library.listening.clear()
        library.say("notifications/resources/updated", uri="file:///a", vendor=1)
        updated = await news(client, "notifications/resources/updated")
        assert updated == {"uri": "file:///a", "vendor": 1, **mark}
        library.lists["prompts/list"] = ("prompts", [{"name": "new"}])
        library.say("notifications/prompts/list_changed")
        assert await news(client, "notifications/prompts/list_changed") == mark
        extra = {} if client_legacy else MODERN
        listed = (await client.ask("prompts/list", extra))["result"]["prompts"]
        assert listed == [{"name": "library_new"}]


async def test_what_was_never_listed_can_be_read_and_watched_at_once(tmp_path: Path) -> None:
    """A client that knows a URI from before need not list anything first."""
    async with shelves(tmp_path, one=Library(), two=Library(legacy=True)) as door:
        client = await door.open("mcp")
        hello = await initialized(client)
        assert hello["resources"]["subscribe"] is True
        own = {"uri": "portico+two+file:///a"}
        assert (await client.ask("resources/subscribe", own, identifier=2))["result"] == {}
        read = await client.ask("resources/read", own, identifier=3)
        assert read["result"]["contents"][0]["text"] == "page"
        other = await client.ask("resources/subscribe", {"uri": "portico+nobody+x"}, identifier=4)
        assert other["error"]["code"] == -32002


def _watched(library: Library) -> bool:
    """Whether the server is asked for updates of its resource, on a stream that is open."""
    asked = [seen.message for seen in library.seen if seen.method == "subscriptions/listen"]
    modern = any("resourceSubscriptions" in one["params"]["notifications"] for one in asked)
    return modern or ("resources/subscribe" in library.methods() and library.open_last())


async def test_a_task_is_asked_about_where_it_runs(tmp_path: Path) -> None:
    """`tasks/…` goes to the server whose answer named the task, as the answer said it."""
    one, two = Library(), Library()
    two.answers["tools/call"] = {"resultType": "task", "taskId": "t-1", "vendor": {"a": [1]}}
    async with shelves(tmp_path, one=one, two=two) as door:
        client = await door.open("mcp")
        made = await client.ask("tools/call", {"name": "two_read", **MODERN})
        assert made["result"] == two.answers["tools/call"]
        asked = await client.ask("tasks/get", {"taskId": "t-1", **MODERN})
        assert asked["result"]["echo"] == {"taskId": "t-1"}
        assert (one.params("tasks/get"), len(two.params("tasks/get"))) == ([], 1)
        lost = await client.ask("tasks/get", {"taskId": "t-2", **MODERN})
        assert lost["error"]["code"] == -32601


async def test_a_level_is_told_to_both_eras(tmp_path: Path) -> None:
    """A legacy server is told in each session, now or when it opens; a modern one by requests."""
    old, new = Library(legacy=True), Library()
    async with shelves(tmp_path, old=old, new=new) as door:
        client = await door.open("mcp")
        await initialized(client)
        await client.ask("prompts/list")
        assert (await client.ask("logging/setLevel", {"level": "error"}))["result"] == {}
        await client.ask("tools/call", {"name": "old_read"})
        await client.ask("tools/call", {"name": "new_read"})
        order = [m for m in old.methods() if m in {"initialize", "logging/setLevel", "tools/call"}]
        last = len(order) - 1 - order[::-1].index("initialize")
        assert "logging/setLevel" in order[last : order.index("tools/call")]
        assert old.params("logging/setLevel") == [{"level": "error"}] * 2
        called = [seen for seen in new.seen if seen.method == "tools/call"]
        assert called[0].message["params"]["_meta"][f"{META}logLevel"] == "error"
        wrong = await client.ask("logging/setLevel", {"level": "shout"})
        assert wrong["error"]["code"] == -32602


async def refusing(client: Client, params: dict[str, Any]) -> dict[str, Any]:
    """Make a call and say no to whatever is asked about it; the answer and the questions."""
    client.send({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params})
    asked = []
    while "method" in (message := await client.receive()):
        asked.append(message["params"]["message"].partition("\n")[0])
        no = {"jsonrpc": "2.0", "id": message["id"], "result": {"action": "decline"}}
        client.send(no)
    return {"answer": message, "asked": asked}


async def test_two_tools_stand_for_all_only_where_a_window_asks_for_it(tmp_path: Path) -> None:
    """Found whole, called as directly, asked about as directly, and never the default."""
    library = Library()
    drop = {
        "name": "drop",
        "description": "Drop a table.",
        "inputSchema": {"type": "object"},
        "annotations": {"destructiveHint": True},
        "vendor": 1,
    }
    library.lists["tools/list"][1].append(drop)
    rule = '[servers.library.rules.drop]\nrisk = "destructive"\nconfirm = "always"\n'
    async with shelves(tmp_path, rule, library=library) as door:
        client = await door.open("mcp", tools="search")
        await client.ask("initialize", {**HELLO, "capabilities": {"elicitation": {}}})
        own = ["portico_status", "portico_find_tools", "portico_call_tool"]
        listed = (await client.ask("tools/list"))["result"]["tools"]
        assert [tool["name"] for tool in listed] == own
        asked = {"name": "portico_find_tools", "arguments": {"query": "drop tables"}}
        found = (await client.ask("tools/call", asked))["result"]["content"][0]["text"]
        assert json.loads(found) == [{**drop, "name": "library_drop"}]

        async def call(name: str) -> dict[str, Any]:
            inner = {"name": name, "arguments": {"x": 1}}
            wrapped = {"name": "portico_call_tool", "arguments": inner}
            through = await refusing(client, wrapped)
            assert through == await refusing(client, inner)
            answer: dict[str, Any] = through["answer"]
            return answer

        assert (await call("library_read"))["result"]["echo"]["arguments"] == {"x": 1}
        assert "[not-approved]" in (await call("library_drop"))["result"]["content"][0]["text"]
        assert (await call("nobody_x"))["error"]["code"] == -32602
        assert library.params("tools/call") == [{"name": "read", "arguments": {"x": 1}}] * 2
        for wrong in ({}, {"name": 7}, {"name": "library_read", "arguments": []}):
            wrapped = {"name": "portico_call_tool", "arguments": wrong}
            assert (await client.ask("tools/call", wrapped))["error"]["code"] == -32602
        usual = await door.open("mcp")
        names = [tool["name"] for tool in (await usual.ask("tools/list"))["result"]["tools"]]
        assert names == ["portico_status", "library_drop", "library_read"]
        unknown = await usual.ask("tools/call", {"name": "portico_call_tool"})
        assert unknown["error"]["code"] == -32602
