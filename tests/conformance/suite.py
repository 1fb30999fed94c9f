"""The official conformance suite: brought into a cache of this checkout, and run against a URL."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tests import node
from tests.node import CACHE, PIP, NotRun, extra, install

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

VERSION = "0.2.0-alpha.12"
"""The release that knows both revisions; a newer one may judge otherwise."""

LEGACY, MODERN = (("--requirements", revision) for revision in ("2025-11-25", "2026-07-28"))
"""Everything that a revision requires of servers."""

TASKS = tuple(
    ("--scenario", f"tasks-{name}")
    for name in (
        "lifecycle",
        "capability-negotiation",
        "wire-fields",
        "request-state-removal",
        "mrtr-input",
        "mrtr-composition",
        "request-headers",
        "dispatch-and-envelope",
        "status-notifications",
        "required-task-error",
    )
)
"""Every scenario of the tasks extension; no revision requires them."""

_ENDS = ("=== SUMMARY ===", "Test Results:")
"""What the suite says at the end of many scenarios, or of one."""

_PACKAGE = "@modelcontextprotocol/conformance"
_QUIETLY = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix")
_RUN_SECONDS = 300


def obtain() -> list[str]:
    """The command that starts the suite, installed where it was not yet.

    Raises:
        NotRun: Node or the suite cannot be had.
    """
    program, npm = node.find()
    package = CACHE / "suite" / "node_modules" / _PACKAGE
    if _installed(package) != VERSION:
        install(
            "the conformance suite",
            [program, npm, "install", *_QUIETLY, str(CACHE / "suite"), f"{_PACKAGE}@{VERSION}"],
        )
    if _installed(package) != VERSION:
        msg = f"{_PACKAGE} {VERSION} could not be installed"
        raise NotRun(msg)
    return [program, str(package / "dist" / "index.js")]


def tasking() -> str:
    """The Python of an environment that has a server with tasks, made where it was not yet.

    Raises:
        NotRun: It cannot be had.
    """
    folder = CACHE / "tasks"
    python = folder / "bin" / "python"
    wanted = extra("conformance-tasks")
    mark = folder / "installed"
    if not mark.exists() or mark.read_text(encoding="utf-8").split() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        uv = shutil.which("uv")
        made = [uv, "venv", "--quiet"] if uv else [sys.executable, "-m", "venv"]
        install("an environment", [*made, str(folder)])
        pip = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), *PIP]
        install("a server with tasks", [*pip, "--quiet", *wanted])
        mark.write_text("\n".join(wanted), encoding="utf-8")
    return str(python)


def judge(command: list[str], url: str, wanted: Iterable[Sequence[str]], folder: Path) -> None:
    """Run the suite once for each set of options in `wanted`. Results go to `folder`.

    Raises:
        NotRun: The suite did not come to an end.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for options in wanted:
        _judge([*command, "server", "--url", url, *options, "-o", str(folder)], folder)


def _judge(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        msg = f"the suite did not end within {_RUN_SECONDS} seconds"
        raise NotRun(msg) from late
    with (folder / "output.txt").open("a", encoding="utf-8") as file:
        file.write(done.stdout + done.stderr)
    if not any(end in done.stdout for end in _ENDS):
        msg = f"the suite ended without a summary: {done.stderr[-500:]}"
        raise NotRun(msg)


def _installed(package: Path) -> str | None:
    try:
        found = json.loads((package / "package.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(found.get("version"))
