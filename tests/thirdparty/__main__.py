"""`make thirdparty`: servers that nobody here wrote, straight and through Portico compared."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PYTHON = ("mcp-server-time", "mcp-server-git", "mcp-server-fetch")
NODE = tuple(f"@modelcontextprotocol/server-{n}" for n in ("everything", "filesystem", "memory"))
_MINUTES = 5


def main() -> int:
    """Install them in a folder that is gone afterwards, and run the tests of this folder."""
    with tempfile.TemporaryDirectory(prefix="portico-thirdparty-") as folder:
        installed = [_python(Path(folder)), _node(Path(folder))]
        if not any(installed):
            return 0
        environment = {**os.environ, "PORTICO_TEST_THIRDPARTY": folder}
        here = str(Path(__file__).parent)
        return subprocess.run(
            [sys.executable, "-m", "pytest", here], env=environment, check=False
        ).returncode


def _python(folder: Path) -> bool:
    environment = folder / "python"
    pip = str(environment / "bin" / "pip")
    return _run([sys.executable, "-m", "venv", str(environment)], PYTHON) and _run(
        [pip, "install", "--quiet", "--disable-pip-version-check", *PYTHON], PYTHON
    )


def _node(folder: Path) -> bool:
    npm = shutil.which("npm")
    if npm is None:
        sys.stdout.write(f"NOT RUN: {', '.join(NODE)}: there is no npm\n")
        return False
    options = ["--silent", "--no-audit", "--no-fund", "--prefix", str(folder / "node")]
    return _run([npm, "install", *options, *NODE], NODE)


def _run(command: list[str], what: tuple[str, ...]) -> bool:
    try:
        ended = subprocess.run(command, check=False, timeout=60 * _MINUTES, capture_output=True)
    except (OSError, subprocess.TimeoutExpired) as wrong:
        sys.stdout.write(f"NOT RUN: {', '.join(what)}: {type(wrong).__name__}\n")
        return False
    if ended.returncode:
        sys.stdout.write(f"NOT RUN: {', '.join(what)}: they cannot be installed here\n")
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
