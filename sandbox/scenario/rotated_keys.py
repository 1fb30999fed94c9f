"""Keys that are changed in an emergency, in the middle of somebody's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.scenario.scenario import CALLS, TURN, Scenario, Step, sign_in

if TYPE_CHECKING:
    from sandbox.company import Company

_QUERY = "portico call presto.run_query --arg query='SELECT 42 AS answer'"


def _turn(company: Company) -> None:
    company.rotate_keys()


ROTATED_KEYS = Scenario(
    name="rotated-keys",
    title="The gateway takes new keys",
    about=(
        "You are Alice. The company signs with a new key in an emergency, and its gateway refuses "
        "every token of the old one, yours among them."
    ),
    person="alice",
    turned="The company signs with a new key, and the gateway takes no token of the old one.",
    turn=_turn,
    steps=(
        sign_in("alice"),
        Step("Work.", _QUERY, see=("42",)),
        Step("Let the keys be changed.", TURN, see=("a new key",)),
        Step("Work on. You notice nothing.", _QUERY, see=("42",)),
        Step(
            "The gateway did: it refused the old token (401), and took the new one that Portico "
            "fetched without asking you.",
            CALLS,
            see=("401", "200"),
        ),
    ),
)
