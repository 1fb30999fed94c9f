"""Answers of legacy servers whose streams end early."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from proxy.upstream import Era, resumption
from proxy.upstream.contract import LET_GO
from proxy.upstream.fault import UpstreamLost
from tests.proxy.upstream.upstream_double import Asker

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.upstream import Upstream
    from tests.proxy.upstream.conftest import Room
    from tests.proxy.upstream.upstream_double import Double, Seen, Wire

PRIMED = b"id: e1\nretry: 1\ndata: \n\n"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two attempts."""
    monkeypatch.setattr(resumption, "_SHORTEST", 0.0)
    monkeypatch.setattr(resumption, "_LONGEST", 0.0)


def polled(
    double: Double, room: Room, end: Callable[[Wire], None], again: Callable[[Wire], None]
) -> Upstream:
    """A legacy server that ends the stream of a call as `end` says, and answers GET as `again`."""

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "tools/call":
            wire.stream()
            wire.chunk(PRIMED)
            end(wire)
        elif wire.seen.verb == "GET":
            again(wire)
        else:
            await double.legacy(wire)

    double.behave = behave
    return room.upstream(double.url, remembered=Era.LEGACY)


def closes(wire: Wire) -> None:
    """End a stream in order."""
    wire.chunk(b"")


def gets(double: Double) -> list[Seen]:
    """Every attempt to go on."""
    return [seen for seen in double.seen if seen.verb == "GET"]


def answers(double: Double) -> Callable[[Wire], None]:
    """The stream that brings the answer."""

    def answer(wire: Wire) -> None:
        call = next(seen for seen in double.seen if seen.method == "tools/call")
        wire.stream()
        wire.event({"jsonrpc": "2.0", "id": call.message["id"], "result": {"late": True}})
        wire.chunk(b"")

    return answer


@pytest.mark.parametrize("breaks", [False, True], ids=["closed", "broken"])
async def test_a_call_whose_stream_ended_is_resumed_and_never_sent_twice(
    double: Double, room: Room, breaks: bool
) -> None:
    """Its rest is asked for after the last event; only a server that closed it meant to."""

    def breaking(wire: Wire) -> None:
        wire.hang_up()

    upstream = polled(double, room, breaking if breaks else closes, answers(double))
    asker = Asker()
    response = await upstream.send("tools/call", {"name": "slow"}, asker)
    assert response["result"] == {"late": True}
    assert [seen.headers["last-event-id"] for seen in gets(double)] == ["e1"]
    assert double.methods().count("tools/call") == 1
    told = [{"jsonrpc": "2.0", "method": LET_GO, "params": {"retry": 1}}]
    assert asker.heard == ([] if breaks else told)


async def test_a_server_may_close_the_stream_again_and_again(double: Double, room: Room) -> None:
    """As long as it gets any further each time, however often that is."""
    answer = answers(double)

    def again(wire: Wire) -> None:
        number = len(gets(double))
        if number > 2 * resumption.MOST_FRUITLESS:
            answer(wire)
            return
        wire.stream()
        wire.chunk(b"id: e%d\ndata: \n\n" % (number + 1))
        wire.chunk(b"")

    upstream = polled(double, room, closes, again)
    response = await upstream.send("tools/call", {"name": "slow"}, Asker())
    assert response["result"] == {"late": True}
    assert gets(double)[-1].headers["last-event-id"] == f"e{len(gets(double))}"


@pytest.mark.parametrize(
    ("status", "attempts"), [(200, "most"), (503, "most"), (404, 1), (401, 1)], ids=str
)
async def test_a_stream_that_brings_nothing_more_is_lost_and_the_call_may_have_run(
    double: Double, room: Room, status: int, attempts: int | str
) -> None:
    """Attempts are bounded, a refusal ends them, and none of it says that the call did not run."""

    def again(wire: Wire) -> None:
        if status == 200:
            wire.stream()
            wire.chunk(b"")
        else:
            wire.send(status)

    upstream = polled(double, room, closes, again)
    with pytest.raises(UpstreamLost) as lost:
        await upstream.send("tools/call", {"name": "slow"}, Asker())
    assert lost.value.may_have_run
    assert len(gets(double)) == (resumption.MOST_FRUITLESS if attempts == "most" else attempts)
    assert double.methods().count("tools/call") == 1


async def test_a_server_that_cannot_be_reached_again_is_no_call_that_did_not_run(
    double: Double, room: Room
) -> None:
    """The request got there, whatever becomes of its answer."""
    upstream = polled(double, room, closes, lambda wire: wire.hang_up())
    with pytest.raises(UpstreamLost) as lost:
        await upstream.send("tools/call", {"name": "slow"}, Asker())
    assert lost.value.may_have_run


async def test_no_server_can_say_what_only_portico_says(double: Double, room: Room) -> None:
    """A notification of that name is nobody's."""

    def answer(wire: Wire) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": LET_GO, "params": {}}
        wire.event(message)
        wire.event({"jsonrpc": "2.0", "id": wire.seen.message["id"], "result": {}})
        wire.chunk(b"")

    asker = Asker()
    await polled(double, room, answer, closes).send("tools/call", {"name": "t"}, asker)
    assert asker.heard == []
