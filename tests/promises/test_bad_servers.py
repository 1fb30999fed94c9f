"""One dead, silent or slow server delays neither the list nor the calls of the others."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.process.box import Box, served, tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.process.installation import Installation
    from tests.process.window import Window

SERVERS = [f"s{number}" for number in range(10)]
DEAD, SILENT, SLOW = SERVERS[:3]
GOOD = SERVERS[3:]
TEN = [tool(f"t{number}") for number in range(10)]


def names(*servers: str) -> list[str]:
    """The public names of all tools of some servers."""
    return sorted(f"{server}_t{number}" for server in servers for number in range(10))


class Ten:
    """Ten servers of ten tools, which can be spoilt and mended."""

    def __init__(self) -> None:
        self.boxes = {name: Box() for name in SERVERS}
        self._stacks: dict[str, AsyncExitStack] = {}
        for box in self.boxes.values():
            box.tools = TEN

    async def open(self, name: str, port: int = 0) -> None:
        """Serve one of them."""
        stack = self._stacks[name] = AsyncExitStack()
        await stack.enter_async_context(served(self.boxes[name], port))

    async def close(self, name: str) -> None:
        """Let nobody answer there."""
        await self._stacks.pop(name).aclose()

    async def spoil(self) -> None:
        """One is dead from now on, one never answers, and one not in the time of this test."""
        await self.close(DEAD)
        for name in (SILENT, SLOW):
            self.boxes[name].pause = asyncio.Event()

    async def aclose(self) -> None:
        """Close those that are open."""
        for name in list(self._stacks):
            await self.close(name)

    def configuration(self) -> str:
        """The portico.toml that names them all."""
        return "".join(
            f'[servers.{name}]\nurl = "{box.url}"\nrisk = "read"\n'
            for name, box in self.boxes.items()
        )


@asynccontextmanager
async def ten(portico: Installation) -> AsyncIterator[Ten]:
    """Ten servers in this home's portico.toml."""
    servers = Ten()
    try:
        for name in SERVERS:
            await servers.open(name)
        portico.configure(servers.configuration())
        yield servers
    finally:
        await servers.aclose()


async def client(portico: Installation) -> Window:
    """A new AI client."""
    return await (await portico.window()).initialize()


async def test_the_good_servers_are_listed_and_called_beside_the_bad(portico: Installation) -> None:
    """With nothing known yet, the seventy live tools are there, and their calls go through."""
    async with ten(portico) as servers:
        await servers.spoil()
        window = await client(portico)
        assert await window.tools() == names(*GOOD)
        hanging = [window.call(f"{name}_t0") for name in (SILENT, SLOW)]
        for server in GOOD:
            assert await window.text(f"{server}_t1") == "t1"
        assert "could not be reached" in await window.text(f"{DEAD}_t0")
        status = await window.text("portico_status")
        assert "7 of 10 servers" in status
        for number in hanging:
            window.send({"method": "notifications/cancelled", "params": {"requestId": number}})


async def test_what_was_seen_once_stays_in_the_list(portico: Installation) -> None:
    """A second hub lists all hundred from the snapshot, and the bad ones' names did not change."""
    async with ten(portico) as servers:
        first = await client(portico)
        assert await first.tools() == names(*SERVERS)
        assert (await portico.run("hub", "stop")).code == 0
        await servers.spoil()
        second = await client(portico)
        assert await second.tools() == names(*SERVERS)
        assert await second.text(f"{GOOD[0]}_t1") == "t1"
        assert "could not be reached" in await second.text(f"{DEAD}_t1")
        assert await second.tools() == names(*SERVERS)


async def test_a_server_that_comes_back_is_listed_again(portico: Installation) -> None:
    """Its return is told by `list_changed`; nobody's name changes by it."""
    async with ten(portico) as servers:
        await servers.close(DEAD)
        window = await client(portico)
        assert await window.tools() == names(*SERVERS[1:])
        await servers.open(DEAD, urlsplit(servers.boxes[DEAD].url).port or 0)
        # A person's call asks the server itself, without waiting for the next look in passing.
        assert await window.text(f"{DEAD}_t1") == "t1"
        await window.hear("notifications/tools/list_changed")
        assert await window.tools() == names(*SERVERS)
