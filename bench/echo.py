"""The servers that are called: the reference SDK's, with tools that do nothing.

`python -m bench.echo` serves one of them by uvicorn, alone in its process, and prints its URL.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette

TOOLS = 10
"""Tools of one server: `echo`, `rows`, and others that differ from `echo` by name alone."""


def application(name: str) -> Starlette:
    """One server of the SDK that answers by event streams, with its endpoint at `/mcp`."""
    # The SDK takes half a second to import, which the process that measures need not pay.
    from mcp.server import MCPServer

    server: MCPServer[object] = MCPServer(name, log_level="CRITICAL")
    for number in range(1, TOOLS - 1):
        server.add_tool(_echo, name=f"echo_{number}", description="Says what it was told.")
    server.add_tool(_echo, name="echo", description="Says what it was told.")
    server.add_tool(_rows, name="rows", description="As many characters as it is asked for.")
    return server.streamable_http_app()


def _echo(text: str) -> str:
    return text


def _rows(characters: int) -> str:
    return "x" * characters


async def _serve() -> None:
    from sandbox.serving import Door

    door = Door()
    await door.open(application("echo"))
    print(f"{door.url}/mcp", flush=True)
    # Whoever started this process ends it by closing its input.
    await asyncio.to_thread(sys.stdin.read)
    await door.close()


if __name__ == "__main__":
    asyncio.run(_serve())
