"""A VS Code that is served on loopback, with the extension and the stand-in for an AI client."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.process.installation import LAUNCHER, PATIENCE
from tests.vscode.__main__ import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTENS = re.compile(rb"HTTP server listening on (http://127\.0\.0\.1:\d+)")

_MACHINE = {"portico.path": LAUNCHER}
"""Settings of the machine where the code is; a person's own do not reach there."""

_USER = {
    # The chat's panel would cover the views, and its tips and news the windows.
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "extensions.ignoreRecommendations": True,
    "telemetry.telemetryLevel": "off",
}


@dataclass(slots=True)
class Workbench:
    """One code-server.

    Attributes:
        folder: Its data and extensions.
        home: The home folder of whoever works here; projects are in it.
        portico_home: The home of the Portico that its extension starts.
        url: Where it is served, once it is started.
    """

    folder: Path
    home: Path
    portico_home: Path
    url: str = ""
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)
    _reading: asyncio.Task[None] | None = field(default=None, init=False)

    @property
    def calls(self) -> Path:
        """What the stand-in for an AI client shall call."""
        return self.folder / "calls.json"

    @property
    def environment(self) -> dict[str, str]:
        """What it, and all that it starts, is started with."""
        return {
            "HOME": str(self.home),
            "PATH": f"{os.environ['PORTICO_TEST_NODE']}{os.pathsep}{os.environ['PATH']}",
            "PORTICO_HOME": str(self.portico_home),
            "CALLER_FILE": str(self.calls),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }

    async def start(self) -> None:
        """Pack, install, serve, and wait until it listens."""
        for whose, settings in (("Machine", _MACHINE), ("User", _USER)):
            file = self.folder / "data" / whose / "settings.json"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(settings), encoding="utf-8")
        caller = self.folder / "caller.vsix"
        await self._run(
            str(FOLDER / "node_modules" / ".bin" / "vsce"),
            *("package", "--no-dependencies", "--skip-license", "-o", str(caller)),
            cwd=Path(__file__).parents[1] / "caller",
        )
        for extension in (FOLDER / "portico.vsix", caller):
            await self._run(*self._command("--install-extension", str(extension)))
        self._process = await asyncio.create_subprocess_exec(
            *self._command("--auth=none", "--bind-addr=127.0.0.1:0", "--disable-telemetry"),
            *("--disable-update-check", "--disable-workspace-trust", str(self.home)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.environment,
            cwd=self.folder,
            start_new_session=True,
        )
        async with asyncio.timeout(PATIENCE):
            await self._listening(self._process)
        self._reading = asyncio.create_task(self._drain(self._process))

    async def close(self) -> None:
        """End it and all that it started but the hub, which outlives it."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._process.wait()
        finally:
            if self._reading is not None:
                self._reading.cancel()

    def _command(self, *words: str) -> Iterator[str]:
        yield os.environ["PORTICO_TEST_CODE_SERVER"]
        yield f"--user-data-dir={self.folder / 'data'}"
        yield f"--extensions-dir={self.folder / 'extensions'}"
        yield from words

    async def _listening(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        said = b""
        while (found := _LISTENS.search(said)) is None:
            line = await process.stdout.readline()
            assert line, said.decode(errors="replace")
            said += line
        self.url = found[1].decode()

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        """Keep what it says, for whoever looks after a failure; a full pipe would stop it."""
        assert process.stdout is not None
        with (self.folder / "code-server.log").open("wb") as log:
            while line := await process.stdout.readline():
                log.write(line)

    async def _run(self, *command: str, cwd: Path | None = None) -> None:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.environment,
            cwd=cwd or self.folder,
        )
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
        assert process.returncode == 0, said.decode(errors="replace")
