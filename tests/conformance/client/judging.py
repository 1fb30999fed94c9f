"""How Portico speaks to servers, as the suite judges it: it is the server then, and its issuer.

There is no straight run to compare with. What fails is known by name and reason, or is a mistake.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.node import CACHE, ROOT, NotRun

if TYPE_CHECKING:
    from tests.conformance.comparison import Check

LEGS = {"client-legacy": "2025-11-25", "client-modern": "2026-07-28"}
"""What is judged -> the revision whose requirements of clients are run."""

KNOWN = Path(__file__).with_name("failures.txt")

_SCENARIO_MILLISECONDS = 900_000
"""All scenarios are started at once, and each waits for its turn."""

_RUN_SECONDS = 900
_STAMP = re.compile(r"-\d{4}-\d\d-\d\dT[\d-]+Z$")
_SCORE = re.compile(r"^([✓✗]) (\S+): ", re.MULTILINE)
_UNSCORED = re.compile(r"^  [✓✗] (\S+) \(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the suite found.

    Attributes:
        failed: The checks that failed.
        passed: How many passed.
        scored: Scenario that the revision requires -> whether it passed.
    """

    failed: frozenset[Check]
    passed: int
    scored: dict[str, bool]

    def __str__(self) -> str:
        """Checks passed and failed, and the required scenarios that passed."""
        good = sum(self.scored.values())
        return (
            f"{self.passed} passed, {len(self.failed)} failed; "
            f"{good} of {len(self.scored)} required scenarios"
        )


def judge(command: list[str], judged: str) -> Judgement:
    """Run what a revision requires of clients.

    Raises:
        NotRun: The suite did not come to an end.
    """
    folder = CACHE / "runs" / judged
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    driver = f"{sys.executable} -m tests.conformance.client.driver"
    options = ["--requirements", LEGS[judged], "--timeout", str(_SCENARIO_MILLISECONDS)]
    try:
        done = subprocess.run(
            [*command, "client", "--command", driver, *options, "-o", str(folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        msg = f"the suite did not end within {_RUN_SECONDS} seconds"
        raise NotRun(msg) from late
    (folder / "output.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    _, _, summary = done.stdout.partition("=== SUITE SUMMARY ===")
    if not summary:
        msg = f"the suite ended without a summary: {done.stderr[-500:]}"
        raise NotRun(msg)
    passed, failed = _checks(folder, judged)
    return Judgement(failed, passed, scores(summary))


def scores(summary: str) -> dict[str, bool]:
    """The scenarios in the suite's summary that count, and whether each passed."""
    unscored = set(_UNSCORED.findall(summary))
    return {name: mark == "✓" for mark, name in _SCORE.findall(summary) if name not in unscored}


def _checks(folder: Path, judged: str) -> tuple[int, frozenset[Check]]:
    """How many checks passed, and which failed."""
    passed = 0
    failed: set[Check] = set()
    for file in folder.rglob("checks.json"):
        scenario = _STAMP.sub("", file.parent.relative_to(folder).as_posix())
        for check in json.loads(file.read_text(encoding="utf-8")):
            passed += check["status"] == "SUCCESS"
            if check["status"] == "FAILURE":
                failed.add((judged, scenario, check["id"]))
    return passed, frozenset(failed)
