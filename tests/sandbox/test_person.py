"""The person in front of the demo's editor."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from sandbox.person import Eyes, Prompt

ASK = """
import asyncio
from sandbox.person import hear
print(asyncio.run(hear("Allow it?")))
"""


async def test_a_prompt_stays_open_until_a_button_is_pressed() -> None:
    """The editor's answer is the pressed button; a closed prompt answers null."""
    eyes = Eyes()
    params = {"message": "Drop it?", "actions": [{"title": "Run it"}, {"title": "Don't run"}]}
    answer = asyncio.create_task(eyes.show(params))
    prompt = await eyes.next()
    assert not answer.done()
    prompt.press(prompt.button(yes=True))
    assert await answer == {"title": "Run it"}
    closing = asyncio.create_task(eyes.show(params))
    (await eyes.next()).press(None)
    assert await closing is None


@pytest.mark.parametrize(("yes", "title"), [(True, "Allow once"), (False, "Don't allow")])
async def test_only_a_button_that_says_yes_is_a_yes(*, yes: bool, title: str) -> None:
    """Buttons are told apart by how they begin, so a refusal is never pressed for a yes."""
    prompt = Prompt(
        {"message": "?", "actions": [{"title": "Don't allow"}, {"title": "Allow once"}]}
    )
    assert prompt.button(yes=yes) == title


@pytest.mark.parametrize(
    ("typed", "heard"),
    [(b"y\n", "True"), (b"\n", "False"), (b"maybe\n", "False"), (b"\4", "False")],
)
async def test_at_a_terminal_only_a_yes_is_a_yes(typed: bytes, heard: str) -> None:
    """Enter alone, anything unclear and the end of input are no."""
    outer, inner = os.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", ASK, stdin=inner, stdout=asyncio.subprocess.PIPE
    )
    os.close(inner)
    assert process.stdout is not None
    try:
        assert await process.stdout.readuntil(b"[y/N] ") == b"Allow it? [y/N] "
        os.write(outer, typed)
        assert (await process.stdout.read()).decode().strip() == heard
        assert await process.wait() == 0
    finally:
        os.close(outer)
