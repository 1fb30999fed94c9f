"""One session with a legacy server, above all what it gets to hear of us."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from proxy.upstream import Era
from proxy.upstream.legacy import MOST_ANSWERS
from tests.proxy.upstream.upstream_double import Asker

if TYPE_CHECKING:
    from tests.proxy.upstream.conftest import Room
    from tests.proxy.upstream.upstream_double import Double, Wire


async def test_a_storm_of_questions_is_answered_by_one_sender(double: Double, room: Room) -> None:
    """Answers leave one at a time, over few connections, and only so many wait to be sent."""
    go, answered, under_way = asyncio.Event(), asyncio.Event(), [0, 0]

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "tools/call":
            wire.stream()
            for number in range(2000):
                wire.event({"jsonrpc": "2.0", "id": f"p{number}", "method": "ping"})
            wire.event({"jsonrpc": "2.0", "id": wire.seen.message["id"], "result": {"ok": True}})
            wire.chunk(b"")
            return
        if wire.seen.method == "response":
            under_way[0] += 1
            under_way[1] = max(under_way)
            await go.wait()
            under_way[0] -= 1
        await double.legacy(wire)
        if double.methods().count("response") >= MOST_ANSWERS:
            answered.set()

    double.behave = behave
    upstream = room.upstream(double.url, remembered=Era.LEGACY)
    answer = await upstream.send("tools/call", {"name": "t"}, Asker())
    assert answer["result"] == {"ok": True}
    go.set()
    await answered.wait()
    assert under_way[1] == 1
    assert double.connections <= 3
    assert double.methods().count("response") <= MOST_ANSWERS + 1
