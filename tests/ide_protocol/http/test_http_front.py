"""Requests of both eras, from the client to the hub's line and back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ide_protocol.http import front
from tests.ide_protocol.http.conftest import MODERN, meta

if TYPE_CHECKING:
    import httpx2
    import pytest

    from tests.ide_protocol.http.conftest import Client, HubDouble

_CHANGED = "notifications/tools/list_changed"
_SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"


def call(identifier: int | str, name: str = "read", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """A call; modern with a `_meta` of that kind."""
    return {"id": identifier, "method": "tools/call", "params": {"name": name, **more}}


def later(client: Client, message: dict[str, Any], **headers: str) -> asyncio.Task[httpx2.Response]:
    """A request under way."""
    return asyncio.ensure_future(client.post(message, **headers))


async def test_a_legacy_session_lives_from_initialize_to_delete(
    client: Client, hub: HubDouble
) -> None:
    """It is one line to the hub; afterwards it is unknown, as one that never was."""
    talk = await client.begin(hub)
    assert (await client.post({"method": "notifications/initialized"})).status_code == 202
    assert (await talk.receive())["method"] == "notifications/initialized"
    asked = later(client, {"id": "a", "method": "vendor/x", "params": {"odd": [1.5]}})
    received = await talk.receive()
    assert received == {"jsonrpc": "2.0", "id": "a", "method": "vendor/x", "params": {"odd": [1.5]}}
    talk.send({"id": "a", "error": {"code": -32601, "message": "no"}, "extra": True})
    answer = await asked
    assert (answer.status_code, answer.json()["extra"]) == (200, True)
    assert (await client.http.delete("/mcp", headers=client.session)).status_code == 204
    await talk.ended()
    gone = await client.post({"id": "b", "method": "ping"})
    assert (gone.status_code, gone.json()["id"]) == (404, "b")


async def test_a_request_outside_of_a_session_is_told_to_begin_one(client: Client) -> None:
    """GET and DELETE without one belong to no era."""
    assert (await client.post({"id": 1, "method": "tools/list"})).status_code == 400
    assert (await client.http.get("/mcp")).status_code == 405
    assert (await client.http.delete("/mcp")).headers["allow"] == "POST"


async def test_progress_comes_before_its_result_and_on_its_own_response(
    client: Client, hub: HubDouble
) -> None:
    """Two calls at once hear each of their own progress alone."""
    talk = await client.begin(hub)
    first, second = call(1, _meta={"progressToken": "one"}), call(2, _meta={"progressToken": 2})
    talk.send({"method": _CHANGED})  # Nobody listens: it is nobody's.

    async def served(message: dict[str, Any]) -> list[dict[str, Any]]:
        found = []
        async with client.stream(message) as events:
            while (event := await events.next()) is not None:
                found.append(event)
        return found

    running = [asyncio.ensure_future(served(message)) for message in (first, second)]
    assert {(await talk.receive())["id"], (await talk.receive())["id"]} == {1, 2}
    for token in ("one", 2, "one", "unknown"):
        talk.send({"method": "notifications/progress", "params": {"progressToken": token}})
    for identifier in (2, 1):
        talk.send({"id": identifier, "result": {"of": identifier}})
    one, two = await asyncio.gather(*running)
    assert [event.get("params", {}).get("progressToken") for event in one] == ["one", "one", None]
    assert [event.get("params", {}).get("progressToken") for event in two] == [2, None]
    assert (one[-1]["result"], two[-1]["result"]) == ({"of": 1}, {"of": 2})


async def test_a_question_comes_on_the_response_of_the_call_that_waits(
    client: Client, hub: HubDouble
) -> None:
    """The person's answer comes as a request of its own."""
    talk = await client.begin(hub)

    async def ask() -> None:
        await talk.receive()
        talk.send({"id": "portico-1", "method": "elicitation/create", "params": {}})

    async with client.stream() as listening, client.stream(call(1), first=ask()) as calling:
        assert (await calling.next() or {})["id"] == "portico-1"
        answered = await client.post({"id": "portico-1", "result": {"action": "accept"}})
        assert answered.status_code == 202
        assert (await talk.receive())["result"] == {"action": "accept"}
        talk.send({"method": _CHANGED})
        talk.send({"id": 1, "result": {}})
        assert (await calling.next() or {})["id"] == 1
        assert (await listening.next() or {})["method"] == _CHANGED


