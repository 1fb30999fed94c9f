"""A real Neovim without a screen, and the person at it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.process.installation import LAUNCHER
from tests.screenless import Screenless

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.process.installation import Installation

PLUGIN = Path(__file__).parents[2] / "editors" / "neovim"
_DOUBLE = Path(__file__).with_name("double.lua")


class Neovim(Screenless):
    """One Neovim at a time, in the project of an installation.

    Attributes:
        options: What `setup` is called with, in Lua.
        environment: What the process is started with.
        line: The statusline, as far as `status` has read.
    """

    def __init__(self, portico: Installation) -> None:
        super().__init__(portico.project)
        self.options = f"{{ path = {LAUNCHER!r}, quiet_ms = 0, settle_ms = 0 }}"
        self.line = "Portico: off"
        xdg = Path(portico.home.root) / "xdg"
        names = ("config", "data", "state", "cache")
        folders = {f"XDG_{name.upper()}_HOME": str(xdg / name) for name in names}
        # What opens is the double's; without a browser Neovim would not try.
        self.environment = {**portico.environment, **folders, "BROWSER": "true"}

    async def start(self, *, picks: bool = True, clean: bool = True) -> None:
        """Start it, and wait until it is connected to the hub.

        Args:
            picks: Whether a picker took the place of `vim.ui.select`.
            clean: Without a configuration of the user's; the plugin is found and set up here.
        """
        words = [os.environ["PORTICO_TEST_NEOVIM"], "--headless", "-i", "NONE", "-n"]
        if clean:
            words += ["--clean", "--cmd", f"set runtimepath^={PLUGIN}"]
        await self.spawn([*words, "-S", str(_DOUBLE)], self.environment)
        if picks:
            await self.run("person.picks()")
        if clean:
            await self.run(f"require('portico').setup({self.options})")
        await self.status(lambda said: said not in {"Portico: off", "Portico: …"})

    async def command(self, line: str) -> None:
        """Type a command."""
        await self.run(f"vim.cmd({json.dumps(line)})")

    async def type(self, keys: str) -> None:
        """Press keys, as `<CR>` and `<Esc>`."""
        await self.run(f"vim.api.nvim_input({json.dumps(keys)})")

    async def status(self, holds: Callable[[str], bool]) -> str:
        """The statusline, as soon as it is as expected, which it may be already."""
        while not holds(self.line):
            self.line = await self.next("status")
        return self.line

    async def sees(self) -> str:
        """What stands in its floating windows."""
        return "\n".join(await self.run("return person.sees()"))

    async def reads(self) -> str:
        """What stands in its current buffer."""
        return "\n".join(await self.run("return person.reads()"))

    async def choose(self, label: str) -> None:
        """Choose, in the prompt that is shown next, the item that begins with `label`."""
        await self.pick(await self.next("select"), label)

    async def pick(self, prompt: dict[str, Any], label: str) -> None:
        """Choose in a prompt that was seen already."""
        at = next(n for n, text in enumerate(prompt["labels"], 1) if text.startswith(label))
        await self.run(f"person.choose({at})")

    async def leave(self) -> None:
        """End it."""
        await self.close("vim.cmd('qa!')")
        self.line = "Portico: off"
