"""A real Emacs without a screen, and the person at it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.process.installation import LAUNCHER
from tests.screenless import Screenless, until

if TYPE_CHECKING:
    from tests.process.installation import Installation

RECIPE = Path(__file__).parents[2] / "editors" / "emacs" / "portico-eglot.el"
_DOUBLE = Path(__file__).with_name("double.el")


class Emacs(Screenless):
    """One Emacs, in the project of an installation."""

    def __init__(self, portico: Installation) -> None:
        super().__init__(portico.project)
        self._environment = portico.environment

    async def start(self) -> None:
        """Start it, and connect it to the hub by `M-x portico`."""
        begin = ("--batch", "--eval", "(progn (require 'package) (package-initialize))")
        await self.spawn(
            [
                os.environ["PORTICO_TEST_EMACS"],
                *begin,
                *("-l", str(RECIPE), "-l", str(_DOUBLE)),
                *("--eval", "(while t (accept-process-output nil 1))"),
            ],
            self._environment,
        )
        await self.run(f"(setq portico-program {json.dumps(LAUNCHER)})")
        await self.run("(portico)")
        await until(self.reads, lambda text: text.strip() != "")

    async def reads(self) -> str:
        """What stands in Portico's buffer."""
        shown: str = await self.run('(with-current-buffer "*portico*" (buffer-string))')
        return shown

    async def choose(self, prompt: dict[str, Any], title: str) -> None:
        """Choose the button that begins with `title`."""
        chosen = next(label for label in prompt["labels"] if label.startswith(title))
        await self.run(f"(setq person-answer {json.dumps(chosen)})")

    async def leave(self) -> None:
        """End it."""
        await self.close("(kill-emacs)")
