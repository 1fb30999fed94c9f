"""Everything that runs while the demo tells its story, and its end.

The company runs in this process. Portico runs as a user has it: an editor and an AI client each
start its launcher, the launcher finds or starts the hub, and all of them live in a home of their
own that is deleted afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.company import Company
from sandbox.editor import Editor, EditorLost, ErrorAnswer
from sandbox.entries import launcher
from sandbox.person import Eyes
from sandbox.story import FOLDER, PromiseBroken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mcp import Client

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What the scenes play with.

    Attributes:
        company: The company in a box.
        editor: An LSP connection through `portico lsp`.
        assistant: The reference SDK's MCP client through `portico mcp`.
        eyes: The prompts that appear in the editor.
        environment: What every process of Portico was started with.
    """

    company: Company
    editor: Editor
    assistant: Client
    eyes: Eyes
    environment: dict[str, str]

    async def portico(self, *arguments: str) -> dict[str, Any]:
        """Run Portico's command line with `--json` and return what it printed.

        Raises:
            PromiseBroken: It failed, or printed something else.
        """
        code, out, wrong = await _run([*launcher(), *arguments, "--json"], self.environment)
        said = " ".join(["portico", *arguments])
        if code != 0:
            msg = f"`{said}` ended with {code}. {wrong}"
            raise PromiseBroken(msg)
        try:
            found: dict[str, Any] = json.loads(out)
        except ValueError:
            msg = f"`{said} --json` printed no JSON but {out[:200]!r}"
            raise PromiseBroken(msg) from None
        return found


@contextlib.asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """Start everything; end everything, whatever happens in between.

    Raises:
        PromiseBroken: Something did not start, or did not end.
    """
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        home, project = Path(folder) / "home", Path(folder) / "webshop"
        home.mkdir(mode=0o700)
        (project / ".git").mkdir(parents=True)
        environment = _environment(home)
        async with Company() as company:
            (home / "portico.toml").write_text(company.configuration(), encoding="utf-8")
            try:
                async with _windows(company, environment, project) as stage:
                    yield stage
            finally:
                await _stop_hub(environment)


@contextlib.asynccontextmanager
async def _windows(
    company: Company, environment: dict[str, str], project: Path
) -> AsyncIterator[Stage]:
    """The two connections of the story: an editor first, then an AI client."""
    from mcp import Client, Implementation, MCPError, StdioServerParameters
    from mcp.client.stdio import stdio_client

    eyes = Eyes()
    program, *rest = launcher()
    parameters = StdioServerParameters(
        command=program, args=[*rest, "mcp"], env=environment, cwd=project
    )
    lsp = Editor.start([*launcher(), "lsp"], env=environment, workspace=str(project))
    log = Path(environment["PORTICO_HOME"]) / "mcp.log"
    try:
        async with lsp as editor:
            editor.on("window/showMessageRequest", eyes.show)
            with log.open("w", encoding="utf-8") as errors:
                mcp = Client(
                    stdio_client(parameters, errlog=errors),
                    client_info=Implementation(name="Demo AI client", version="1"),
                )
                async with mcp as assistant:
                    yield Stage(company, editor, assistant, eyes, environment)
    except* PromiseBroken as broken:
        # The SDK's task groups wrap whatever passes through them, layer upon layer.
        raise _first(broken) from None
    except* (EditorLost, ErrorAnswer, MCPError, OSError) as wrong:
        cause = _first(wrong)
        msg = f"A connection to Portico failed. {type(cause).__name__}: {cause}"
        raise PromiseBroken(msg) from None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first plain exception inside a group."""
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


def _environment(home: Path) -> dict[str, str]:
    """The environment of an editor that was started with this home and nothing else of ours."""
    kept = ("PATH", "HOME", "LANG", "TERM", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
    own = {name: os.environ[name] for name in kept if name in os.environ}
    return {**own, "PORTICO_HOME": str(home)}


async def _stop_hub(environment: dict[str, str]) -> None:
    """End the hub and see it gone, so that nothing of the demo goes on running."""
    hub = [*launcher(), "hub"]
    # A story that broke off early may never have started one; then there is no number here.
    _, status, _ = await _run([*hub, "status", "--json"], environment)
    code, _, wrong = await _run([*hub, "stop"], environment)
    if code != 0:
        msg = f"`portico hub stop` ended with {code}. {wrong}"
        raise PromiseBroken(msg)
    number = re.search(r'"pid":\s*(\d+)', status)
    if number is not None:
        await _gone(int(number[1]))


async def _gone(process: int) -> None:
    """Wait until a process that is no child of ours has ended."""
    try:
        async with asyncio.timeout(_PATIENCE):
            # No event tells the end of a process that is not ours.
            while alive(process):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    except TimeoutError:
        msg = f"Not kept: the hub (process {process}) ends when it is told to."
        raise PromiseBroken(msg) from None


def alive(process: int) -> bool:
    """Whether a process still runs. One that has ended and was not reaped does not.

    In a container process 1 may reap nobody, so that the ended hub keeps its number for ever.
    """
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        # No such file system here, or it ended just now: then the next look says so.
        return True
    return not told.rpartition(")")[2].lstrip().startswith("Z")


async def _run(command: list[str], environment: dict[str, str]) -> tuple[int, str, str]:
    """Run a program to its end: exit code, output, and what it complained about."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        env=environment,
        cwd=environment["PORTICO_HOME"],
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            out, wrong = await process.communicate()
    except TimeoutError:
        msg = f"`{' '.join(command[1:])}` did not end within {_PATIENCE:.0f} seconds."
        raise PromiseBroken(msg) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    code = process.returncode
    return -1 if code is None else code, out.decode(), wrong.decode().strip()
