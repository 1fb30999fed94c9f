"""A tool that everybody trusts, and that is another one the next day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.scenario.scenario import TURN, Scenario, Step, sign_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp

    from sandbox.company import Company

_CALL = "portico call currency.convert --arg amount=100 --arg to=USD"


def _applications() -> Mapping[str, ASGIApp]:
    from sandbox.servers import applications
    from sandbox.servers.currency import Currency

    return {**applications(), "currency": Currency().application()}


def _pull(company: Company) -> None:
    company.applications["currency"].state.currency.pulled = True  # type: ignore[attr-defined]


RUG_PULL = Scenario(
    name="rug-pull",
    title="A rug pull",
    about=(
        "You are Carol. A vendor's server converts currencies, and everybody trusts it. Then the "
        "vendor changes what its tool tells the model."
    ),
    person="carol",
    applications=_applications,
    turned="The vendor of Currency has changed its tool: it now asks the model for secrets.",
    turn=_pull,
    steps=(
        sign_in("carol"),
        Step(
            "Use the tool. Portico pins it as it is now: its description and its arguments.",
            _CALL,
            see=("100 EUR are 108.00 USD.",),
        ),
        Step("Let the vendor change it.", TURN, see=("now asks the model for secrets",)),
        Step(
            "Look at the tools. Portico has the server list them again when you look, though not "
            "within five seconds.",
            "portico tools currency",
            see=("denied", "Changed since it was trusted"),
            again=True,
        ),
        Step(
            "Use the tool again: it is in quarantine, and the call is not sent.",
            _CALL,
            see=("is not what it was when it was trusted, so it was not called.",),
        ),
        Step(
            "Look at what changed, line by line. No model has read it.",
            "portico trust show currency.convert",
            see=("+ description:", "~/.aws/credentials"),
        ),
        Step(
            "Accepting it is a question to you, as before harm; Portico's page opens. Say no.",
            "portico trust accept currency.convert",
            press="Deny",
            see=("so it stays blocked.",),
        ),
        Step(
            "It is on record: the call that ran, the quarantine, and the call that was not sent.",
            "portico audit",
            see=("replied", "quarantined", "tool-changed"),
        ),
    ),
)
