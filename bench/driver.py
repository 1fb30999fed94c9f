"""What Portico adds to a call: JSON lines over the shim, against a bare `httpx2` post, in turns."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from bench.estate import estate
from bench.figure import Figure, differences
from bench.process import served

if TYPE_CHECKING:
    import httpx2

    from bench.window import Window

_CALLS = 1200
_WARM_UP = 60
_BLOCKS = 12

_HEADERS = {
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "echo",
}
_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def measure() -> list[Figure]:
    """The difference, and its two sides."""
    with (
        served("bench.company", "0", "0") as company,
        served("bench.echo") as echo,
        estate(json.loads(company.said)["toml"], {"echo": echo.said}) as home,
    ):
        window = home.window()
        window.initialize()
        window.tools()
        ours, theirs = asyncio.run(_both(window, echo.said))
        window.close()
    return [
        Figure(
            "raw driver: added to a bare httpx2 post",
            "ms",
            differences(ours, theirs, blocks=_BLOCKS),
            0.9,
        ),
        Figure("  through Portico", "ms", tuple(ours)),
        Figure("  bare post", "ms", tuple(theirs)),
    ]


async def _both(window: Window, url: str) -> tuple[list[float], list[float]]:
    import httpx2

    ours: list[float] = []
    theirs: list[float] = []
    async with httpx2.AsyncClient(trust_env=False) as client:
        for number in range(_WARM_UP + _CALLS):
            begun = time.perf_counter()
            # Blocking is fine: nothing else runs in this loop between two posts.
            window.call("echo_echo", {"text": "hello"})
            between = time.perf_counter()
            await _post(client, url, number)
            done = time.perf_counter()
            ours.append((between - begun) * 1000)
            theirs.append((done - between) * 1000)
    return ours[_WARM_UP:], theirs[_WARM_UP:]


async def _post(client: httpx2.AsyncClient, url: str, number: int) -> None:
    params: dict[str, Any] = {"name": "echo", "arguments": {"text": "hello"}, "_meta": _META}
    request = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
    answer = await client.post(url, json=request, headers=_HEADERS)
    assert answer.status_code == 200, answer.text
    assert '"isError":true' not in answer.text, answer.text
