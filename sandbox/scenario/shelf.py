"""The scenarios that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.scenario.expired_login import EXPIRED_LOGIN
from sandbox.scenario.failing_job import FAILING_JOB
from sandbox.scenario.overwritten_table import OVERWRITTEN_TABLE
from sandbox.scenario.rotated_keys import ROTATED_KEYS
from sandbox.scenario.rug_pull import RUG_PULL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.scenario.scenario import Scenario

SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (FAILING_JOB, OVERWRITTEN_TABLE, RUG_PULL, EXPIRED_LOGIN, ROTATED_KEYS)
}
"""Name -> scenario, the simplest first."""
