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
    room = stockroom.Stockroom(lambda *_: done.set())
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
