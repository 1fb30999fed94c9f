"""What the drive needs and Portico does not: a VS Code, a browser, and hands for both."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests import node

CACHE = node.ROOT / ".drive"

CODE_SERVER = "code-server@4.139.1"
"""VS Code 1.139.1. It runs on Node 24 alone, and builds its native modules when it is installed."""

_DEBIAN = ("chromium", "g++", "make", "pkg-config", "krb5-config")
"""Programs of the packages in .ci/packages that the drive, or that building, wants."""

_MINUTES = 25


@dataclass(frozen=True, slots=True)
class Parts:
    """Where everything is.

    Attributes:
        code_server: The program that serves VS Code.
        node: The folder of Node 24 and its npm, for a PATH.
        chromium: The browser.
        python: The folder of Playwright, for a PYTHONPATH.
    """

    code_server: Path
    node: Path
    chromium: str
    python: Path


def installed() -> Parts:
    """All parts, installed into the cache where they are missing.

    Raises:
        NotRun: One of them cannot be had here.
    """
    missing = [program for program in _DEBIAN if shutil.which(program) is None]
    if missing:
        raise node.NotRun(f"these programs of Debian's are missing: {', '.join(missing)}")
    chromium = shutil.which("chromium") or ""
    binaries = _node()
    return Parts(_code_server(binaries), binaries, chromium, _playwright())


def _node() -> Path:
    """A folder with `node` and `npm`: the npm inside the wheel has to be called by its own file."""
    program, npm = node.bundled()
    folder = CACHE / "node"
    folder.mkdir(parents=True, exist_ok=True)
    Path(npm).chmod(0o755)
    for name, target in (("node", program), ("npm", npm)):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    return folder


def _code_server(binaries: Path) -> Path:
    folder = CACHE / "code-server"
    program = folder / "bin" / "code-server"
    if not program.exists():
        sys.stdout.write(f"installing {CODE_SERVER}, which takes some minutes\n")
        sys.stdout.flush()
        # In a folder of another name until it is whole: half of it would look installed.
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        quietly = ("--no-audit", "--no-fund", "--loglevel=error")
        building = ("--global", f"--prefix={part}", "--allow-scripts=code-server,argon2")
        node.install(
            CODE_SERVER,
            [str(binaries / "npm"), "install", *quietly, *building, CODE_SERVER],
            seconds=60 * _MINUTES,
            environment=_building(binaries),
        )
        part.rename(folder)
    said = subprocess.run(
        [program, "--version"], env=_building(binaries), capture_output=True, text=True, check=False
    )
    if said.returncode != 0:
        raise node.NotRun(f"{CODE_SERVER} does not start: {said.stderr.strip()[-300:]}")
    return program


def _building(binaries: Path) -> dict[str, str]:
    """An environment in which npm finds Node 24, and node-gyp the headers that came with it."""
    wheel = (binaries / "node").resolve().parents[1]
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "npm_config_nodedir": str(wheel)}


def _playwright() -> Path:
    folder = CACHE / "python"
    if not (folder / "playwright").is_dir():
        node.install_python("Playwright", folder, "drive")
    return folder
