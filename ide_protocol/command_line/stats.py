"""What the audit adds up to: `stats`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import click

from ide_protocol.command_line import option
from ide_protocol.command_line.console import emit, say, show
from ide_protocol.command_line.conversation import conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract

if TYPE_CHECKING:
    from ide_protocol.own.contract import Stats

_DAYS = 30
"""How far back the figures go where nobody says."""


@click.command()
@option.since
@option.as_json
def stats(since: float | None, *, as_json: bool) -> int:
    """Show what calls did, how long they took, what people said and what was saved.

    Without --since, of the last 30 days.
    """
    begin = since if since is not None else time.time() - _DAYS * 86400
    with conversation() as hub:
        answer = hub.request(contract.STATS, {"since": begin}, doing="Counting")
    found = cast("Stats", answer)
    if as_json:
        emit(answer)
    elif not found["total"]["calls"] and not found["total"]["asked"]:
        say("No call is on record for that time.")
    else:
        from ide_protocol.command_line.view.stats import view

        show(view(found))
    return ExitCode.OK
