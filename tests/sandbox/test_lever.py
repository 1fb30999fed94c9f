"""A sandbox that runs obeys whoever can read its private folder, and nobody else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from sandbox.lever import Levers, describe, pull
from sandbox.serving import Door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[Path, Levers, str]]:
    """A file that leads to one lever, `shout`, the lever itself, and where it is."""
    levers = Levers({"shout": str.upper})
    door = Door()
    await door.open(levers.application())
    file = tmp_path / "levers.json"
    file.write_text(describe(door.url, levers.secret))
    yield file, levers, door.url
    await door.close()


async def test_a_word_is_obeyed_and_answered(place: tuple[Path, Levers, str]) -> None:
    """What has happened comes back, whatever the value holds."""
    assert await asyncio.to_thread(pull, place[0], "shout", "rug & pull") == "RUG & PULL"


@pytest.mark.parametrize(("word", "secret"), [("shout", "guessed"), ("whisper", "")])
async def test_a_stranger_and_an_unknown_word_are_refused(
    place: tuple[Path, Levers, str], word: str, secret: str
) -> None:
    """Without the secret nothing happens, and with it nothing that there is not."""
    file, levers, url = place
    file.write_text(describe(url, secret or levers.secret))
    with pytest.raises(OSError, match=r"own people|no such word"):
        await asyncio.to_thread(pull, file, word, "x")
