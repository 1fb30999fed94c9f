"""The demo as a user starts it: the whole of Portico, end to end, without a terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.stage import alive

COMMAND = [sys.executable, "-m", "portico", "demo"]
PICTURE = Path(__file__).parent.parent / "docs" / "story.svg"


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a fresh user, whose temporary folders can be counted."""
    for name in ("home", "temporary"):
        (folder / name).mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
    }


def hub_of(story: str) -> int:
    """The process id of the hub, as the story tells it."""
    found = re.search(r"one hub \(process (\d+)\)", story)
    assert found is not None, story
    return int(found[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "ends"), [("--yes", "denied and replied"), ("--no", "denied and denied"), (None, "")]
)
def test_the_demo_keeps_every_promise(tmp_path: Path, answer: str | None, ends: str) -> None:
    """The story comes out as promised; without a terminal and an answer it is no; all is gone."""
    environment = surroundings(tmp_path)
    command = COMMAND if answer is None else [*COMMAND, answer]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    assert f"with their ends: {ends or 'denied and denied'}." in told.stdout
    assert "kept: The gateway never saw the call." in told.stdout
    assert "\x1b" not in told.stdout
    assert ("no terminal at which you could be asked" in told.stdout) is (answer is None)
    claims = told.stdout.count("  kept: ")
    assert told.stdout.endswith(f"All {claims} claims of this story were kept.\n")
    assert not alive(hub_of(told.stdout))
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.slow
def test_a_terminated_demo_leaves_nothing_running(tmp_path: Path) -> None:
    """SIGTERM in the middle of the story ends the hub and removes the folders as its end does."""
    environment = surroundings(tmp_path)
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, env=environment, stdout=pipe, stderr=pipe, text=True) as demo:
        assert demo.stdout is not None
        told = ""
        while "Nobody is signed in yet" not in told:
            line = demo.stdout.readline()
            assert line, told
            told += line
        demo.send_signal(signal.SIGTERM)
        rest, complaints = demo.communicate()
    assert demo.returncode == 130, complaints
    assert "In your own editor" not in rest
    assert not alive(hub_of(told))
    assert list((tmp_path / "temporary").iterdir()) == []


def test_the_picture_of_the_story_names_no_machine() -> None:
    """README's picture was drawn by a real run, and shows neither its folders nor loads a font."""
    svg = PICTURE.read_text(encoding="utf-8")
    assert "dev_alice.scratch" in svg
    assert not re.search(r"/(tmp|home|work|root|Users)\b", svg)
    assert "@font-face" not in svg
