"""A person who plays a story in a shell of their own, as its printed text says."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import re
import select
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from proxy.home import Home
from tests.process.installation import LAUNCHER, PATIENCE, Ended

if TYPE_CHECKING:
    from tests.process.installation import Installation

VISITOR = Path(__file__).with_name("visitor.py")
EXPORT = re.compile(r"^ *export PORTICO_HOME=(.+)$", re.MULTILINE)
_TYPED, _PRESSED, _SEEN = "     ", "     → on the page: ", "     │ "
_AGAIN, _NOWHERE = "     ↻ again, until you see", "     ┆ nowhere: "


@dataclass(slots=True)
class Told:
    """One step as it is printed: a command, the button to press, the words to see and not to."""

    command: str = ""
    press: str = ""
    see: list[str] = field(default_factory=list)
    nowhere: str = ""
    again: bool = False


def steps(text: str) -> list[Told]:
    """The steps of a printed story."""
    found: list[Told] = []
    typing = False
    for line in text.splitlines():
        if re.match(r" ?\d+\.  ", line):
            found.append(Told())
            typing = False
        elif not found:
            continue
        elif line.startswith(_PRESSED):
            found[-1].press = line.removeprefix(_PRESSED)
        elif line.startswith(_SEEN):
            found[-1].see.append(line.removeprefix(_SEEN))
        elif line.startswith(_NOWHERE):
            found[-1].nowhere = line.removeprefix(_NOWHERE)
        elif line == _AGAIN:
            found[-1].again = True
        elif typing or line.startswith(f"{_TYPED}portico "):
            found[-1].command += line.removeprefix(_TYPED) + "\n"
            typing = line.endswith("\\")
    return found


class Player:
    """Somebody with a shell, a browser and a home.

    Args:
        installation: Whose home everything is in.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._presses = installation.project / "press"
        browser = shlex.join([sys.executable, "-I", str(VISITOR), str(self._presses)])
        launchers = str(Path(LAUNCHER).parent)
        self.environment = {
            "PATH": f"{launchers}:{installation.environment['PATH']}",
            "BROWSER": f"{browser} %s",
        }

    async def type(self, command: str, press: str = "") -> Ended:
        """Type something into the shell, and press a button where a page opens."""
        self._presses.write_text(press, encoding="utf-8")
        if press:
            # Where a terminal could ask as well, a command without one would be a no.
            return await asyncio.to_thread(self._at_terminal, command)
        return await self._installation.execute(["sh", "-c", command], env=self.environment)

    def _at_terminal(self, command: str) -> Ended:
        """Run a command whose keyboard and screen are a terminal, on which nothing is typed."""
        ours, theirs = pty.openpty()
        wide = {"NO_COLOR": "1", "COLUMNS": "4000", "TERM": "dumb"}
        with subprocess.Popen(
            ["sh", "-c", command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**self._installation.environment, **self.environment, **wide},
            cwd=self._installation.project,
            start_new_session=True,
        ) as process:
            os.close(theirs)
            seen = b""
            # Linux says EIO where the last of the other side has gone.
            with contextlib.suppress(OSError):
                while select.select([ours], [], [], PATIENCE)[0] and (read := os.read(ours, 4096)):
                    seen += read
            os.close(ours)
            process.wait(PATIENCE)
        return Ended(process.returncode, seen.decode(errors="replace"), "")

    async def begin(self, command: str) -> str:
        """Start a sandbox, and set `PORTICO_HOME` as it says; returns what it printed."""
        up = await self.type(command)
        assert up.code == 0, up.errors
        assert await self.keep(up.out), up.out
        return up.out

    async def keep(self, text: str) -> bool:
        """Export what `text` exports for all that is typed from now on; whether it did."""
        found = EXPORT.search(text)
        if found is not None:
            home = (await self.type(f"echo {found[1]}")).out.removesuffix("\n")
            self._installation.home = Home(home, own=True)
            self._installation.environment["PORTICO_HOME"] = home
        return found is not None
