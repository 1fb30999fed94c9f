"""One server through one upstream, against the reference SDK's servers and a scripted one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import mcp_types
import pytest
from mcp.server.lowlevel import Server
from mcp.server.mcpserver import Context, MCPServer
from pydantic import BaseModel

from proxy.upstream import Era, EraMemory
from proxy.upstream.fault import UpstreamLost, UpstreamSlow
from tests.proxy.upstream.upstream_double import Asker, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from starlette.types import ASGIApp

    from tests.proxy.upstream.conftest import Room
    from tests.proxy.upstream.upstream_double import Double, Wire

    Served = Callable[[ASGIApp], AbstractAsyncContextManager[str]]

ELICIT: dict[str, Any] = {"elicitation": {"form": {}}}


class Sure(BaseModel):
    """What the reference server asks for."""

    ok: bool


def reference() -> MCPServer[Any]:
    """A server of the reference SDK, which speaks both eras."""
    server: MCPServer[Any] = MCPServer("reference")

    @server.tool()
    async def count(ctx: Context) -> str:
        """Report progress three times."""
        for step in range(3):
            await ctx.report_progress(step, 3, f"step {step}")
        return "done"

    @server.tool()
    async def drop(ctx: Context) -> str:
        """Ask before doing."""
        answer = await ctx.elicit("Drop it?", Sure)
        return "dropped" if answer.action == "accept" and answer.data.ok else "kept"

    return server


@pytest.mark.parametrize("json_response", [True, False])
@pytest.mark.parametrize("era", [Era.LEGACY, Era.MODERN])
async def test_a_reference_server_is_listed_and_called_in_either_era(
    served: Served, room: Room, era: Era, json_response: bool
) -> None:
    """Lists, calls and progress work in both eras, in both forms of answer."""
    async with served(reference().streamable_http_app(json_response=json_response)) as url:
        upstream, asker = room.upstream(url, remembered=era), Asker()
        assert [tool["name"] for tool in await upstream.list_tools()] == ["count", "drop"]
        params = {"name": "count", "arguments": {}, "_meta": {"progressToken": "mine"}}
        response = await upstream.send("tools/call", params, asker)
        assert response["result"]["content"] == [{"type": "text", "text": "done"}]
        assert upstream.era is era
        if not json_response:
            steps = [(m["params"]["progressToken"], m["params"]["progress"]) for m in asker.heard]
            assert steps == [("mine", 0), ("mine", 1), ("mine", 2)]
        await upstream.aclose()


async def test_a_question_of_a_legacy_server_reaches_whoever_called(
    served: Served, room: Room
) -> None:
    """Two calls ask at the same time, and each gets the answer of its own client."""
    async with served(reference().streamable_http_app()) as url:
        upstream = room.upstream(url, remembered=Era.LEGACY)
        yes, no = Asker(ELICIT), Asker(ELICIT)
        both = asyncio.Barrier(2)

        def answering(asker: Asker, *, ok: bool) -> None:
            async def answer() -> dict[str, Any]:
                await both.wait()
                return {"action": "accept", "content": {"ok": ok}}

            asker.answer = answer

        answering(yes, ok=True)
        answering(no, ok=False)
        params = {"name": "drop", "arguments": {}}
        dropped, kept = await asyncio.gather(
            upstream.send("tools/call", params, yes), upstream.send("tools/call", params, no)
        )
        assert dropped["result"]["content"][0]["text"] == "dropped"
        assert kept["result"]["content"][0]["text"] == "kept"
        assert [method for method, _ in yes.asked] == ["elicitation/create"]
        assert yes.asked[0][1]["message"] == "Drop it?"
        await upstream.aclose()


async def test_marked_parameters_satisfy_the_reference_servers_check(
    served: Served, room: Room
) -> None:
    """A tool with `x-mcp-header` is learned from the list, or after the server insists on it."""
    schema = {
        "type": "object",
        "properties": {"region": {"type": "string", "x-mcp-header": "Region"}},
    }

    async def listing(_context: object, _params: object) -> mcp_types.ListToolsResult:
        tool = mcp_types.Tool(name="t", input_schema=schema)
        return mcp_types.ListToolsResult(tools=[tool])

    async def call(_context: object, params: Any) -> mcp_types.CallToolResult:  # noqa: ANN401
        text = mcp_types.TextContent(type="text", text=params.arguments["region"])
        return mcp_types.CallToolResult(content=[text])

    server: Server[Any] = Server("marked", on_list_tools=listing, on_call_tool=call)
    async with served(server.streamable_http_app()) as url:
        upstream = room.upstream(url, remembered=Era.MODERN)
        params = {"name": "t", "arguments": {"region": "Zürich"}}
        for _ in range(2):
            response = await upstream.send("tools/call", params, Asker())
            assert response["result"]["content"][0]["text"] == "Zürich"
        await upstream.aclose()


async def test_what_nobody_knows_survives_byte_for_byte(double: Double, room: Room) -> None:
    """Unknown fields, content types, result types and envelope keys come back as they were."""
    result = {
        "resultType": "task",
        "content": [{"type": "acme_widget", "näme": [1.5, None, {"deep": {}}]}],
        "vendor": {"x": "\ud800"},
    }
    tool = {"name": "t", "vendor": 1, "annotations": {"vendorHint": True}, "icons": [{"v": 1}]}

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "tools/list":
            wire.result({"tools": [tool], "resultType": "complete"})
        elif wire.seen.method == "tools/call":
            wire.json({"jsonrpc": "2.0", "id": wire.seen.message["id"], "result": result, "v": 1})
        else:
            await double.modern(wire)

    double.behave = behave
    upstream = room.upstream(double.url)
    assert await upstream.list_tools() == [tool]
    response = await upstream.send("tools/call", {"name": "t"}, Asker())
    assert (response["result"], response["v"]) == (result, 1)


async def test_every_page_of_a_list_is_taken_and_a_circle_ends(double: Double, room: Room) -> None:
    """Pages follow the cursor; a server that repeats its cursor for ever is left."""

    async def behave(wire: Wire) -> None:
        if wire.seen.method != "tools/list":
            await double.modern(wire)
            return
        page = {None: ("a", "1"), "1": ("b", "2"), "2": ("c", "2")}
        name, cursor = page[wire.seen.message["params"].get("cursor")]
        wire.result({"tools": [{"name": name}], "nextCursor": cursor})

    double.behave = behave
    tools = await room.upstream(double.url).list_tools()
    assert [tool["name"] for tool in tools] == ["a", "b", "c"]


async def test_a_lost_session_is_opened_again_and_the_call_sent_once_more(
    double: Double, room: Room
) -> None:
    """A 404 inside a session did not run, so the caller never notices that the server restarted."""

    async def behave(wire: Wire) -> None:
        if wire.seen.headers.get("mcp-session-id") == "session-1" and "id" in wire.seen.message:
            wire.error(-32600, status=404, message="Session not found", identifier="server-error")
        else:
            await double.legacy(wire)

    double.behave = behave
    upstream = room.upstream(double.url, remembered=Era.LEGACY)
    response = await upstream.send("tools/call", {"name": "t"}, Asker())
    assert response["result"] == {"echo": {"name": "t"}}
    opening = ["initialize", "notifications/initialized"]
    assert double.methods() == [*opening, "tools/call", *opening, "tools/call"]


async def test_clients_that_can_be_asked_different_things_get_sessions_of_their_own(
    double: Double, room: Room
) -> None:
    """Calls share a session when their clients are alike, opened once however many race."""
    double.behave = double.legacy
    upstream = room.upstream(double.url, remembered=Era.LEGACY)
    askers = [Asker(), Asker(), Asker(ELICIT), Asker(ELICIT)]
    await asyncio.gather(*(upstream.send("tools/call", {"name": "t"}, a) for a in askers))
    declared = [
        seen.message["params"]["capabilities"]
        for seen in double.seen
        if seen.method == "initialize"
    ]
    assert sorted(declared, key=len) == [{}, ELICIT]
    await upstream.aclose()
    assert double.methods().count("DELETE") == 2


async def test_cancelling_a_modern_call_closes_its_stream(double: Double, room: Room) -> None:
    """The server sees the connection go, and no notification is sent."""
    begun = asyncio.Event()

    async def behave(wire: Wire) -> None:
        wire.stream()
        begun.set()

    double.behave = behave
    upstream = room.upstream(double.url, remembered=Era.MODERN)
    call = asyncio.ensure_future(upstream.send("tools/call", {"name": "t"}, Asker()))
    await begun.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await double.gone.wait()
    assert double.methods() == ["tools/call"]


async def test_cancelling_a_legacy_call_tells_the_server_and_withdraws_its_question(
    double: Double, room: Room
) -> None:
    """`notifications/cancelled` names the upstream id, and the person is no longer asked."""
    told, withdrawn, asked = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "tools/call":
            wire.stream()
            wire.event({"jsonrpc": "2.0", "id": 1, "method": "elicitation/create", "params": {}})
            return
        await double.legacy(wire)
        if wire.seen.method == "notifications/cancelled":
            told.set()

    async def think() -> dict[str, Any]:
        asked.set()
        try:
            return await asyncio.Future()
        finally:
            withdrawn.set()

    double.behave = behave
    upstream, asker = room.upstream(double.url, remembered=Era.LEGACY), Asker(ELICIT)
    asker.answer = think
    call = asyncio.ensure_future(upstream.send("tools/call", {"name": "t"}, asker))
    await asked.wait()
    call.cancel()
    await asyncio.wait([call])
    await withdrawn.wait()
    await told.wait()
    sent, cancelled = double.seen[-2].message, double.seen[-1].message
    assert cancelled["params"]["requestId"] == sent["id"]


async def test_a_server_that_never_answers_costs_the_time_limit_and_nothing_else(
    double: Double, room: Room
) -> None:
    """The call ends as slow and possibly run, and another call is answered meanwhile."""

    async def behave(wire: Wire) -> None:
        if wire.seen.message["params"]["name"] != "silent":
            await double.modern(wire)

    double.behave = behave
    upstream = room.upstream(double.url, remembered=Era.MODERN)
    silent = asyncio.ensure_future(
        upstream.send("tools/call", {"name": "silent"}, Asker(), timeout=0.2)
    )
    assert "result" in await upstream.send("tools/call", {"name": "t"}, Asker())
    with pytest.raises(UpstreamSlow) as slow:
        await silent
    assert slow.value.may_have_run


async def test_only_what_may_be_repeated_is_sent_again_when_the_connection_is_lost(
    double: Double, room: Room
) -> None:
    """A call is sent once and reported as possibly run; a list is sent twice."""

    async def behave(wire: Wire) -> None:
        wire.hang_up()

    double.behave = behave
    upstream = room.upstream(double.url, remembered=Era.MODERN)
    with pytest.raises(UpstreamLost) as lost:
        await upstream.send("tools/call", {"name": "t"}, Asker())
    assert lost.value.may_have_run
    assert double.methods() == ["tools/call"]
    with pytest.raises(UpstreamLost):
        await upstream.list_tools()
    assert double.methods() == ["tools/call", "tools/list", "tools/list"]


async def test_a_changed_list_is_noticed_on_any_stream(double: Double, room: Room) -> None:
    """The callback is called; the client that happened to call does not hear of it."""

    async def behave(wire: Wire) -> None:
        wire.stream()
        wire.event({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
        wire.event({"jsonrpc": "2.0", "id": wire.seen.message["id"], "result": {}})
        wire.chunk(b"")

    double.behave = behave
    upstream, asker = room.upstream(double.url, remembered=Era.MODERN), Asker()
    changes: list[None] = []
    upstream.on_list_changed = lambda: changes.append(None)
    await upstream.send("tools/call", {"name": "t"}, asker)
    assert (len(changes), asker.heard) == (1, [])


async def test_a_connection_is_used_again_after_a_stream_was_answered(
    double: Double, room: Room
) -> None:
    """The rest of an answered stream is read in the background, so the pool gets it back."""

    async def behave(wire: Wire) -> None:
        wire.stream()
        wire.event({"jsonrpc": "2.0", "id": wire.seen.message["id"], "result": {}})
        wire.chunk(b"")

    double.behave = behave
    upstream = room.upstream(double.url, grant=Tokens("t"), remembered=Era.MODERN)
    for _ in range(3):
        await upstream.send("tools/call", {"name": "t"}, Asker())
        await asyncio.gather(*upstream._endpoint._chores)
    assert double.connections == 1


async def test_what_was_agreed_is_remembered_by_the_next_hub(double: Double, room: Room) -> None:
    """The second hub's first call is its first request."""
    await room.upstream(double.url).send("tools/call", {"name": "t"}, Asker())
    room.memory = EraMemory(room.memory._path)
    upstream = room.upstream(double.url)
    assert upstream.capabilities == {"tools": {}}
    await upstream.send("tools/call", {"name": "t"}, Asker())
    assert double.methods() == ["server/discover", "tools/call", "tools/call"]
