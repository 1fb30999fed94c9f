"""One HTTP answer, in however many parts it comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx2
import pytest

from proxy.upstream.fault import UpstreamMalformed
from proxy.upstream.reply import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PARTS = 10_000


class Parts(httpx2.AsyncByteStream):
    """A body whose parts have all arrived, so that reading it never waits."""

    def __init__(self, part: bytes) -> None:
        self._part = part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Every part."""
        for _ in range(PARTS):
            yield self._part


def reply(part: bytes) -> Reply:
    """An answer of so many equal parts."""
    return Reply("presto", httpx2.Response(200, stream=Parts(part)))


async def turns(stop: asyncio.Event) -> int:
    """How often somebody else had the loop until then."""
    count = 0
    while not stop.is_set():
        count += 1
        await asyncio.sleep(0)
    return count


@pytest.mark.parametrize("kind", ["text", "events", "many events in a part", "skipped"])
async def test_an_answer_in_tiny_parts_leaves_the_loop_to_others(kind: str) -> None:
    """However it is read, everybody else gets a turn every few parts, and nothing is lost."""
    stop = asyncio.Event()
    other = asyncio.ensure_future(turns(stop))
    await asyncio.sleep(0)
    if kind == "text":
        assert await reply(b"ab").whole() == b"ab" * PARTS
    elif kind == "skipped":
        await reply(b"ab").skip()
    else:
        stream = reply(b"data: x\n\n" if kind == "events" else b"data: x\n\n" * 50)
        for _ in range(PARTS):
            assert await stream.event() == b"x"
    stop.set()
    assert await other > PARTS / 100


async def test_a_body_over_its_limit_is_refused_whatever_its_parts() -> None:
    """It is cut where the limit is, not at its end."""
    with pytest.raises(UpstreamMalformed, match="more than 100 bytes"):
        await reply(b"ab").whole(100)
