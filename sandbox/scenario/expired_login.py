"""A sign-in that has ended, without waiting for its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.scenario.scenario import TURN, Scenario, Step, sign_in

if TYPE_CHECKING:
    from sandbox.company import Company

_HOUR = 3600.0
_LASTS = 8 * _HOUR
_QUERY = "portico call presto.run_query --arg query='SELECT 42 AS answer'"


def _begin(company: Company) -> None:
    company.provider.limit_sign_ins(_LASTS)


def _turn(company: Company) -> None:
    company.clock.go_by(9 * _HOUR)


EXPIRED_LOGIN = Scenario(
    name="expired-login",
    title="A sign-in that expires",
    about=(
        "You are Bob, and at this company a sign-in lasts eight hours. Nine go by, without your "
        "having to wait for them."
    ),
    person="bob",
    begin=_begin,
    turned="Nine hours have gone by for everything that the company gave out so far.",
    turn=_turn,
    steps=(
        sign_in("bob"),
        Step("Work.", _QUERY, see=("42",)),
        Step("Let a working day go by.", TURN, see=("Nine hours have gone by",)),
        Step(
            "Work on. The call says at once what to do, and opens no page by itself.",
            _QUERY,
            see=("Sign in: run `portico login`",),
        ),
        Step("Sign in again.", "portico login", see=("Signed in as bob",)),
        Step("Work on.", _QUERY, see=("42",)),
    ),
)
