"""`make envoy`: a real Envoy as the company's gateway, and what becomes of its refusals."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.envoy.gateway import SUITE, program
from tests.node import NotRun


def main() -> int:
    """Install Envoy beside the environment, and run the tests of this folder."""
    try:
        program()
    except NotRun as why:
        sys.stdout.write(f"NOT RUN: the gateway suite: {why}\n")
        return 0
    here = str(Path(__file__).parent)
    command = [sys.executable, "-m", "pytest", here, *sys.argv[1:]]
    return subprocess.run(command, env={**os.environ, SUITE: "1"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
