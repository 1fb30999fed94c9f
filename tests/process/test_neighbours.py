"""Ten windows of one hub: whatever one of them does, the others go on."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proxy.wire import LINE_LIMIT
from tests.process.box import Box, served
from tests.process.conftest import behind
from tests.process.window import text

if TYPE_CHECKING:
    from tests.process.installation import Installation


def memory(pid: int) -> int:
    """Resident bytes of a process at their highest."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.usefixtures("box")
async def test_one_windows_trouble_is_nobody_elses(portico: Installation) -> None:
    """One exits, one is killed, one sends a giant line, one stops reading: six others go on."""
    windows = await asyncio.gather(*(portico.window() for _ in range(9)))
    await asyncio.gather(*(window.initialize() for window in windows))
    killed, giant, deaf, *others = windows
    async with portico.editor() as editor:
        pid = await portico.pid()
        for _ in range(40):
            deaf.call("box_big")
        os.killpg(killed.process.pid, signal.SIGKILL)
        giant.stdin.write(b'{"id":1,"x":"' + b"a" * (LINE_LIMIT + 1) + b'"}\n')
        await giant.stdin.drain()
        await editor.notify("exit", {})
        for _ in range(3):
            answers = await asyncio.gather(*(window.text("box_read") for window in others))
            assert answers == ["read"] * 6
        assert "MiB" in (await giant.answer(None))["error"]["message"]
        assert await giant.text("box_read") == "read"
        code = await editor._process.wait()
    assert code == 1  # LSP: an `exit` without `shutdown`.
    assert await portico.pid() == pid
    assert memory(pid) < 250_000_000


async def test_a_window_that_reads_again_gets_every_answer(portico: Installation, box: Box) -> None:
    """Not reading for a while loses nothing, as long as the answers fit."""
    window = await portico.window()
    await window.initialize()
    calls = [window.call("box_big") for _ in range(20)]
    other = await portico.window()
    await other.initialize()
    assert await other.text("box_read") == "read"
    for number in calls:
        assert len(text(await window.answer(number))) == box.size


async def test_a_call_in_flight_at_the_end_of_input_is_answered(
    portico: Installation, box: Box
) -> None:
    """Closing the input half-way still brings the answer, then a clean end."""
    window = await portico.window()
    await window.initialize()
    number = window.call("box_wait")
    await asyncio.wait_for(box.waiting.wait(), 120)
    window.stdin.write_eof()
    box.released.set()
    assert text(await window.answer(number)) == "wait"
    assert await window.end() == (0, "")


async def test_a_cancelled_call_ends_its_stream_upstream(portico: Installation, box: Box) -> None:
    """The modern way to cancel is to close the stream, and the server sees it close."""
    window = await portico.window()
    await window.initialize()
    number = window.call("box_wait")
    await asyncio.wait_for(box.waiting.wait(), 120)
    window.send({"method": "notifications/cancelled", "params": {"requestId": number}})
    await asyncio.wait_for(box.left.wait(), 120)
    assert await window.text("box_read") == "read"


async def test_a_cancelled_call_is_told_to_a_legacy_server(portico: Installation) -> None:
    """A legacy server gets `notifications/cancelled` with the id that it knows."""
    async with served(Box(legacy=True)) as box:
        portico.configure(behind(box))
        window = await portico.window()
        await window.initialize()
        number = window.call("box_wait")
        await asyncio.wait_for(box.waiting.wait(), 120)
        window.send({"method": "notifications/cancelled", "params": {"requestId": number}})
        await asyncio.wait_for(box.cancelled.wait(), 120)
        told = next(seen for seen in box.seen if seen.method == "notifications/cancelled")
        called = next(seen for seen in box.seen if seen.method == "tools/call")
        assert told.message["params"]["requestId"] == called.message["id"]
        assert await window.text("box_read") == "read"


async def test_a_window_that_dies_takes_its_call_with_it(portico: Installation, box: Box) -> None:
    """Nobody waits for the answer of a killed window: its call is cancelled upstream at once."""
    window = await portico.window()
    await window.initialize()
    window.call("box_wait")
    await asyncio.wait_for(box.waiting.wait(), 120)
    await window.kill()
    await asyncio.wait_for(box.left.wait(), 120)
