"""The person in front of the demo's editor: the prompts they see, and what they answer.

`--yes` and `--no` answer for them. On a terminal without either, the person is really asked, and
only a plain yes is a yes.
"""

from __future__ import annotations

import asyncio
import os
import sys
from enum import StrEnum
from typing import Any

_YES = ("run", "allow", "approve", "yes")


class Mind(StrEnum):
    """How the person decides when the story leaves it to them."""

    YES = "yes"
    NO = "no"
    ASK = "ask"
    ABSENT = "absent"
    """There is no terminal to ask them at, and nobody said how they decide: no."""


class Prompt:
    """One `window/showMessageRequest`, shown in the editor and not answered yet.

    Attributes:
        message: The text of the prompt.
        actions: The titles of its buttons.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        self.message = str(params["message"])
        self.actions = [str(action["title"]) for action in params.get("actions") or ()]
        self._answered: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    def button(self, *, yes: bool) -> str | None:
        """The title that says yes, or the first that does not; None where there is no such."""
        for title in self.actions:
            if title.lower().startswith(_YES) is yes:
                return title
        return None

    def press(self, title: str | None) -> None:
        """Press a button; None closes the prompt without one."""
        if not self._answered.done():
            self._answered.set_result(title)

    async def wait(self) -> dict[str, str] | None:
        """The answer, in the shape that LSP sends back."""
        title = await self._answered
        return None if title is None else {"title": title}


class Eyes:
    """Takes an editor's prompts in the order they appear."""

    def __init__(self) -> None:
        self._prompts: asyncio.Queue[Prompt] = asyncio.Queue()

    async def show(self, params: dict[str, Any]) -> object:
        """Handle `window/showMessageRequest`: the prompt stays open until it is answered."""
        prompt = Prompt(params)
        self._prompts.put_nowait(prompt)
        return await prompt.wait()

    async def next(self) -> Prompt:
        """The next prompt, as soon as it is there."""
        return await self._prompts.get()

    @property
    def seen(self) -> bool:
        """Whether a prompt is there that nobody took yet."""
        return not self._prompts.empty()


async def hear(question: str) -> bool:
    """Ask at the terminal. Nothing, an end of input and everything but a yes is no.

    Read by the loop and not in a thread: a thread inside `input` would keep Ctrl-C waiting.
    """
    _forget_typed_ahead()
    sys.stdout.write(f"{question} [y/N] ")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[bytes] = loop.create_future()

    def read() -> None:
        """Take the line that the terminal has ready."""
        if not heard.done():
            heard.set_result(os.read(0, 1024))

    loop.add_reader(0, read)
    try:
        return (await heard).strip().lower() in {b"y", b"yes"}
    finally:
        loop.remove_reader(0)


def _forget_typed_ahead() -> None:
    """Drop what was typed before the question was there: it cannot be an answer to it."""
    import termios

    termios.tcflush(0, termios.TCIFLUSH)
