"""How the suite's judgement of clients is read."""

from __future__ import annotations

from tests.conformance import comparison
from tests.conformance.client.judging import KNOWN, LEGS, scores

SUMMARY = """
✓ tools_call: 2 passed, 0 failed
✗ auth/iss-supported: 13 passed, 1 failed
✗ auth/dpop: 10 passed, 3 failed

Total: 25 passed, 4 failed, 0 warnings

Not scored for 2026-07-28: 1 scenario(s) run, 1 failing. These do not affect conformance.
  ✗ auth/dpop (extension)
"""


def test_a_scenario_that_no_revision_requires_is_not_counted() -> None:
    """Those that are required are counted whether they pass or not."""
    assert scores(SUMMARY) == {"tools_call": True, "auth/iss-supported": False}


def test_every_known_failure_is_of_a_side_that_is_judged_and_of_no_required_scenario() -> None:
    """A required scenario that fails is never merely known."""
    known = comparison.expected(KNOWN.read_text(encoding="utf-8"))
    assert {judged for judged, _, _ in known} <= LEGS.keys()
    extensions = {"dpop", "dpop-nonce", "wif-jwt-bearer"}
    assert {scenario.removeprefix("auth/") for _, scenario, _ in known} <= extensions
