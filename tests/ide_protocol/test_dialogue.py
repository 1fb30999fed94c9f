"""JSON-RPC in both directions: every request ends once, and nothing that arrives ends the rest."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol import dialogue as module
from ide_protocol.dialogue import Dialogue, Identifier
from ide_protocol.door.connection import Connection
from proxy import wire
from proxy.upstream.contract import Refused
from tests.ide_protocol.conftest import Client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Desk:
    """One dialogue, and the client at its other end.

    `now` is answered at once, `wait` when told, `bug` and `late bug` fail by a mistake of ours.
    """

    def __init__(self, near: Connection, far: Client) -> None:
        self.far = far
        self.noticed: list[tuple[str, dict[str, Any]]] = []
        self.go = asyncio.Event()
        self.started = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.dialogue = Dialogue(
            near, requested=self._requested, notified=lambda *n: self.noticed.append(n)
        )
        self.serving = asyncio.ensure_future(self.dialogue.serve())
        self.near = near

    def _requested(self, identifier: Identifier, method: str, params: dict[str, Any]) -> None:
        if method == "bug":
            msg = "secret value"
            raise RuntimeError(msg)
        if method == "now":
            self.dialogue.send(wire.result(identifier, params))
        else:
            self.dialogue.start(identifier, self._late(identifier, method))

    async def _late(self, identifier: Identifier, method: str) -> None:
        self.started.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        if method == "late bug":
            msg = "secret value"
            raise RuntimeError(msg)
        self.dialogue.send(wire.result(identifier, {"late": True}))

    def ask(self, method: str, identifier: object = 1) -> None:
        """The client sends a request."""
        self.far.send({"jsonrpc": "2.0", "id": identifier, "method": method, "params": {}})


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A dialogue that is served."""
    ours, theirs = socket.socketpair()
    near = Connection(*await asyncio.open_unix_connection(sock=ours))
    far = Client(*await asyncio.open_unix_connection(sock=theirs))
    opened = Desk(near, far)
    yield opened
    far.close()
    opened.serving.cancel()
    await asyncio.gather(opened.serving, return_exceptions=True)
    await near.close()


async def test_a_slow_request_delays_no_other(desk: Desk) -> None:
    """Answers come in the order in which they are ready, each with its own id."""
    desk.ask("wait", "slow")
    desk.ask("now", 2)
    assert (await desk.far.receive())["id"] == 2
    desk.go.set()
    assert (await desk.far.receive())["id"] == "slow"


async def test_an_id_under_way_is_refused_and_free_again_afterwards(desk: Desk) -> None:
    """The first request is answered once; then its id may be used again. 1 and "1" differ."""
    desk.ask("wait")
    desk.ask("now")
    desk.ask("now", "1")
    assert "in use" in (await desk.far.receive())["error"]["message"]
    assert (await desk.far.receive())["id"] == "1"
    desk.go.set()
    assert (await desk.far.receive())["result"] == {"late": True}
    desk.ask("now")
    assert "result" in await desk.far.receive()


async def test_a_cancelled_request_is_not_answered(desk: Desk) -> None:
    """Its work is cancelled, and the next request works."""
    desk.ask("wait")
    await desk.started.wait()
    desk.dialogue.running[1].cancel()
    await desk.cancelled.wait()
    desk.ask("now")
    assert (await desk.far.receive())["result"] == {}
    assert desk.dialogue.running == {}


async def test_answers_still_come_after_the_end_of_input(desk: Desk) -> None:
    """Calls in flight at EOF finish, then the dialogue ends."""
    desk.ask("wait")
    desk.far.writer.write_eof()
    await desk.started.wait()
    assert not desk.serving.done()
    desk.go.set()
    assert (await desk.far.receive())["result"] == {"late": True}
    await desk.serving


async def test_the_grace_after_the_end_of_input_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has not finished by then is cancelled."""
    monkeypatch.setattr(module, "GRACE", 0.0)
    desk.ask("wait")
    await desk.started.wait()
    desk.far.writer.write_eof()
    await desk.serving
    await desk.cancelled.wait()


async def test_a_dead_client_gets_no_grace(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is there to hear the answer, so the work stops at once."""
    monkeypatch.setattr(module, "GRACE", 3600.0)
    desk.ask("wait")
    await desk.started.wait()
    desk.far.close()
    await desk.serving
    await desk.cancelled.wait()


