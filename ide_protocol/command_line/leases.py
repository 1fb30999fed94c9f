"""Answers that were given in advance: `leases`, `leases revoke`."""

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
    from ide_protocol.own.contract import Lease


@click.group(invoke_without_command=True)
@option.as_json
@click.pass_context
def leases(context: click.Context, *, as_json: bool) -> int:
    """List what runs, or is denied, without a question because you said so."""
    if context.invoked_subcommand is not None:
        return ExitCode.OK
    with conversation() as hub:
        answer = hub.request(contract.LEASES, doing="Asking for leases")
    found = cast("list[Lease]", answer["leases"])
    if as_json:
        emit({"leases": found})
    elif not found:
        say("No lease is open: every call that needs a yes is asked about.")
    else:
        from ide_protocol.command_line.view.leases import view

        show(view(found, time.time()))
    return ExitCode.OK


@leases.command()
@click.argument("identifier", required=False, metavar="[ID]")
@option.as_json
def revoke(identifier: str | None, *, as_json: bool) -> int:
    """End one lease or stop, or all of them without ID."""
    params = {"id": identifier} if identifier else {}
    with conversation() as hub:
        answer = hub.request(contract.REVOKE, params, doing="Revoking")
    ended = cast("list[Lease]", answer["leases"])
    if as_json:
        emit({"leases": ended})
    elif not ended:
        say("No lease is open.")
    else:
        from ide_protocol.command_line.view.leases import view

        say("Ended; such calls are asked about again:")
        show(view(ended, time.time()))
    return ExitCode.OK
