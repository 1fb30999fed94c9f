"""Clients that come back for the rest of a stream."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.http import replay
from ide_protocol.http.replay import Replay
from proxy.upstream.contract import LET_GO

if TYPE_CHECKING:
    from ide_protocol.http.stream import Stream
    from tests.ide_protocol.http.conftest import Client, HubDouble, Talk

NEWEST = "2025-11-25"
STREAM = "text/event-stream, application/json"
_CHANGED = {"method": "notifications/tools/list_changed"}


def call(identifier: int = 1, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A call of a legacy client."""
    return {"id": identifier, "method": "tools/call", "params": {"name": "slow", **params}}


def progress(number: int) -> dict[str, Any]:
    """A step of a call."""
    params = {"progressToken": "t", "progress": number}
    return {"method": "notifications/progress", "params": params}


async def lets_go(talk: Talk, **params: object) -> None:
    """A server closes the stream of call 1, as the hub says it."""
    assert (await talk.receive())["id"] == 1
    talk.send({"method": LET_GO, "params": {"requestId": 1, **params}})


async def unread(client: Client) -> None:
    """Wait until the front has noticed that nobody reads the session's own stream."""
    session = client.front._sessions[client.session["mcp-session-id"]]
    async with asyncio.timeout(120):
        while session._listening is None or session._listening.read:  # noqa: ASYNC110 - a socket
            await asyncio.sleep(0.001)


async def test_a_stream_ends_before_its_answer_where_the_servers_own_did(
    client: Client, hub: HubDouble
) -> None:
    """The client has an id to come back with, and hears how soon; the answer comes then."""
    talk = await client.begin(hub, NEWEST)
    async with client.stream(call(), accept=STREAM) as events:
        await lets_go(talk, retry=100)
        assert await events.next() is None
        assert (len(events.ids), events.retry) == (1, 100)
    async with client.stream(last=events.ids[0]) as again:
        talk.send({"id": 1, "result": {"late": True}})
        assert (await again.next() or {})["result"] == {"late": True}
        assert await again.next() is None
    assert len({*events.ids, *again.ids}) == len(events.ids) + len(again.ids)


@pytest.mark.parametrize("accept", ["application/json, text/event-stream", STREAM])
async def test_an_answer_waits_where_its_client_cannot_come_back(
    client: Client, hub: HubDouble, accept: str
) -> None:
    """One of an older revision knows no event without data; one that was sent nothing has no id."""
    older = accept == STREAM
    talk = await client.begin(hub, "2025-06-18" if older else NEWEST)
    asked = asyncio.ensure_future(client.post(call(), accept=accept))
    await lets_go(talk)
    talk.send({"id": 1, "result": {}})
    text = (await asked).text
    assert '"result"' in text
    assert "data: \n" not in text


async def test_what_a_broken_stream_missed_is_said_again_in_its_order(
    client: Client, hub: HubDouble
) -> None:
    """After the event that the client names: what was sent, what came meanwhile, what comes."""
    talk = await client.begin(hub, NEWEST)
    async with client.stream(call(_meta={"progressToken": "t"}), accept=STREAM) as events:
        await talk.receive()
        for number in range(3):
            talk.send(progress(number))
        await events.next()
        seen = events.ids[-1]
        await events.next()
    talk.send(progress(3))
    async with client.stream(last=seen) as again:
        for number in (1, 2, 3):
            assert (await again.next() or {})["params"]["progress"] == number
        talk.send({"id": 1, "result": {}})
        assert (await again.next() or {})["id"] == 1
        assert await again.next() is None
    async with client.stream(last=again.ids[-1]) as ended:
        assert await ended.next() is None


async def test_a_client_may_come_back_before_its_loss_is_noticed(
    client: Client, hub: HubDouble
) -> None:
    """The newer response takes the stream over, and the older one ends."""
    talk = await client.begin(hub, NEWEST)
    async with client.stream(call(), accept=STREAM) as first:
        last = await first.primed()
        async with client.stream(last=last) as second:
            assert await first.next() is None
            talk.send({"id": 1, "result": {}})
            assert (await second.next() or {})["id"] == 1