@pytest.mark.parametrize("method", ["bug", "late bug"])
async def test_a_mistake_of_ours_ends_only_its_request(
    desk: Desk, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    """The client learns that there was one, the log which, and the next request works."""
    desk.go.set()
    desk.ask(method)
    error = (await desk.far.receive())["error"]
    assert error == {"code": -32603, "message": "Portico made a mistake; see its log."}
    assert "a request failed" in caplog.text
    desk.ask("now")
    assert "result" in await desk.far.receive()


async def test_one_client_cannot_keep_endlessly_many_requests_under_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One over the bound is told so; when others have finished, there is room again."""
    monkeypatch.setattr(module, "MOST_UNDER_WAY", 2)
    for identifier in range(3):
        desk.ask("wait", identifier)
    refused = await desk.far.receive()
    assert (refused["id"], "Too many" in refused["error"]["message"]) == (2, True)
    desk.go.set()
    assert [(await desk.far.receive())["id"] for _ in range(2)] == [0, 1]
    desk.ask("wait", 2)
    assert (await desk.far.receive())["id"] == 2


async def test_the_requests_of_one_client_are_bounded_in_bytes_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few large ones fill the room as well as many small ones, and give it back at their end."""
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    large = {"jsonrpc": "2.0", "method": "wait", "params": {"x": "y" * 600}}
    desk.far.send({**large, "id": 0})
    desk.far.send({**large, "id": 1})
    refused = await desk.far.receive()
    assert (refused["id"], "too large" in refused["error"]["message"]) == (1, True)
    desk.ask("now", 2)
    assert (await desk.far.receive())["id"] == 2
    desk.go.set()
    assert (await desk.far.receive())["id"] == 0
    desk.far.send({**large, "id": 1})
    assert (await desk.far.receive())["id"] == 1


async def test_an_id_is_short_enough_to_be_repeated(desk: Desk) -> None:
    """A longer one is refused without being repeated, and the next request works."""
    desk.ask("now", "i" * module.LONGEST_ID)
    assert (await desk.far.receive())["id"] == "i" * module.LONGEST_ID
    desk.ask("now", "i" * (module.LONGEST_ID + 1))
    refused = await desk.far.receive()
    assert (refused["id"], refused["error"]["code"]) == (None, wire.INVALID_REQUEST)
    desk.ask("now")
    assert "result" in await desk.far.receive()


async def test_a_question_gets_its_own_answer(desk: Desk) -> None:
    """Answers may come in any order; those to nothing we asked are ignored."""
    asked = [asyncio.ensure_future(desk.dialogue.request("ask", {"n": n})) for n in range(2)]
    first, second = await desk.far.receive(), await desk.far.receive()
    for identifier in ("portico-99", 1, None, first["id"] + "x"):
        desk.far.send({"jsonrpc": "2.0", "id": identifier, "result": {"stray": True}})
    desk.far.send({"jsonrpc": "2.0", "id": second["id"], "result": second["params"]})
    desk.far.send({"jsonrpc": "2.0", "id": first["id"], "result": first["params"]})
    desk.far.send({"jsonrpc": "2.0", "id": first["id"], "result": {"again": True}})
    assert await asyncio.gather(*asked) == [{"n": 0}, {"n": 1}]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"error": {"code": -1, "message": "no"}}, -1),
        ({"error": {"code": "x", "message": 7}}, -32603),
        ({"error": "no"}, -32603),
        ({"result": None}, -32603),
        ({"result": "yes"}, -32603),
    ],
)
async def test_an_answer_that_is_no_result_refuses(
    desk: Desk, answer: dict[str, Any], code: int
) -> None:
    """An error, or a result that is no object, is a refusal of whatever shape."""
    asking = asyncio.ensure_future(desk.dialogue.request("ask", {}))
    identifier = (await desk.far.receive())["id"]
    desk.far.send({"jsonrpc": "2.0", "id": identifier, **answer})
    with pytest.raises(Refused) as refused:
        await asking
    assert refused.value.code == code


async def test_a_withdrawn_question_is_told(desk: Desk) -> None:
    """The client may take its form down, and its late answer is ignored."""
    asking = asyncio.ensure_future(desk.dialogue.request("ask", {}))
    identifier = (await desk.far.receive())["id"]
    asking.cancel()
    told = await desk.far.receive()
    assert (told["method"], told["params"]) == (
        "notifications/cancelled",
        {"requestId": identifier},
    )
    desk.far.send({"jsonrpc": "2.0", "id": identifier, "result": {}})
    desk.ask("now")
    assert "result" in await desk.far.receive()


async def test_who_has_gone_refuses_every_question(desk: Desk) -> None:
    """Open questions end with the input, and no new one is put."""
    asking = asyncio.ensure_future(desk.dialogue.request("ask", {}))
    await desk.far.receive()
    desk.far.writer.write_eof()
    for question in (asking, desk.dialogue.request("ask", {})):
        with pytest.raises(Refused, match="gone"):
            await question


async def test_what_is_done_beside_the_requests_is_cancelled_at_the_end_and_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """A failing chore is in the log; a waiting one ends with its connection."""
    ended = asyncio.Event()

    async def broken() -> None:
        msg = "a bug"
        raise RuntimeError(msg)

    async def waiting() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    desk.dialogue.chore(broken())
    desk.dialogue.chore(waiting())
    desk.ask("now")
    await desk.far.receive()
    assert "beside the requests" in caplog.text
    desk.far.close()
    await desk.serving
    await ended.wait()


async def test_news_in_passing_never_fill_the_outbox_of_a_window(desk: Desk) -> None:
    """While it is behind with reading they are left out, and what it asked for still comes."""
    large = {"data": "x" * 50_000}
    for _ in range(2000):
        desk.dialogue.hint("notifications/message", large)
    desk.ask("now")
    heard = 0
    while (message := await desk.far.receive()).get("id") != 1:
        heard += message["params"] == large
    assert 0 < heard < 200
    desk.dialogue.hint("notifications/message", large)
    assert (await desk.far.receive())["params"] == large


async def test_notifications_are_never_answered(desk: Desk) -> None:
    """Known or not, well-formed or not, they pass without a word."""
    for params in ({"a": 1}, None):
        desk.far.send({"jsonrpc": "2.0", "method": "told", "params": params})
    desk.far.raw(b"\n  \n")
    desk.ask("now")
    assert json.loads(await desk.far.reader.readline())["id"] == 1
    assert desk.noticed == [("told", {"a": 1})]
