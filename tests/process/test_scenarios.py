"""Each story of the company in a box, lived through as its printed text says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from sandbox.scenario.shelf import SCENARIOS
from tests.process.installation import PATIENCE
from tests.process.player import Player, Told, steps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.process.installation import Installation


@pytest.fixture
async def player(portico: Installation) -> AsyncIterator[Player]:
    """Somebody with a fresh home; the sandbox that they started has ended afterwards."""
    player = Player(portico)
    yield player
    assert (await player.type("portico sandbox down")).code == 0


def words(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


async def shown(player: Player, step: Told) -> str:
    """What a step shows; where it takes several tries, the first that shows what it should."""
    async with asyncio.timeout(PATIENCE):
        while True:
            ended = await player.type(step.command, step.press)
            found = words(ended.out + ended.errors)
            if not step.again or all(words(seen) in found for seen in step.see):
                return found


async def follow(player: Player, text: str) -> None:
    """Do what a story's text says, and see what it says is seen."""
    told = steps(text)
    assert len(told) >= 5
    for step in told:
        found = await shown(player, step)
        for seen in step.see:
            assert words(seen) in found, f"{step.command}\n{found}"
        assert not step.nowhere or step.nowhere not in found, f"{step.command}\n{found}"


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_story_is_true_word_for_word(player: Player, name: str) -> None:
    """Every command of its text runs, and every word that it quotes is seen."""
    text = await player.begin(f"portico sandbox up --scenario {name}")
    await follow(player, text)


@pytest.mark.slow
async def test_reset_begins_a_story_afresh(player: Player) -> None:
    """What people did, wrote and signed in to is gone; the text, true again, is the same."""
    text = await player.begin("portico sandbox up --scenario failing-job")
    await follow(player, text)
    again = await player.begin("portico sandbox reset")
    assert again == text
    assert (await player.type("portico whoami")).code == 3
    assert "No call has arrived" in (await player.type("portico sandbox calls")).out
    assert (await player.type("portico login")).code == 0
    explain = "portico call spark.explain_failure --arg application=revenue_rollup"
    assert '"recorded_causes": []' in (await player.type(explain)).out


@pytest.mark.slow
async def test_one_person_after_the_other_signs_in_without_choosing(player: Player) -> None:
    """The sign-in page takes everybody for whom `--as` names, also in a sandbox that runs."""
    await player.begin("portico sandbox up --as bob")
    assert "Signed in as bob" in (await player.type("portico login")).out
    assert "Carol Castillo" in (await player.type("portico sandbox up --as carol")).out
    await player.type("portico logout")
    assert "Signed in as carol" in (await player.type("portico login")).out


@pytest.mark.slow
async def test_a_story_does_not_begin_where_another_has_been(player: Player) -> None:
    """It says what would be lost, and by which command; nothing is forgotten by itself."""
    await player.begin("portico sandbox up --as alice")
    other = await player.type("portico sandbox up --scenario rug-pull")
    assert (other.code, "portico sandbox reset --scenario rug-pull" in other.errors) == (1, True)
    assert (await player.type("portico login")).code == 0
    await player.type("portico sandbox down")
    other = await player.type("portico sandbox up --scenario rug-pull")
    assert (other.code, "portico sandbox reset --scenario rug-pull" in other.errors) == (1, True)
