"""Two runs of the suite, check by check: what passes straight must pass through Portico."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Check = tuple[str, str, str]
"""What was judged, scenario and check."""

_RUN = re.compile(r"server-(?P<scenario>.+)-\d{4}-\d\d-\d\dT[\d-]+Z")


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        passed: How often each check passed; a scenario may make one several times.
        failed: How often each failed.
    """

    passed: Counter[Check]
    failed: Counter[Check]

    def __str__(self) -> str:
        """How many checks passed and failed."""
        return f"{self.passed.total()} passed, {self.failed.total()} failed"


def read(folder: Path, judged: str) -> Run:
    """The results that the suite left in a folder."""
    passed: Counter[Check] = Counter()
    failed: Counter[Check] = Counter()
    for file in folder.glob("*/checks.json"):
        named = _RUN.fullmatch(file.parent.name)
        scenario = named["scenario"] if named else file.parent.name
        for check in json.loads(file.read_text(encoding="utf-8")):
            key = (judged, scenario, check["id"])
            passed[key] += check["status"] == "SUCCESS"
            failed[key] += check["status"] == "FAILURE"
    return Run(+passed, +failed)


def worse(straight: Run, through: Run) -> set[Check]:
    """The checks that pass less often, or fail more often, through Portico."""
    every = straight.passed.keys() | straight.failed.keys() | through.failed.keys()
    return {
        check
        for check in every
        if through.passed[check] < straight.passed[check]
        or through.failed[check] > straight.failed[check]
    }


def expected(text: str) -> dict[Check, str]:
    """The differences that are known: `judged scenario check: why`, one a line."""
    found: dict[Check, str] = {}
    for line in text.splitlines():
        head, colon, why = line.partition(": ")
        if line.startswith("#") or not line.strip():
            continue
        words = head.split()
        if len(words) != len(("judged", "scenario", "check")) or not (colon and why.strip()):
            msg = f"not a known difference: {line!r}"
            raise ValueError(msg)
        found[words[0], words[1], words[2]] = why.strip()
    return found


def verdict(
    found: Iterable[Check],
    known: Mapping[Check, str],
    *,
    new: str = "NEW DIFFERENCE",
    gone: str = "NO LONGER DIFFERENT",
) -> list[str]:
    """What is wrong with the list of what is known; nothing when it is exactly what was found.

    What is gone is as wrong as what is new, so that the list cannot grow stale.
    """
    there = set(found)
    came = [f"{new}: {' '.join(check)}" for check in sorted(there - known.keys())]
    went = [f"{gone}: {' '.join(check)}" for check in sorted(known.keys() - there)]
    return came + went