async def test_a_question_that_no_call_raised_waits_for_a_stream(
    client: Client, hub: HubDouble
) -> None:
    """As the question for the client's roots, which comes before its GET stream is open."""
    talk = await client.begin(hub)
    talk.send({"id": "portico-1", "method": "roots/list", "params": {}})
    async with client.stream() as events:
        assert (await events.next() or {})["method"] == "roots/list"


async def test_a_session_whose_name_nobody_learned_is_ended(client: Client, hub: HubDouble) -> None:
    """Its client left before the answer to `initialize`."""
    asked = later(client, {"id": 0, "method": "initialize", "params": {}})
    talk = await hub.talk()
    await talk.receive()
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    await talk.ended()


async def test_sessions_are_bounded_and_the_one_idle_longest_goes(
    client: Client, hub: HubDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has a response open stays."""
    monkeypatch.setattr(front, "MOST_SESSIONS", 2)
    first, held = await client.begin(hub), client.session
    waiting = later(client, call(1))
    await first.receive()
    second = await client.begin(hub)
    await client.begin(hub)
    await second.ended()
    first.send({"id": 1, "result": {}})
    assert (await waiting).status_code == 200
    client.session = held
    assert (await client.post({"method": "notifications/initialized"})).status_code == 202


async def test_a_legacy_client_that_names_streams_first_gets_one(
    client: Client, hub: HubDouble
) -> None:
    """Although its answer would fit into one JSON text."""
    talk = await client.begin(hub)
    asked = later(client, call(1), accept="text/event-stream, application/json")
    await talk.receive()
    talk.send({"id": 1, "result": {}})
    assert (await asked).headers["content-type"] == "text/event-stream"


async def test_an_id_in_use_is_refused_without_harm_to_its_owner(
    client: Client, hub: HubDouble
) -> None:
    """The first request still gets its answer."""
    talk = await client.begin(hub)
    first = later(client, call(7))
    await talk.receive()
    assert (await client.post(call(7))).status_code == 400
    talk.send({"id": 7, "result": {}})
    assert (await first).status_code == 200


async def test_modern_clients_may_choose_the_same_ids_and_tokens(
    client: Client, hub: HubDouble
) -> None:
    """Each answer, and each progress, finds the request that it belongs to."""
    listed = {"id": 1, "method": "prompts/list", "params": {"_meta": meta(progressToken="t")}}
    one = later(client, listed)
    talk = await hub.talk()
    first = await talk.receive()

    async def progress() -> None:
        second = await talk.receive()
        assert first["id"] != second["id"]
        token = second["params"]["_meta"]["progressToken"]
        talk.send({"method": "notifications/progress", "params": {"progressToken": token}})
        talk.send({"id": second["id"], "result": {"n": 2}})

    async with client.stream(listed, first=progress()) as events:
        assert (await events.next() or {})["params"] == {"progressToken": "t"}
        assert await events.next() == {"jsonrpc": "2.0", "id": 1, "result": {"n": 2}}
    talk.send({"id": first["id"], "result": {"n": 1}})
    assert (await one).json() == {"jsonrpc": "2.0", "id": 1, "result": {"n": 1}}


async def test_one_name_is_one_window_and_another_name_another(
    client: Client, hub: HubDouble
) -> None:
    """So a call that comes back with an answer meets what the first one left."""
    talks = {}
    for name in ("a", "b", "a"):
        asked = later(client, {"id": 1, "method": "prompts/list", "params": {"_meta": meta(name)}})
        if name not in talks:
            talks[name] = await hub.talk()
        talks[name].send({"id": (await talks[name].receive())["id"], "result": {}})
        assert (await asked).status_code == 200
    assert hub.talks.empty()


async def test_a_stream_of_changes_carries_the_clients_own_id(
    client: Client, hub: HubDouble
) -> None:
    """And closing it withdraws it: that is how a modern client cancels."""
    talks = []

    async def acknowledge() -> None:
        talk = await hub.talk()
        number = (await talk.receive())["id"]
        params = {"_meta": {_SUBSCRIPTION: number}}
        talk.send({"method": "notifications/subscriptions/acknowledged", "params": params})
        talk.send({"method": "notifications/x", "params": {"_meta": {_SUBSCRIPTION: 999}}})
        talk.send({"method": _CHANGED, "params": params})
        talk.send({"id": "portico-9", "method": "roots/list"})
        talks.append((talk, number))

    listen = {"id": "sub", "method": "subscriptions/listen", "params": {"_meta": meta()}}
    async with client.stream(listen, first=acknowledge()) as events:
        for method in ("notifications/subscriptions/acknowledged", _CHANGED):
            event = await events.next()
            assert event is not None
            assert (event["method"], event["params"]["_meta"]) == (method, {_SUBSCRIPTION: "sub"})
    talk, number = talks[0]
    assert (await talk.receive())["error"]["code"] == -32601
    withdrawn = await talk.receive()
    assert withdrawn["method"] == "notifications/cancelled"
    assert withdrawn["params"] == {"requestId": number, "reason": "connection closed"}


async def test_a_modern_error_chooses_the_status(client: Client, hub: HubDouble) -> None:
    """What the hub does not know is not found; what a server refuses was a bad request."""
    talk = None
    for code, status in ((-32601, 404), (-32602, 400), (-32021, 400), (-32603, 200)):
        asked = later(client, {"id": 5, "method": "vendor/x", "params": {"_meta": meta()}})
        talk = talk or await hub.talk()
        talk.send({"id": (await talk.receive())["id"], "error": {"code": code, "message": ""}})
        answer = await asked
        assert (answer.status_code, answer.json()["id"]) == (status, 5)


async def test_a_call_whose_headers_hide_a_parameter_never_reaches_the_hub(
    client: Client, hub: HubDouble
) -> None:
    """The front learns from the list of tools which parameters headers repeat."""
    schema = {"properties": {"region": {"type": "string", "x-mcp-header": "Region"}}}
    message = call(1, "geo", arguments={"region": "eu"}, _meta=meta())
    lying = later(client, message, **{"mcp-param-region": "us"})
    talk = await hub.talk()
    listing = await talk.receive()
    assert listing["method"] == "tools/list"
    tools = [{"name": "geo", "inputSchema": schema}]
    talk.send({"id": listing["id"], "result": {"tools": tools}})
    refused = await lying
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)
    honest = later(client, message, **{"mcp-param-region": "eu"})
    received = await talk.receive()
    assert received["method"] == "tools/call"
    talk.send({"id": received["id"], "result": {}})
    assert (await honest).status_code == 200


async def test_a_hub_that_goes_is_no_silence(client: Client, hub: HubDouble) -> None:
    """Requests under way are told; the next modern one gets a new line, a session is over."""
    talk = await client.begin(hub)
    legacy = later(client, call(1))
    await talk.receive()
    listed = {"id": 2, "method": "prompts/list", "params": {"_meta": meta()}}
    modern = later(client, listed)
    line = await hub.talk()
    await line.receive()
    talk.end()
    line.end()
    assert [(await asked).status_code for asked in (legacy, modern)] == [503, 503]
    assert (await client.post(call(3))).status_code == 404
    again = later(client, listed)
    line = await hub.talk()
    line.send({"id": (await line.receive())["id"], "result": {}})
    assert (await again).status_code == 200


async def test_a_line_that_nobody_uses_is_ended(client: Client, hub: HubDouble) -> None:
    """So that a client that left without a word does not keep the hub; a response keeps it."""
    listed = {"id": 2, "method": "prompts/list", "params": {"_meta": meta()}}
    modern = later(client, listed)
    line = await hub.talk()
    asked = await line.receive()
    talk = await client.begin(hub)
    hub.now = 10_000
    await client.front.tidy()
    line.send({"id": asked["id"], "result": {}})
    assert (await modern).status_code == 200
    await talk.ended()
    await client.front.tidy()
    hub.now = 20_000
    await client.front.tidy()
    await line.ended()
    assert (await client.post(call(3))).status_code == 404
    again = later(client, listed)
    line = await hub.talk()
    line.send({"id": (await line.receive())["id"], "result": {}})
    assert (await again).status_code == 200


async def test_nobody_without_the_secret_reaches_the_hub(client: Client, hub: HubDouble) -> None:
    """Nor does a page of another origin, whatever era its request is of."""
    listed = {"id": 1, "method": "tools/list", "params": {"_meta": meta()}}
    assert (await client.post(listed, authorization="Bearer no")).status_code == 401
    assert (await client.post(listed, origin="https://evil.example")).status_code == 403
    assert (await client.post(listed, host="evil.example")).status_code == 403
    assert (await client.post({"method": "notifications/x"}, **_modern())).status_code == 202
    assert hub.talks.empty()


def _modern() -> dict[str, str]:
    return {"mcp-protocol-version": MODERN}
