"""What servers offer besides tools, fetched beside the lists of tools."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from proxy.catalog import stockroom
from proxy.catalog.shelf import Shelf

if TYPE_CHECKING:
    import pytest


class Library:
    """A server with prompts, which counts how often it was asked for them."""

    def __init__(self) -> None:
        self.capabilities: dict[str, Any] = {"prompts": {}}
        self.fresh: float | None = None
        self.asked = 0
        self.reached = asyncio.Event()
        self.go = asyncio.Event()

    async def list_all(self, method: str, key: str) -> list[dict[str, Any]]:
        """The prompts, once it is let go."""
        self.asked += method == f"{key}/list"
        self.reached.set()
        await self.go.wait()
        return [{"name": f"prompt {self.asked}"}]


async def test_a_storm_of_changes_fetches_once_and_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is under way ends, however often its server says that something changed meanwhile."""
    monkeypatch.setattr(stockroom, "PAUSE", 0.0)
    done = asyncio.Event()
    library, shelf = Library(), Shelf()
    room = stockroom.Stockroom(lambda *_: done.set(), lambda: None)
    for _ in range(1000):
        room.stock("docs", shelf, library)  # type: ignore[arg-type]  # a double
    await library.reached.wait()
    for _ in range(1000):
        room.stock("docs", shelf, library)  # type: ignore[arg-type]  # a double
        await asyncio.sleep(0)
    assert library.asked == 1
    library.go.set()
    await done.wait()
    done.clear()
    await done.wait()
    assert library.asked == 2
    room.drop("docs")


async def test_the_shortest_word_of_all_a_servers_lists_counts() -> None:
    """The shelf is due earlier when its prompts are, unless its server has failed since."""
    kept, done = asyncio.Event(), asyncio.Event()
    library, shelf = Library(), Shelf()
    shelf.succeeded([], 1000.0, fresh=600.0)
    library.fresh = 60.0
    library.go.set()
    room = stockroom.Stockroom(lambda *_: done.set(), kept.set)
    room.stock("docs", shelf, library)  # type: ignore[arg-type]  # a double
    await kept.wait()
    await done.wait()
    assert shelf.due == 1060.0
    room.drop("docs")
