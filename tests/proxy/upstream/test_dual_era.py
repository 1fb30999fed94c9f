"""A server of both eras is spoken to in that of its client, and asked only once which it speaks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from proxy.upstream import Era, EraMemory
from proxy.upstream.era import Terms
from proxy.upstream.fault import UpstreamLost, UpstreamUnreachable
from tests.proxy.upstream.test_upstream import reference
from tests.proxy.upstream.upstream_double import Asker

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from starlette.types import ASGIApp

    from tests.proxy.upstream.conftest import Room
    from tests.proxy.upstream.upstream_double import Double, Wire

    Served = Callable[[ASGIApp], AbstractAsyncContextManager[str]]

ELICIT: dict[str, Any] = {"elicitation": {"form": {}}}
CALL = {"name": "t"}
HANDSHAKE = ["initialize", "notifications/initialized"]
MODERN = "2026-07-28"


def dual(double: Double) -> None:
    """Make the double speak whichever era a request is of."""

    async def behave(wire: Wire) -> None:
        modern = wire.seen.headers.get("mcp-protocol-version") == MODERN
        if wire.seen.method == "tools/list":
            wire.result({"tools": [], "resultType": "complete"})
            return
        await (double.modern(wire) if modern else double.legacy(wire))

    double.behave = behave


def legacy() -> Asker:
    """A legacy client that can be asked."""
    return Asker(ELICIT, Era.LEGACY)


async def test_each_client_speaks_its_own_era_and_lists_come_once(
    double: Double, room: Room
) -> None:
    """Only calls of a legacy client that can be asked travel in a session, which is opened once."""
    dual(double)
    upstream = room.upstream(double.url)
    await upstream.list_tools()
    mute = Asker({}, Era.LEGACY)
    for asker in (Asker(ELICIT), mute, legacy(), legacy(), Asker(ELICIT)):
        assert "result" in await upstream.send("tools/call", CALL, asker)
    assert upstream.era is Era.MODERN
    assert double.methods() == [
        *("server/discover", "tools/list", "tools/call", "tools/call"),
        *(*HANDSHAKE, "GET", "tools/call", "tools/call"),
        "tools/call",
    ]
    by_session = ["mcp-session-id" in s.headers for s in double.seen if s.method == "tools/call"]
    assert by_session == [False, False, True, True, False]


async def test_the_next_hub_asks_nothing_that_the_last_one_learned(
    double: Double, room: Room
) -> None:
    """No discovery and no trial: a legacy client's handshake, and a modern client's call itself."""
    dual(double)
    await room.upstream(double.url).send("tools/call", CALL, legacy())
    room.memory = EraMemory(room.memory._path)
    del double.seen[:]
    upstream = room.upstream(double.url)
    await upstream.send("tools/call", CALL, Asker())
    assert double.methods() == ["tools/call"]
    await upstream.send("tools/call", CALL, legacy())
    assert [m for m in double.methods() if m != "GET"] == ["tools/call", *HANDSHAKE, "tools/call"]


async def test_a_modern_server_is_tried_once_and_then_spoken_to_in_its_own_era(
    double: Double, room: Room
) -> None:
    """A handshake that is refused costs one request in all, also for the hubs that follow."""

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "initialize":
            wire.error(-32601, status=400)
        else:
            await double.modern(wire)

    double.behave = behave
    for known in (["server/discover", "initialize"], []):
        upstream = room.upstream(double.url)
        for _ in range(2):
            assert "result" in await upstream.send("tools/call", CALL, legacy())
        assert double.methods() == [*known, "tools/call", "tools/call"]
        room.memory = EraMemory(room.memory._path)
        del double.seen[:]


@pytest.mark.parametrize("status", [200, 404, 500])
async def test_a_server_that_no_longer_shakes_hands_still_answers_its_legacy_clients(
    double: Double, room: Room, status: int
) -> None:
    """The call goes the other way, once; what was proven before is tried again at the next call."""
    dual(double)
    await room.upstream(double.url).send("tools/call", CALL, legacy())
    upstream = room.upstream(double.url)
    del double.seen[:]
    shaking = double.behave

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "initialize":
            wire.error(-32600, status=status)
        else:
            await double.modern(wire)

    double.behave = behave
    assert "result" in await upstream.send("tools/call", CALL, legacy())
    assert double.methods() == ["initialize", "tools/call"]
    double.behave = shaking
    await upstream.send("tools/call", CALL, legacy())
    assert "mcp-session-id" in double.seen[-1].headers


async def test_an_outage_during_the_handshake_is_no_word_on_the_era(
    double: Double, room: Room
) -> None:
    """The call fails unsent, and the next one shakes hands."""
    dual(double)
    upstream = room.upstream(double.url, remembered=Era.MODERN)
    shaking = double.behave

    async def behave(wire: Wire) -> None:
        wire.hang_up()

    double.behave = behave
    with pytest.raises((UpstreamLost, UpstreamUnreachable)) as fault:
        await upstream.send("tools/call", CALL, legacy())
    assert not fault.value.may_have_run
    double.behave = shaking
    await upstream.send("tools/call", CALL, legacy())
    assert "mcp-session-id" in double.seen[-1].headers


async def test_a_session_that_is_lost_is_opened_again_in_the_same_era(
    double: Double, room: Room
) -> None:
    """A 404 in the session means a new session, and no word on what the server speaks."""
    dual(double)
    upstream = room.upstream(double.url, remembered=Era.MODERN)
    await upstream.send("tools/call", CALL, legacy())
    lost = next(s for s in double.seen if s.method == "tools/call").headers["mcp-session-id"]
    shaking = double.behave

    async def behave(wire: Wire) -> None:
        if wire.seen.headers.get("mcp-session-id") == lost:
            wire.send(404)
        else:
            await shaking(wire)

    double.behave = behave
    del double.seen[:]
    assert "result" in await upstream.send("tools/call", CALL, legacy())
    methods = [method for method in double.methods() if method != "GET"]
    assert methods == ["tools/call", *HANDSHAKE, "tools/call"]


async def test_a_new_release_of_a_legacy_server_is_asked_for_the_modern_era(
    double: Double, room: Room
) -> None:
    """A server that calls itself something else than before may have learned it; others may not."""
    dual(double)
    for known, era in (("l", Era.LEGACY), ("l, the year before", Era.MODERN)):
        room.memory.keep(double.url, Terms(Era.LEGACY, "2025-06-18", {}, {"name": known}))
        upstream = room.upstream(double.url)
        assert (await upstream.meet()).era is era
        assert ("server/discover" in double.methods()) is (era is Era.MODERN)


async def test_a_tool_that_can_only_ask_by_a_request_asks_a_legacy_client(
    served: Served, room: Room
) -> None:
    """The reference server's `ctx.elicit`, on a server that is listed in the modern way."""
    async with served(reference().streamable_http_app()) as url:
        upstream, asker = room.upstream(url), legacy()

        async def yes() -> dict[str, Any]:
            return {"action": "accept", "content": {"ok": True}}

        asker.answer = yes
        await upstream.list_tools()
        params = {"name": "drop", "arguments": {}}
        async with asyncio.timeout(120):
            answer = await upstream.send("tools/call", params, asker)
        assert answer["result"]["content"][0]["text"] == "dropped"
        assert upstream.era is Era.MODERN
        await upstream.aclose()


async def test_a_list_is_asked_for_with_all_that_portico_can_carry(
    double: Double, room: Room
) -> None:
    """In either era: a server that hides the tools that would ask hides them from nobody here."""
    dual(double)
    await room.upstream(double.url).list_tools()
    [seen] = [seen for seen in double.seen if seen.method == "tools/list"]
    meta = seen.message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"]
    assert {"elicitation", "sampling", "roots"} <= meta.keys()
    del double.seen[:]
    upstream = room.upstream(double.url, remembered=Era.LEGACY)
    await upstream.send("tools/call", CALL, Asker())
    await upstream.list_tools()
    greetings = [s.message["params"] for s in double.seen if s.method == "initialize"]
    assert [sorted(one["capabilities"]) for one in greetings] == [[], sorted(meta)]
