"""`make conformance`: the official suite, straight and through Portico, compared check by check."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.conformance import comparison, suite
from tests.conformance.subjects import straight, through_portico

PAIRS = {
    "legacy-to-legacy": (suite.LEGACY, True),
    "modern-to-modern": (suite.MODERN, False),
    "legacy-to-modern": (suite.LEGACY, False),
}
"""The client's era and the server's -> the revision judged, and whether the server is legacy only.

A server of both eras is spoken to in the modern one. What a legacy server does before a modern
client cannot be compared: without Portico the two do not understand each other.
"""

KNOWN = Path(__file__).with_name("differences.txt")


def main() -> int:
    """Run every pair; 1 when something differs that is not known, or no longer differs."""
    try:
        command = suite.obtain()
        found = _compare(command)
    except suite.NotRun as why:
        sys.stdout.write(f"NOT RUN: the conformance suite: {why}\n")
        return 0
    known = comparison.expected(KNOWN.read_text(encoding="utf-8"))
    for check in sorted(found & known.keys()):
        sys.stdout.write(f"known: {' '.join(check)}: {known[check]}\n")
    complaints = comparison.verdict(found, known)
    sys.stdout.write("".join(f"{line}\n" for line in complaints))
    return 1 if complaints else 0


def _compare(command: list[str]) -> set[comparison.Check]:
    found: set[comparison.Check] = set()
    for judged, (revision, legacy) in PAIRS.items():
        with straight(legacy=legacy) as server, through_portico(server) as portico:
            runs = []
            for name, url in (("straight", server), ("through-portico", portico)):
                folder = suite.CACHE / "runs" / judged / name
                summary = suite.judge(command, url, revision, folder)
                runs.append(comparison.read(folder, judged))
                total = next(line for line in summary.splitlines() if line.startswith("Total:"))
                sys.stdout.write(f"{judged} {name}: {total.removeprefix('Total: ')}\n")
                sys.stdout.flush()
        found |= comparison.worse(*runs)
    return found


if __name__ == "__main__":
    sys.exit(main())
