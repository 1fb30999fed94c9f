"""One stream of changes for each server, in either era, opened again when it is lost."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mcp.server.mcpserver import Context, MCPServer

from proxy.upstream import Era, backoff
from proxy.upstream.listening import NoStream, keep_open, missed, own
from tests.proxy.upstream.upstream_double import Asker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from starlette.types import ASGIApp

    from proxy.upstream import Upstream
    from proxy.upstream.era import Terms
    from tests.proxy.upstream.conftest import Room
    from tests.proxy.upstream.upstream_double import Double, Wire

    Served = Callable[[ASGIApp], AbstractAsyncContextManager[str]]

WANTED = {"toolsListChanged": True, "resourceSubscriptions": ["memo://1"]}
CHANGED = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
UPDATED = {"jsonrpc": "2.0", "method": "notifications/resources/updated"}


class Ear:
    """Hears one upstream until the test ends."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    def listen(self, wanted: dict[str, Any]) -> None:
        """Begin."""
        self.task = asyncio.ensure_future(self.upstream.listen(wanted, self.heard.put_nowait))

    async def until(self, method: str) -> dict[str, Any]:
        """The next notification of this method; others are skipped."""
        while (message := await self.heard.get())["method"] != method:
            pass
        return message


@pytest.fixture
async def ears() -> AsyncIterator[Callable[[Upstream], Ear]]:
    """Makes ears, and stops what they hear."""
    made: list[Ear] = []

    def ear(upstream: Upstream) -> Ear:
        made.append(Ear(upstream))
        return made[-1]

    yield ear
    for one in made:
        if one.task is not None:
            one.task.cancel()
            await asyncio.wait([one.task])


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams are opened again at once."""
    monkeypatch.setattr(backoff, "FIRST", 0.001)


async def test_a_modern_reference_server_is_heard(
    served: Served,
    room: Room,
    ears: Callable[[Upstream], Ear],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Changes arrive as they are told, without the number the stream has upstream."""
    server: MCPServer[Any] = MCPServer("reference")

    @server.tool()
    async def change(ctx: Context) -> str:
        """Say that the tools changed, and one resource."""
        await ctx.notify_tools_changed()
        await ctx.notify_resource_updated("memo://1")
        return "done"

    async with served(server.streamable_http_app()) as url:
        upstream = room.upstream(url, remembered=Era.MODERN)
        ear = ears(upstream)
        opened, told = asyncio.Event(), asyncio.Event()
        upstream.on_list_changed = told.set
        stream = upstream._changes.stream

        async def watched(terms: Terms, wanted: Any, heard: Any, is_open: Any) -> None:  # noqa: ANN401
            def both() -> None:
                is_open()
                opened.set()

            await stream(terms, wanted, heard, both)

        monkeypatch.setattr(upstream._changes, "stream", watched)
        ear.listen(WANTED)
        await opened.wait()
        await upstream.send("tools/call", {"name": "change", "arguments": {}}, Asker())
        assert await ear.heard.get() == CHANGED
        assert await ear.heard.get() == {**UPDATED, "params": {"uri": "memo://1"}}
        assert told.is_set()
        await upstream.aclose()


async def test_a_legacy_server_is_subscribed_to_and_heard(
    double: Double, room: Room, ears: Callable[[Upstream], Ear]
) -> None:
    """Subscriptions are made in the session whose stream is heard; questions there are refused."""
    answered: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def behave(wire: Wire) -> None:
        if wire.seen.verb == "GET":
            wire.stream()
            wire.event({**UPDATED, "params": {"uri": "memo://1", "vendor": 1}})
            wire.event({"jsonrpc": "2.0", "id": "p", "method": "ping"})
            wire.event({"jsonrpc": "2.0", "id": "q", "method": "roots/list"})
        elif wire.seen.method == "response":
            answered.put_nowait(wire.seen.message)
            wire.send(202)
        else:
            await double.legacy(wire)

    double.behave = behave
    ear = ears(room.upstream(double.url, remembered=Era.LEGACY))
    ear.listen(WANTED)
    assert await ear.until(UPDATED["method"]) == {
        **UPDATED,
        "params": {"uri": "memo://1", "vendor": 1},
    }
    both = {(await answered.get())["id"]: 1 for _ in "pq"}
    assert set(both) == {"p", "q"}
    by_id = {seen.message["id"]: seen.message for seen in double.seen if seen.method == "response"}
    assert by_id["p"]["result"] == {}
    assert by_id["q"]["error"]["code"] == -32601
    subscribe, get = (
        next(seen for seen in double.seen if seen.method == method)
        for method in ("resources/subscribe", "GET")
    )
    assert subscribe.message["params"] == {"uri": "memo://1"}
    assert subscribe.headers["mcp-session-id"] == get.headers["mcp-session-id"]
    assert get.headers["accept"] == "text/event-stream"


