"""Calls that wait at a legacy server while a modern client fetches the answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from proxy.exchange.bridge import for_legacy, for_modern
from proxy.exchange.call import Call
from proxy.exchange.parked import NotWaiting, can_be_asked
from proxy.exchange.parking import MOST, Parking, is_parked, parks
from proxy.session import Session
from proxy.upstream.contract import Refused
from proxy.upstream.era import Era
from tests.proxy.upstream.upstream_double import Asker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from proxy.upstream.contract import Relay

FORM: dict[str, Any] = {"elicitation": {"form": {}}}
QUESTION = {"message": "Sure?", "mode": "form", "requestedSchema": {}}
YES = {"action": "accept", "content": {"ok": True}}


def call(session: Session, relay: Asker | None = None, token: object = None, **more: Any) -> Call:  # noqa: ANN401
    """A modern client's call."""
    params: dict[str, Any] = {"name": "presto_drop", **more}
    if token is not None:
        params["_meta"] = {"progressToken": token}
    return Call(session, "presto_drop", params, relay or Asker(FORM), returns=True)


def handle(envelope: dict[str, Any]) -> str:
    """The handle in an asking result."""
    assert is_parked(envelope["result"])
    state: str = envelope["result"]["requestState"]
    return state


class Server:
    """A legacy server that asks in the middle of each call."""

    def __init__(self, *questions: dict[str, Any]) -> None:
        self.questions = questions or (QUESTION,)
        self.answers: list[object] = []
        self.sent = 0
        self.cancelled = asyncio.Event()

    async def send(self, relay: Relay) -> dict[str, Any]:
        """Ask everything at once, then answer."""
        self.sent += 1
        relay.notify({"method": "notifications/progress", "params": {"progressToken": 1}})
        try:
            self.answers += await asyncio.gather(
                *(relay.request("elicitation/create", asked) for asked in self.questions),
                return_exceptions=True,
            )
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        relay.notify({"method": "notifications/progress", "params": {"progressToken": 1}})
        return {"result": {"content": []}}


def parking(lifetime: float = 60.0) -> Parking:
    """Room for parked calls."""
    return Parking(lifetime)


async def resume(
    room: Parking, again: Call, send: Callable[[Relay], Coroutine[Any, Any, Any]]
) -> Any:  # noqa: ANN401
    """Come back with an answer."""
    return await room.run(again, "bound", send, room.claim(again, "bound"))


async def test_the_retry_answers_the_server_and_the_call_is_sent_once() -> None:
    """The first answer asks, the second is the server's own; upstream it was one call."""
    room, server, session = parking(), Server(), Session("mcp")
    asked = await room.run(call(session), "bound", server.send, None)
    (key,) = asked["result"]["inputRequests"]
    assert asked["result"]["inputRequests"][key] == {
        "method": "elicitation/create",
        "params": QUESTION,
    }
    again = call(session, requestState=handle(asked), inputResponses={key: YES})
    assert await resume(room, again, server.send) == {"result": {"content": []}}
    assert (server.answers, server.sent) == ([YES], 1)


async def test_progress_reaches_whoever_waits_under_the_token_of_that_request() -> None:
    """Each request of a modern client has a token of its own; between them nobody hears."""
    room, server, session = parking(), Server(), Session("mcp")
    first, second = Asker(FORM), Asker(FORM)
    asked = await room.run(call(session, first, token=1), "bound", server.send, None)
    state, responses = handle(asked), dict.fromkeys(asked["result"]["inputRequests"], YES)
    again = call(session, second, token="two", requestState=state, inputResponses=responses)
    await resume(room, again, server.send)
    assert [m["params"]["progressToken"] for m in first.heard + second.heard] == [1, "two"]


async def test_what_a_retry_leaves_out_stays_asked() -> None:
    """Two questions of one call; the client answers one at a time, each under a new handle."""
    room, session = parking(), Session("mcp")
    server = Server(QUESTION, {**QUESTION, "message": "Really?"})
    asked = await room.run(call(session), "bound", server.send, None)
    one, two = asked["result"]["inputRequests"]
    again = call(session, requestState=handle(asked), inputResponses={one: YES})
    still = await resume(room, again, server.send)
    assert list(still["result"]["inputRequests"]) == [two]
    assert handle(still) != handle(asked)
    last = call(session, requestState=handle(still), inputResponses={two: None})
    assert "result" in await resume(room, last, server.send)
    assert server.answers[0] == YES
    assert isinstance(server.answers[1], Refused)


