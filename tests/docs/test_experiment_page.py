"""docs/experiment.md can be walked from top to bottom, and shows what it says it shows.

Every block of `sh` is run, in its order, in one folder with a fresh home; each line of the block of
`text` below it has to be in what came out, with `…` for anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ide_protocol.command_line.sitting import COMMANDS
from proxy.lint.rule import WRONG
from tests.docs.page import code, read, rows, section
from tests.process.installation import Installation
from tests.process.player import Player

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

BLOCKS = re.compile(r"^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
PAGE = read("docs/experiment.md")
TRIAL = section(PAGE, "Try a server you are writing")


@pytest.fixture
async def player(tmp_path: Path) -> AsyncIterator[Player]:
    """Somebody who never had a sandbox; it has ended afterwards, and so has Portico in it."""
    installation = Installation(tmp_path)
    player = Player(installation)
    yield player
    assert (await player.type("portico sandbox down")).code == 0
    await installation.close()


def pattern(line: str) -> re.Pattern[str]:
    """What a line that the page shows stands for, however output is wrapped."""
    parts = (r"\s+".join(map(re.escape, part.split())) for part in line.split("…"))
    return re.compile(r"\s*.*?\s*".join(parts), re.DOTALL)


@pytest.mark.slow
async def test_the_page_can_be_walked_from_top_to_bottom(player: Player) -> None:
    """Every command works where it stands, and what is shown below it is seen."""
    blocks = BLOCKS.findall(PAGE)
    assert len(blocks) == PAGE.count("```sh\n")
    assert sum(bool(shown) for _, shown in blocks) == PAGE.count("```text\n")
    for typed, shown in blocks:
        await player.keep(typed)
        ended = await player.type(f"set -e\n{typed}")
        seen = ended.out + ended.errors
        assert ended.code == 0, seen
        for line in filter(None, map(str.strip, shown.splitlines())):
            assert pattern(line).search(seen), (line, seen)


def test_the_page_has_every_rule_of_the_lint_in_its_words() -> None:
    """By its name, in the order of the table in the code."""
    assert [(row[0].strip("`"), row[1]) for row in rows(TRIAL)] == [
        (str(rule), wrong) for rule, wrong in WRONG.items()
    ]


def test_the_commands_of_the_prompt_that_the_page_names_are_there() -> None:
    """What begins with a slash is a command of the prompt."""
    named = {word.partition(" ")[0] for word in code(TRIAL) if word.startswith("/")}
    assert named
    assert named <= set(COMMANDS)
