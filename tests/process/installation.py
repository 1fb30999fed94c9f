"""Portico as a user has it: the installed launcher, a home of its own, nothing else of ours."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxy.home import Home
from sandbox.editor import Editor
from sandbox.stage import alive
from tests.process.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

LAUNCHER = str(Path(sys.executable).with_name("portico"))
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    errors: str

    @property
    def json(self) -> dict[str, Any]:
        """What `--json` printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found


class Installation:
    """One home and everything that runs in it.

    Attributes:
        home: Where it is.
        environment: What every process is started with.
        project: A folder to stand in.
        hubs: The process ids of every hub that was asked for, at the end of all that there were.
        witnessed: What commands and windows wrote, all of it.
    """

    def __init__(self, folder: Path) -> None:
        root, self.project = folder / "home", folder / "project"
        root.mkdir(mode=0o700)
        self.project.mkdir()
        self.home = Home(str(root.resolve()), own=True)
        self.environment = {
            "HOME": str(root),
            "PATH": os.environ["PATH"],
            "PORTICO_HOME": str(root),
        }
        self.hubs: set[int] = set()
        self.windows: list[Window] = []
        self.witnessed: list[str] = []

    def configure(self, text: str) -> None:
        """Write portico.toml."""
        Path(self.home.file).write_text(text, encoding="utf-8")

    @property
    def log(self) -> str:
        """The hub's log so far."""
        path = Path(self.home.log)
        return path.read_text(encoding="utf-8") if path.exists() else ""

    async def run(self, *arguments: str, **surroundings: Any) -> Ended:  # noqa: ANN401 - of Popen.
        """Run a command to its end."""
        return await self.execute([LAUNCHER, *arguments], **surroundings)

    async def execute(
        self,
        command: list[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> Ended:
        """Run any program of this installation to its end."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env={**self.environment, **(env or {})},
            cwd=cwd or self.project,
        )
        try:
            async with asyncio.timeout(PATIENCE):
                out, errors = await process.communicate(stdin)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        ended = Ended(process.returncode or 0, out.decode(), errors.decode())
        self.witnessed += [ended.out, ended.errors]
        return ended

    async def window(self, *arguments: str, **surroundings: Any) -> Window:  # noqa: ANN401
        """An AI client's connection; `portico mcp` unless the arguments say otherwise."""
        return await self.start([LAUNCHER, *(arguments or ("mcp",))], **surroundings)

    async def start(
        self,
        command: list[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Window:
        """Any program that speaks MCP as lines."""
        window = await Window.start(
            command, {**self.environment, **(env or {})}, cwd or self.project
        )
        self.windows.append(window)
        return window

    def editor(self, *arguments: str) -> AbstractAsyncContextManager[Editor]:
        """An editor's connection; `portico lsp` unless the arguments say otherwise."""
        return Editor.start(
            [LAUNCHER, *(arguments or ("lsp",))],
            env=self.environment,
            workspace=str(self.project),
        )

    async def hub(self) -> dict[str, Any] | None:
        """What `portico hub status` says; None when none runs."""
        found: dict[str, Any] | None = (await self.run("hub", "status", "--json")).json["hub"]
        if found is not None:
            self.hubs.add(found["pid"])
        return found

    async def pid(self) -> int:
        """The process id of the running hub."""
        hub = await self.hub()
        assert hub is not None
        number: int = hub["pid"]
        return number

    async def shut(self) -> None:
        """End every window, and see all of them gone."""
        for window in self.windows:
            self.witnessed += await window.kill()
        self.windows.clear()

    async def close(self) -> None:
        """End every window and the hub, and see all of them gone."""
        await self.shut()
        self.hubs.update(map(int, re.findall(r"hub (\d+) serves", self.log)))
        stopped = await self.run("hub", "stop")
        assert stopped.code == 0, stopped.errors
        for hub in self.hubs:
            await gone(hub)
        shutil.rmtree(self.home.run, ignore_errors=True)


async def gone(process: int) -> None:
    """Wait until a process that is no child of ours has ended."""
    async with asyncio.timeout(PATIENCE):
        while alive(process):  # noqa: ASYNC110 - only a parent is told of an end.
            await asyncio.sleep(0.01)


def slay(process: int) -> None:
    """SIGKILL, by number."""
    os.kill(process, signal.SIGKILL)
