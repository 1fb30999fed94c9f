"""The reference SDK's own client, through Portico and straight to the same server, in turns."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

from bench.estate import PORTICO, estate
from bench.figure import Figure, ratios
from bench.process import served

if TYPE_CHECKING:
    from mcp import Client
    from mcp.client import ClientRequestContext
    from mcp.types import ElicitResult

    from bench.estate import Estate

_CALLS = 1200
_WARM_UP = 60
_BLOCKS = 12
_KINDS: dict[str, tuple[str, bool, float | None]] = {
    "modern": ("auto", False, 1.2),
    "legacy": ("legacy", False, 0.95),
    # Its server may ask it, so Portico speaks to that in a session, as the client itself does.
    "legacy, can be asked": ("legacy", True, None),
}
"""Kind of client -> the SDK's mode, whether it takes questions, and the bar."""


def measure() -> list[Figure]:
    """One ratio for each kind of client, with the two sides of it in milliseconds."""
    with (
        served("bench.company", "0", "0") as company,
        served("bench.echo") as echo,
        estate(json.loads(company.said)["toml"], {"echo": echo.said}) as home,
    ):
        figures: list[Figure] = []
        for kind, (mode, asked, bar) in _KINDS.items():
            through, straight = asyncio.run(_both(home, echo.said, mode, asked=asked))
            figures += [
                Figure(
                    f"SDK client, {kind}: through Portico ÷ straight",
                    "x",
                    ratios(through, straight, blocks=_BLOCKS),
                    bar,
                ),
                Figure("  through Portico", "ms", tuple(through)),
                Figure("  straight", "ms", tuple(straight)),
            ]
        return figures


async def _both(
    home: Estate,
    url: str,
    mode: Any,  # noqa: ANN401 - the SDK's literal.
    *,
    asked: bool,
) -> tuple[list[float], list[float]]:
    from mcp import Client, StdioServerParameters

    shim = StdioServerParameters(command=PORTICO, args=["mcp"], env=home.environment)
    answer = _decline if asked else None
    async with contextlib.AsyncExitStack() as stack:
        through = await stack.enter_async_context(
            Client(shim, mode=mode, elicitation_callback=answer)
        )
        straight = await stack.enter_async_context(
            Client(url, mode=mode, elicitation_callback=answer)
        )
        ours: list[float] = []
        theirs: list[float] = []
        await through.list_tools()
        for _ in range(_WARM_UP):
            await _timed(through, "echo_echo")
            await _timed(straight, "echo")
        for _ in range(_CALLS):
            ours.append(await _timed(through, "echo_echo"))
            theirs.append(await _timed(straight, "echo"))
    return ours, theirs


async def _decline(
    context: ClientRequestContext,  # noqa: ARG001 - the SDK passes it by this name.
    params: Any,  # noqa: ANN401, ARG001 - as above.
) -> ElicitResult:
    from mcp.types import ElicitResult

    return ElicitResult(action="decline")


async def _timed(client: Client, tool: str) -> float:
    begun = time.perf_counter()
    answer = await client.call_tool(tool, {"text": "hello"})
    took = (time.perf_counter() - begun) * 1000
    assert not answer.is_error, str(answer)[:400]
    return took