@pytest.mark.parametrize("era", [Era.LEGACY, Era.MODERN])
async def test_a_lost_stream_is_opened_again_and_what_was_missed_counts_as_changed(
    double: Double, room: Room, ears: Callable[[Upstream], Ear], era: Era
) -> None:
    """After the loss everything wanted is heard as changed, and a legacy session is a new one."""
    opened = 0

    async def behave(wire: Wire) -> None:
        nonlocal opened
        plain: Awaitable[None] = (double.legacy if era is Era.LEGACY else double.modern)(wire)
        if wire.seen.method not in {"GET", "subscriptions/listen"}:
            await plain
            return
        plain.close()  # type: ignore[attr-defined]  # it is a coroutine
        opened += 1
        if opened == 2 and era is Era.LEGACY:
            wire.error(-32600, status=404, identifier=None)
            return
        wire.stream()
        if era is Era.MODERN:
            acknowledged = "notifications/subscriptions/acknowledged"
            wire.event({"jsonrpc": "2.0", "method": acknowledged, "params": {}})
        if opened == 1:
            wire.hang_up()

    double.behave = behave
    ear = ears(room.upstream(double.url, remembered=era))
    ear.listen(WANTED)
    assert await ear.heard.get() == CHANGED
    assert await ear.heard.get() == {**UPDATED, "params": {"uri": "memo://1"}}
    handshakes = double.methods().count("initialize")
    assert handshakes == (2 if era is Era.LEGACY else 0)


async def test_a_server_without_a_stream_is_not_asked_for_it_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where there is none, the next try is minutes away; where one was lost, it is soon."""
    pauses: list[float] = []

    async def rest(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise asyncio.CancelledError

    async def stream(_is_open: object) -> None:
        if not pauses:
            raise NoStream

    calm = SimpleNamespace(sleep=rest, get_running_loop=asyncio.get_running_loop)
    monkeypatch.setattr("proxy.upstream.listening.asyncio", calm)
    with pytest.raises(asyncio.CancelledError):
        await keep_open("presto", stream, lambda: None)
    assert pauses[0] == 300.0
    assert pauses[1] <= backoff.FIRST


async def test_a_server_that_has_no_get_has_no_stream(double: Double, room: Room) -> None:
    """A 405 is how a legacy server says so."""

    async def behave(wire: Wire) -> None:
        if wire.seen.verb == "GET":
            wire.send(405)
        else:
            await double.legacy(wire)

    double.behave = behave
    upstream = room.upstream(double.url, remembered=Era.LEGACY)
    with pytest.raises(NoStream):
        await upstream._stream({}, print, print)


async def test_lists_that_a_server_does_not_offer_are_empty_and_not_asked_for(
    double: Double, room: Room
) -> None:
    """A server is met once; only what its capabilities name is listed, page by page."""

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "server/discover":
            capabilities: dict[str, Any] = {"prompts": {}}
            wire.result({"supportedVersions": ["2026-07-28"], "capabilities": capabilities})
        elif "cursor" in wire.seen.message["params"]:
            wire.result({"prompts": [{"name": "b"}]})
        else:
            wire.result({"prompts": [{"name": "a", "vendor": 1}], "nextCursor": "more"})

    double.behave = behave
    upstream = room.upstream(double.url)
    found = await upstream.list_all("prompts/list", "prompts")
    assert found == [{"name": "a", "vendor": 1}, {"name": "b"}]
    assert await upstream.list_all("resources/templates/list", "resourceTemplates") == []
    assert (await upstream.meet()).capabilities == {"prompts": {}}
    assert double.methods() == ["server/discover", "prompts/list", "prompts/list"]


def test_the_number_of_a_subscription_does_not_travel_on() -> None:
    """Our own number is taken out of `_meta`; what else stands there stays."""
    key = "io.modelcontextprotocol/subscriptionId"
    assert own({"method": "m", "params": {"_meta": {key: 7}, "uri": "u"}}) == {
        "method": "m",
        "params": {"uri": "u"},
    }
    kept = {"method": "m", "params": {"_meta": {"v": 1}}}
    assert own({"method": "m", "params": {"_meta": {key: 7, "v": 1}}}) == kept
    assert own(kept) is kept


def test_only_what_was_wanted_counts_as_missed() -> None:
    """Nothing is made up for changes that nobody asked to hear of."""
    assert list(missed({"promptsListChanged": False, "resourceSubscriptions": ["a", 1]})) == [
        {**UPDATED, "params": {"uri": "a"}}
    ]


def test_pauses_grow_up_to_a_limit_and_shrink_after_a_steady_stream() -> None:
    """Failing again doubles the pause; a stream that lasted starts over."""
    pauses = backoff.Backoff()
    many = [pauses.pause(0.0) for _ in range(12)]
    assert many[0] <= backoff.FIRST
    assert all(pause <= backoff.LONGEST for pause in many)
    assert pauses.failures == 12
    pauses.pause(backoff.STEADY)
    assert pauses.failures == 1