async def test_a_handle_works_once_and_for_its_owner_alone() -> None:
    """Another session, another call, and a second use get nothing and end nothing."""
    room, server, session = parking(), Server(), Session("mcp")
    asked = await room.run(call(session), "bound", server.send, None)
    responses = dict.fromkeys(asked["result"]["inputRequests"], YES)
    again = call(session, requestState=handle(asked), inputResponses=responses)
    stranger = call(Session("mcp"), requestState=handle(asked), inputResponses=responses)
    with pytest.raises(NotWaiting):
        room.claim(stranger, "bound")
    with pytest.raises(NotWaiting):
        room.claim(again, "another call")
    assert "result" in await resume(room, again, server.send)
    with pytest.raises(NotWaiting):
        room.claim(again, "bound")
    assert server.sent == 1


@pytest.mark.parametrize("end", ["expiry", "session", "crowd"])
async def test_a_call_that_nobody_comes_back_to_is_cancelled_upstream(end: str) -> None:
    """When its time is over, its session ends or too many wait, the server is told."""
    room, server, session = parking(0.0 if end == "expiry" else 60.0), Server(), Session("mcp")
    asked = await room.run(call(session), "bound", server.send, None)
    if end == "session":
        room.leave(session.id)
    for _ in range(MOST if end == "crowd" else 0):
        await room.run(call(session), "bound", Server().send, None)
    await server.cancelled.wait()
    with pytest.raises(NotWaiting):
        room.claim(call(session, requestState=handle(asked)), "bound")
    room.leave(session.id)


async def test_a_window_that_parks_many_calls_takes_no_room_from_another() -> None:
    """Each session has its own bound."""
    room, server, session, greedy = parking(), Server(), Session("mcp"), Session("mcp")
    asked = await room.run(call(session), "bound", server.send, None)
    for _ in range(MOST + 1):
        await room.run(call(greedy), "bound", Server().send, None)
    again = call(session, requestState=handle(asked))
    assert room.claim(again, "bound") is not None
    assert not server.cancelled.is_set()
    room.leave(greedy.id)


async def test_cancelling_the_request_that_waits_cancels_the_call_upstream() -> None:
    """A modern client cancels the request that is open; between requests there is none."""
    room, server, session = parking(), Server(), Session("mcp")
    asked = await room.run(call(session), "bound", server.send, None)
    again = call(session, requestState=handle(asked), inputResponses={})
    held = room.claim(again, "bound")
    assert held is not None
    held._asked.clear()
    waiting = asyncio.ensure_future(held.settle(again))
    await asyncio.sleep(0)
    waiting.cancel()
    await server.cancelled.wait()


def test_only_modern_clients_that_can_be_asked_are_parked() -> None:
    """A modern server is spoken to directly; a client without capabilities cannot be asked."""
    session = Session("mcp")
    modern = call(session)
    assert parks(modern, Era.LEGACY)
    assert parks(modern, None)
    assert not parks(modern, Era.MODERN)
    assert not parks(call(session, Asker({})), Era.LEGACY)
    assert parks(call(session, Asker({}), requestState="portico.parked.x"), Era.MODERN)
    modern.returns = False
    assert not parks(modern, Era.LEGACY)


@pytest.mark.parametrize(
    ("capabilities", "method", "mode", "can"),
    [
        ({"elicitation": {}}, "elicitation/create", "form", True),
        ({"elicitation": {}}, "elicitation/create", None, True),
        ({"elicitation": {}}, "elicitation/create", "url", False),
        ({"elicitation": {"url": {}}}, "elicitation/create", "url", True),
        ({"elicitation": {"url": {}}}, "elicitation/create", "form", False),
        ({"sampling": {}}, "sampling/createMessage", None, True),
        ({"sampling": {}}, "roots/list", None, False),
        ({"vendor": {}}, "vendor/ask", None, False),
    ],
)
def test_a_client_is_asked_only_what_it_declared(
    capabilities: dict[str, Any], method: str, mode: str | None, *, can: bool
) -> None:
    """Each kind of question, and each mode of elicitation, has its own capability."""
    params = {} if mode is None else {"mode": mode}
    assert can_be_asked(capabilities, method, params) is can


def test_a_question_that_opens_a_page_has_an_id_in_the_legacy_era_alone() -> None:
    """What 2026-07-28 dropped is taken out, and made up where 2025-11-25 demands it."""
    modern = {"mode": "url", "message": "Sign here", "url": "https://a", "vendor": 1}
    legacy = for_legacy("elicitation/create", modern)
    assert len(legacy["elicitationId"]) == 32
    assert legacy == for_legacy("elicitation/create", legacy)
    assert for_modern("elicitation/create", legacy) == modern
    assert for_modern("roots/list", {"_meta": {"progressToken": 1}}) == {}
    assert for_modern("roots/list", {"_meta": {"a": 1}}) == {"_meta": {"a": 1}}
    assert for_legacy("elicitation/create", QUESTION) is QUESTION
