"""What there is and how to use it: `status`, `servers`, `tools`, `call`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import click

from ide_protocol.command_line import argument, missing, option
from ide_protocol.command_line.console import emit, note, say, show
from ide_protocol.command_line.conversation import Refusal, conversation
from ide_protocol.command_line.exit_code import ExitCode, of_result
from ide_protocol.command_line.policy import present as present_explanation
from ide_protocol.command_line.report import inside
from ide_protocol.command_line.takeover import import_servers
from ide_protocol.own import contract
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.command_line.conversation import Conversation
    from ide_protocol.own.contract import Status, Tool, Weighing


@click.command()
@option.as_json
def status(*, as_json: bool) -> int:
    """Show what works, what is missing, and what to do about it."""
    with conversation() as hub:
        answer = hub.request(contract.STATUS, doing="Asking the hub")
    if as_json:
        emit(answer)
    else:
        from ide_protocol.command_line.view.status import view

        show(view(cast("Status", answer), time.time()))
    return ExitCode.OK


@click.group(invoke_without_command=True)
@option.as_json
@click.pass_context
def servers(context: click.Context, *, as_json: bool) -> int:
    """List the servers your company approves, and how they are."""
    if context.invoked_subcommand is not None:
        return ExitCode.OK
    with conversation() as hub:
        found = missing.servers(hub)
        signed_out = not as_json and missing.signed_out(hub, found)
    if signed_out:
        note(missing.NOBODY)
    if as_json:
        emit({"servers": found})
    elif not found and not signed_out:
        say("There are no servers. `portico status` says why.")
    elif found:
        from ide_protocol.command_line.view.servers import view

        show(view(found))
    return ExitCode.OK


servers.add_command(import_servers)


@click.command()
@click.argument("server", required=False, metavar="[SERVER[.TOOL]]")
@option.as_json
def tools(server: str | None, *, as_json: bool) -> int:
    """List tools, with what a call of each would meet.

    With SERVER, those of one server; with SERVER.TOOL, one tool and its arguments.
    """
    only, dot, tool = (server or "").partition(".")
    with conversation() as hub:
        found = _tools(hub, only)
        if dot:
            found = [one for one in found if one["tool"] == tool]
        if only and not found:
            raise missing.explain(hub, only, tool)
        signed_out = not found and missing.signed_out(hub, missing.servers(hub))
    if signed_out:
        note(missing.NOBODY)
    if as_json:
        emit({"tools": found})
    elif found:
        from ide_protocol.command_line.view.tools import detail, view

        show(detail(found[0]) if dot else view(found))
    elif not signed_out:
        say("There are no tools. `portico status` says why.")
    return ExitCode.OK


@click.command()
@click.argument("tool", metavar="SERVER.TOOL")
@option.arguments
@click.option("--dry-run", is_flag=True, help="Show what the call would meet, and do not make it.")
@option.as_json
def call(
    tool: str, pairs: tuple[str, ...], document: str | None, *, dry_run: bool, as_json: bool
) -> int:
    """Call a tool, asking first where the rules want a person's yes.

    For example: portico call presto.run_query --arg query='SELECT 1'
    """
    server, dot, name = tool.partition(".")
    if not (server and dot and name):
        msg = f"{tool!r} is not SERVER.TOOL. `portico tools` lists them."
        raise click.BadArgumentUsage(msg)
    # Understood before the hub is asked, so that a slip of the keyboard starts nothing.
    argument.understood(pairs, document, None)
    with conversation() as hub:
        schema = _schema(hub, server, name)
        arguments = argument.understood(pairs, document, schema)
        if schema is not None and (wrong := argument.complaint(arguments, schema)):
            msg = f"{plain(tool)} cannot be called like this. {wrong}"
            raise click.UsageError(msg)
        params = {"server": server, "tool": name, "arguments": arguments}
        try:
            if dry_run:
                found = hub.request(contract.EXPLAIN, params, doing=f"Judging a call of {tool}")
                present_explanation(cast("Weighing", found), as_json=as_json)
                return ExitCode.OK
            result = hub.request(contract.CALL, params, doing=f"Calling {tool}")
        except Refusal as refused:
            if refused.report["reference"] != "unknown-tool":
                raise
            raise missing.explain(hub, server, name) from refused
    if as_json:
        emit(result)
    else:
        from ide_protocol.command_line.view.result import present

        present(result)
    return of_result(result, inside(result))


def _tools(hub: Conversation, server: str) -> list[Tool]:
    params = {"server": server} if server else {}
    return cast(
        "list[Tool]", hub.request(contract.TOOLS, params, doing="Asking for the tools")["tools"]
    )


def _schema(hub: Conversation, server: str, name: str) -> dict[str, Any] | None:
    """The schema of a tool's arguments, or None where the hub knows no such tool.

    What is denied has none: whoever may not call it learns that, and not how it would be called.
    """
    return next(
        (
            one["inputSchema"]
            for one in _tools(hub, server)
            if one["tool"] == name and one["verdict"] != "deny"
        ),
        None,
    )
