"""Why a call runs, is asked about or is denied: `why`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from ide_protocol.command_line import missing, option
from ide_protocol.command_line.console import emit, show
from ide_protocol.command_line.conversation import Refusal, conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract

if TYPE_CHECKING:
    from ide_protocol.own.contract import Explanation


@click.command()
@click.argument("name", metavar="SERVER[.TOOL]")
@option.as_json
def why(name: str, *, as_json: bool) -> int:
    """Say why a call runs, is asked about or is denied, and who can change that.

    For example: portico why presto.drop_table
    """
    server, dot, tool = name.partition(".")
    if not server or (dot and not tool):
        msg = f"{name!r} is neither SERVER nor SERVER.TOOL. `portico tools` lists them."
        raise click.BadArgumentUsage(msg)
    with conversation() as hub:
        try:
            params = {"server": server, **({"tool": tool} if tool else {})}
            answer = hub.request(contract.WHY, params, doing=f"Asking about {name}")
        except Refusal as refused:
            if refused.report["reference"] != "unknown-tool":
                raise
            # In the words of every command that is given a name that leads nowhere.
            raise missing.explain(hub, server, tool) from refused
    if as_json:
        emit(answer)
    else:
        from ide_protocol.command_line.view.why import view

        show(view(cast("Explanation", answer)))
    return ExitCode.OK
