"""`make vsix`: the extension for VS Code, checked, tested and packed.

It needs Node 22 or newer, which `tests.node` finds or installs, and npm's registry.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import node

FOLDER = node.ROOT / "editors" / "vscode"
STEPS = ("check", "test", "build", "package")


def main() -> int:
    """Build the extension; returns an exit code."""
    try:
        program, npm = node.find()
    except node.NotRun as why:
        sys.stdout.write(f"NOT RUN: the extension for VS Code: {why}\n")
        return 0
    # npm's scripts look for `node` on the PATH, where an older one may stand.
    environment = {**os.environ, "PATH": f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}"}
    quietly = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    for words in (("ci", *quietly), *(("run", "--silent", step) for step in STEPS)):
        done = subprocess.run([program, npm, *words], cwd=FOLDER, env=environment, check=False)
        if done.returncode != 0:
            sys.stdout.write(f"FAILED: npm {' '.join(words)}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
