"""A story's text fits a terminal, and every command in it can be copied."""

from __future__ import annotations

import pytest

from sandbox.people import PEOPLE
from sandbox.scenario.scenario import TURN, Scenario
from sandbox.scenario.shelf import SCENARIOS
from sandbox.scenario.telling import WIDTH, Kind, told


@pytest.mark.parametrize("story", SCENARIOS.values(), ids=lambda story: story.name)
def test_a_story_fits_a_terminal_of_eighty_columns(story: Scenario) -> None:
    """No line is cut or wrapped by the terminal, and each command comes with what is seen."""
    lines = [line.text for line in told(story, lambda word: f"portico sandbox {word}")]
    assert max(map(len, lines)) <= WIDTH
    assert all(step.see for step in story.steps)


@pytest.mark.parametrize("story", SCENARIOS.values(), ids=lambda story: story.name)
def test_a_story_is_about_somebody_and_turns_only_where_it_says(story: Scenario) -> None:
    """Its person works here, and whoever is told to let something happen can."""
    assert PEOPLE[story.person].name.split()[0] in story.about
    assert (TURN in [step.run for step in story.steps]) is bool(story.turned)


def test_a_storys_own_commands_name_the_folder_that_was_named() -> None:
    """Whoever keeps a sandbox elsewhere can copy each command as it is shown."""
    lines = told(SCENARIOS["rug-pull"], lambda word: f"portico sandbox {word} --dir elsewhere")
    typed = [line.text.strip() for line in lines if line.kind is Kind.RUN]
    assert "portico sandbox turn --dir elsewhere" in typed
