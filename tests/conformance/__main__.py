"""`make conformance`: the official suite, straight and through Portico, compared check by check.

Then its other side, which is a server and judges how Portico speaks to one.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conformance import comparison, suite
from tests.conformance.client import judging
from tests.conformance.subjects import straight, through_portico, with_tasks
from tests.node import CACHE, NotRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Pair:
    """A client of one era and a server.

    Attributes:
        served: Serves the server; gives its URL.
        wanted: The options of each run of the suite.
    """

    served: Callable[[], AbstractContextManager[str]]
    wanted: Sequence[Sequence[str]]


PAIRS = {
    "legacy-to-legacy": Pair(partial(straight, legacy=True), [suite.LEGACY]),
    "modern-to-modern": Pair(partial(straight, legacy=False), [suite.MODERN]),
    "legacy-to-modern": Pair(partial(straight, legacy=False), [suite.LEGACY]),
    "modern-to-tasks": Pair(with_tasks, suite.TASKS),
}
"""What a legacy server does before a modern client cannot be compared: without Portico the two do
not understand each other.
"""

KNOWN = Path(__file__).with_name("differences.txt")


def main() -> int:
    """Run both sides; 1 when a check is worse that is not known to be, or no longer is."""
    try:
        command = suite.obtain()
    except NotRun as why:
        sys.stdout.write(f"NOT RUN: the conformance suite: {why}\n")
        return 0
    good = _servers_side(command), _clients_side(command)
    return 0 if all(good) else 1


def _servers_side(command: list[str]) -> bool:
    """Whether what differs through Portico is exactly what is known to."""
    found: set[comparison.Check] = set()
    known = comparison.expected(KNOWN.read_text(encoding="utf-8"))
    for judged, pair in PAIRS.items():
        try:
            found |= _compare(command, judged, pair)
        except NotRun as why:
            sys.stdout.write(f"NOT RUN: {judged}: {why}\n")
            known = {check: reason for check, reason in known.items() if check[0] != judged}
    return _told(found, known, comparison.verdict(found, known))


def _clients_side(command: list[str]) -> bool:
    """Whether what fails of the upstream half is exactly what is known to."""
    failed: set[comparison.Check] = set()
    known = comparison.expected(judging.KNOWN.read_text(encoding="utf-8"))
    for judged in judging.LEGS:
        try:
            judgement = judging.judge(command, judged)
        except NotRun as why:
            sys.stdout.write(f"NOT RUN: {judged}: {why}\n")
            known = {check: reason for check, reason in known.items() if check[0] != judged}
            continue
        failed |= judgement.failed
        sys.stdout.write(f"{judged}: {judgement}\n")
        sys.stdout.flush()
    said = comparison.verdict(failed, known, new="NEW FAILURE", gone="NO LONGER FAILING")
    return _told(failed, known, said)


def _told(
    found: set[comparison.Check], known: Mapping[comparison.Check, str], complaints: list[str]
) -> bool:
    for check in sorted(found & known.keys()):
        sys.stdout.write(f"known: {' '.join(check)}: {known[check]}\n")
    sys.stdout.write("".join(f"{line}\n" for line in complaints))
    return not complaints


def _compare(command: list[str], judged: str, pair: Pair) -> set[comparison.Check]:
    """What is worse through Portico in one pair."""
    with pair.served() as server, through_portico(server) as portico:
        runs = []
        for name, url in (("straight", server), ("through-portico", portico)):
            folder = CACHE / "runs" / judged / name
            suite.judge(command, url, pair.wanted, folder)
            runs.append(comparison.read(folder, judged))
            sys.stdout.write(f"{judged} {name}: {runs[-1]}\n")
            sys.stdout.flush()
    return comparison.worse(*runs)


if __name__ == "__main__":
    sys.exit(main())
