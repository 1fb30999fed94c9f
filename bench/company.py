"""The company that the figures meet: the sandbox's sign-on, registry and gateway, and its servers.

`python -m bench.company GOOD BAD` runs it in a process of its own. It prints what belongs into
portico.toml as one JSON line, then obeys words on its input: `break` makes the bad servers bad.
GOOD servers stand behind the gateway and in the registry; BAD ones are written by hand.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from typing import TYPE_CHECKING

from bench.echo import application
from sandbox.company import Company
from sandbox.serving import Door

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

SLOW_SECONDS = 20.0

BAD = ("dead", "silent", "slow")
"""One that nobody serves any more, one that accepts and never answers, one that takes 20 s."""


class Bad:
    """A server that is good until it is broken, in its own way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._good: ASGIApp = application(name)
        self._door = Door()
        self._broken = False
        self._kept: socket.socket | None = None
        self.url = f"{self._door.url}/mcp"

    async def open(self) -> None:
        """Serve, well."""
        await self._door.open(self._answer)

    async def spoil(self) -> None:
        """Be dead, silent or slow from now on."""
        self._broken = True
        if self.name == "dead":
            await self._door.close()
            # Keep the port without listening, so that nobody else answers there.
            self._kept = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._kept.bind(("127.0.0.1", self._door.port))

    async def close(self) -> None:
        """Stop."""
        if self._kept is not None:
            self._kept.close()
        else:
            await self._door.close()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._broken and scope["type"] == "http":
            await asyncio.sleep(SLOW_SECONDS if self.name == "slow" else 86400)
        await self._good(scope, receive, send)


async def _run(good: int, bad: int) -> None:
    applications = {f"s{number}": application(f"s{number}") for number in range(good)}
    async with contextlib.AsyncExitStack() as stack:
        company = await stack.enter_async_context(Company(applications=applications))
        worse = [Bad(name) for name in BAD[:bad]]
        for server in worse:
            stack.push_async_callback(server.close)
            await server.open()
        written = {server.name: server.url for server in worse}
        print(json.dumps({"toml": company.configuration(), "bad": written}), flush=True)
        # Whoever started this process ends it by closing its input.
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip() == "break":
                for server in worse:
                    await server.spoil()
            print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), int(sys.argv[2])))
