"""`python -m bench [NAME …] [--json FILE]`: measure, and show the table."""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.table import table

if TYPE_CHECKING:
    from bench.figure import Figure

NAMES = ("start", "client", "driver", "audit", "outage", "neighbours")
"""Each is a module with a `measure()`."""


def main(arguments: list[str]) -> int:
    """Run the named measurements, or all; returns 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--json", metavar="FILE", help="also write every sample there")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.names) - set(NAMES)
    if unknown:
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    for name in chosen.names or NAMES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"bench.{name}").measure()
    print(table(figures))
    if chosen.json:
        found = {
            "python": platform.python_version(),
            "machine": platform.machine(),
            "figures": [figure.as_json() for figure in figures],
        }
        Path(chosen.json).write_text(json.dumps(found, indent=1) + "\n")
    return 1 if any(figure.met is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