async def test_nobody_elses_stream_can_be_taken_up(client: Client, hub: HubDouble) -> None:
    """An id is worth something in its own session only."""
    talk = await client.begin(hub, NEWEST)
    async with client.stream(call(), accept=STREAM) as events:
        await lets_go(talk)
        await events.next()
    owner = client.session
    await client.begin(hub, NEWEST)
    for last in (events.ids[0], "c99.0", "c1.x", "", "c1.-1", "c" * 5000):
        headers = {**client.session, "accept": "text/event-stream", "last-event-id": last}
        assert (await client.http.get("/mcp", headers=headers)).status_code == 400
    client.session = owner
    talk.send({"id": 1, "result": {}})
    async with client.stream(last=events.ids[0]) as again:
        assert (await again.next() or {})["id"] == 1


async def test_a_stream_that_nobody_comes_back_for_is_forgotten(
    client: Client, hub: HubDouble
) -> None:
    """After a while, and its client is told to look what became of the call."""
    talk = await client.begin(hub, NEWEST)
    async with client.stream(call(), accept=STREAM) as events:
        await lets_go(talk)
        await events.next()
    hub.now = replay.LEFT_SECONDS + 1
    await client.front.tidy()
    headers = {**client.session, "accept": "text/event-stream", "last-event-id": events.ids[0]}
    gone = await client.http.get("/mcp", headers=headers)
    assert (gone.status_code, gone.json()["error"]["code"]) == (400, -32600)
    again = asyncio.ensure_future(client.post(call()))
    await talk.receive()
    talk.send({"id": 1, "result": {}})
    assert (await again).status_code == 200


async def test_the_stream_of_a_session_goes_on_where_it_was_left(
    client: Client, hub: HubDouble
) -> None:
    """A change that came meanwhile is not missed, also by a client that gives no id."""
    talk = await client.begin(hub, NEWEST)
    async with client.stream() as events:
        last = await events.primed()
    talk.send(_CHANGED)
    async with client.stream(last=last) as again:
        assert (await again.next() or {})["method"] == _CHANGED["method"]
    await unread(client)
    talk.send(_CHANGED)
    async with client.stream() as anew:
        assert (await anew.next() or {})["method"] == _CHANGED["method"]
    async with client.stream(last=last) as unknown:
        talk.send(_CHANGED)
        assert (await unknown.next() or {})["method"] == _CHANGED["method"]


def left(kept: Replay, size: int = 0) -> Stream:
    """A stream that its client left with so many bytes in it."""
    stream = kept.begin("c", primes=True)
    stream.put(b"x" * size)
    kept.leave(stream)
    return stream


def test_streams_that_were_left_are_bounded_in_number_time_and_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The one left longest goes first; one that is read again stays."""
    monkeypatch.setattr(replay, "LEFT_MOST", 2)
    monkeypatch.setattr(replay, "LEFT_BYTES", 100)
    now = [0.0]
    kept = Replay(lambda: now[0])
    first, second, third = left(kept), left(kept), left(kept)
    assert kept.tidy() == [first]
    assert kept.find(f"{first.name}.0") is None
    large = left(kept, 60)
    assert kept.tidy() == [second]
    larger = left(kept, 60)
    assert kept.tidy() == [third, large]
    assert kept.find(f"{larger.name}.0") is larger
    larger.enter()
    now[0] = replay.LEFT_SECONDS * 2
    assert kept.tidy() == []
    assert kept.find(f"{larger.name}.1.1") is larger


def test_no_two_events_of_a_session_have_one_id() -> None:
    """Not even those that open a response and have no data."""
    kept = Replay(lambda: 0.0)
    ids = []
    for stream in (kept.begin("c", primes=True), kept.begin("g", primes=True)):
        for _ in range(2):
            stream.enter()
            ids.append(stream.opening())
        stream.put(b"{}")
        ids.extend(said.identifier for said in stream._said)
    assert len(set(ids)) == len(ids) == 6
