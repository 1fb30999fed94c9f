"""A table that is about to be overwritten: once the person says no, once yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.scenario.scenario import CALLS, Scenario, Step, sign_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp

_READ = "portico call presto.run_query \\\n  --arg query='SELECT * FROM dev_alice.scratch LIMIT 3'"
_OVERWRITE = (
    "portico call presto.overwrite_table --arg table=dev_alice.scratch \\\n"
    "  --arg query='SELECT 7 AS lucky'"
)


def _applications() -> Mapping[str, ASGIApp]:
    from sandbox.servers import applications
    from sandbox.servers.presto import presto
    from sandbox.servers.presto_warehouse import Warehouse

    # Presto's own question could not reach a terminal; here it leaves the asking to Portico.
    return {**applications(), "presto": presto(Warehouse(asks=False)).application()}


OVERWRITTEN_TABLE = Scenario(
    name="overwritten-table",
    title="A table is to be overwritten",
    about=(
        "You are Alice. An agent of yours wants to put one row where 2500 drafts are. Say no, look "
        "that nothing happened, then say yes."
    ),
    person="alice",
    applications=_applications,
    steps=(
        sign_in("alice"),
        Step("Look what is in the table.", _READ, see=("draft 1", "draft 2")),
        Step(
            "See what overwriting it would meet, without doing it.",
            f"{_OVERWRITE} --dry-run",
            see=("A person would be asked", "a yes counts from editor, page"),
        ),
        Step(
            "Have it overwritten. A terminal's yes is not enough for this: Portico's page opens.",
            _OVERWRITE,
            press="Deny",
            see=("The user said no to overwrite_table of Presto. It was not sent.",),
        ),
        Step(
            "The company's gateway has seen you read, and nothing else.",
            CALLS,
            see=("presto.run_query",),
            nowhere="presto.overwrite_table",
        ),
        Step("Try again, and let it run.", _OVERWRITE, press="Allow once", see=('"rows": 1',)),
        Step("The drafts are gone.", _READ, see=("lucky",), nowhere="draft"),
        Step(
            "Both tries are on record, with what you said.",
            "portico audit",
            see=("answered no", "answered yes"),
        ),
        Step(
            "The gateway has seen the second one.",
            CALLS,
            see=("presto.overwrite_table",),
        ),
    ),
)
