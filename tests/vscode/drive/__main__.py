"""`make vscode`: the extension in a real VS Code, used as a person uses it.

The workbench is code-server's, its screen is a headless Chromium, and what is behind it are the
built extension, the real program and the company in a box. Pictures are left in `.drive/pictures`;
`--keep` copies those that the pages show over the committed ones.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import node
from tests.vscode.__main__ import FOLDER
from tests.vscode.drive.parts import CACHE, Parts, installed

PICTURES = CACHE / "pictures"
SHOWN = node.ROOT / "docs" / "pictures"


def main(arguments: list[str]) -> int:
    """Install what is missing, and drive; returns an exit code."""
    built = (FOLDER / "portico.vsix").is_file()
    try:
        parts = installed() if built else None
        why = "" if built else "the extension was not built"
    except node.NotRun as wrong:
        parts, why = None, str(wrong)
    if parts is None:
        sys.stdout.write(f"NOT RUN: the extension in a real VS Code: {why}\n")
        return 0
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    keep = "--keep" in arguments
    words = [word for word in arguments if word != "--keep"] or [str(Path(__file__).parent)]
    code = subprocess.run(
        [sys.executable, "-m", "pytest", *words], env=_environment(parts), check=False
    ).returncode
    if code == 0 and keep:
        for shown in SHOWN.glob("vscode-*.png"):
            shutil.copy(PICTURES / shown.name, shown)
    return code


def _environment(parts: Parts) -> dict[str, str]:
    """Ours, with the parts where `conftest` looks for them."""
    return {
        **os.environ,
        "PYTHONPATH": str(parts.python),
        "PORTICO_TEST_DRIVE": str(PICTURES),
        "PORTICO_TEST_CODE_SERVER": str(parts.code_server),
        "PORTICO_TEST_CHROMIUM": parts.chromium,
        "PORTICO_TEST_NODE": str(parts.node),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
