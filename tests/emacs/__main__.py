"""`make emacs`: the eglot recipe in a real Emacs, without a screen.

It needs Emacs 28.1 or newer with eglot: Debian's `emacs-nox` and `elpa-eglot`, or Emacs 29.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_PROBE = "(progn (require 'package) (package-initialize) (require 'eglot))"


def main() -> int:
    """Run the tests of this folder; returns an exit code."""
    program = shutil.which("emacs")
    if program is None:
        sys.stdout.write("NOT RUN: the recipe for Emacs: there is no emacs\n")
        return 0
    probe = [program, "--batch", "--eval", _PROBE]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        sys.stdout.write("NOT RUN: the recipe for Emacs: this Emacs has no eglot\n")
        return 0
    environment = {**os.environ, "PORTICO_TEST_EMACS": program}
    here = str(Path(__file__).parent)
    command = [sys.executable, "-m", "pytest", here, *sys.argv[1:]]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
