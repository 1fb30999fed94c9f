"""What there is and how to use it: `status`, `servers`, `tools`, `call`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import click

from ide_protocol.command_line import argument, option
from ide_protocol.command_line.console import emit, show
from ide_protocol.command_line.conversation import conversation
from ide_protocol.command_line.exit_code import ExitCode, of_result
from ide_protocol.own import contract
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.command_line.conversation import Conversation
    from ide_protocol.own.contract import Server, Status, Tool


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


@click.command()
@option.as_json
def servers(*, as_json: bool) -> int:
    """List the servers your company approves, and how they are."""
    with conversation() as hub:
        answer = hub.request(contract.SERVERS, doing="Asking for the servers")
    found = cast("list[Server]", answer["servers"])
    if as_json:
        emit(answer)
    elif not found:
        click.echo("There are no servers. `portico status` says why.")
    else:
        from ide_protocol.command_line.view.servers import view

        show(view(found))
    return ExitCode.OK


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
    if as_json:
        emit({"tools": found})
    elif found:
        from ide_protocol.command_line.view.tools import detail, view

        show(detail(found[0]) if dot else view(found))
    elif dot:
        shown = plain(only)
        click.echo(
            f"{shown} offers you no tool {plain(tool)}. `portico tools {shown}` lists them.",
            err=True,
        )
    elif only:
        click.echo(f"{plain(only)} offers you no tools. `portico servers` says why.", err=True)
    else:
        click.echo("There are no tools. `portico status` says why.")
    return ExitCode.FAILED if only and not found else ExitCode.OK


@click.command()
@click.argument("tool", metavar="SERVER.TOOL")
@click.option(
    "--arg",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="One argument; VALUE is JSON where it parses, else text. May be repeated.",
)
@click.option("--json-args", "document", metavar="JSON", help="Arguments as one JSON object.")
@option.as_json
def call(tool: str, pairs: tuple[str, ...], document: str | None, *, as_json: bool) -> int:
    """Call a tool, asking first where the rules want a person's yes.

    For example: portico call presto.run_query --arg sql='SELECT 1'
    """
    server, dot, name = tool.partition(".")
    if not (server and dot and name):
        msg = f"{tool!r} is not SERVER.TOOL. `portico tools` lists them."
        raise click.BadArgumentUsage(msg)
    # Understood before the hub is asked, so that a slip of the keyboard starts nothing.
    _arguments(pairs, document, None)
    with conversation() as hub:
        schema = _schema(hub, server, name) if pairs else None
        arguments = _arguments(pairs, document, schema)
        result = hub.request(
            contract.CALL,
            {"server": server, "tool": name, "arguments": arguments},
            doing=f"Calling {plain(tool)}",
        )
        failed = result.get("isError") is True
        if failed and schema is None and not as_json:
            schema = _schema(hub, server, name)
    if as_json:
        emit(result)
    else:
        from ide_protocol.command_line.view.result import present

        present(result)
        if failed and (lacking := argument.missing(arguments, schema)):
            names = ", ".join(plain(one) for one in lacking)
            click.echo(f"portico: {plain(tool)} requires {names}; give each with --arg.", err=True)
    return of_result(result)


def _tools(hub: Conversation, server: str) -> list[Tool]:
    params = {"server": server} if server else {}
    return cast(
        "list[Tool]", hub.request(contract.TOOLS, params, doing="Asking for the tools")["tools"]
    )


def _schema(hub: Conversation, server: str, name: str) -> dict[str, Any] | None:
    """The schema of a tool's arguments, or None where the hub knows no such tool."""
    return next((one["inputSchema"] for one in _tools(hub, server) if one["tool"] == name), None)


def _arguments(
    pairs: tuple[str, ...], document: str | None, schema: dict[str, Any] | None
) -> dict[str, Any]:
    try:
        return argument.parse(pairs, document, schema)
    except argument.BadArgument as wrong:
        raise click.BadParameter(str(wrong), param_hint="--arg / --json-args") from wrong
