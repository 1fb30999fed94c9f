"""What is trusted of servers, and what changed: `trust list`, `show`, `accept`, `publish`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import click

from ide_protocol.command_line import option
from ide_protocol.command_line.console import emit, note, say, show
from ide_protocol.command_line.conversation import conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.own.contract import Pin

_NAME = click.argument("name", metavar="SERVER[.TOOL]")


@click.group()
def trust() -> None:
    """See what changed in a server's tools, and accept it."""


@trust.command("list")
@click.argument("server", required=False, metavar="[SERVER]")
@click.option("--blocked", is_flag=True, help="Only what is blocked.")
@option.as_json
def list_(server: str | None, *, blocked: bool, as_json: bool) -> int:
    """List what is pinned, and what is blocked.

    Since when and by whose word, and why.
    """
    params = {"server": server} if server else {}
    with conversation() as hub:
        answer = hub.request(contract.PINS, params, doing="Asking for the pins")
    pins = cast("list[Pin]", answer["pins"])
    found = [pin for pin in pins if not blocked or pin["state"] == "blocked"]
    if as_json:
        emit({"pins": found})
    elif not found:
        say("Nothing is blocked." if blocked else "Nothing is pinned yet.")
    else:
        from ide_protocol.command_line.view.trust import view

        show(view(found))
    return ExitCode.OK


@trust.command("show")
@_NAME
@option.as_json
def show_(name: str, *, as_json: bool) -> int:
    """Show what changed in a blocked tool.

    With SERVER alone, in the server's instructions.
    """
    with conversation() as hub:
        answer = hub.request(contract.PIN_DIFFERENCE, _named(name), doing="Asking what changed")
    if as_json:
        emit(answer)
        return ExitCode.OK
    from ide_protocol.command_line.view.trust import difference

    show(difference(answer["difference"]))
    return ExitCode.OK


@trust.command()
@_NAME
@option.as_json
def accept(name: str, *, as_json: bool) -> int:
    """Have the question put whether to trust what a tool has become.

    It is put where the question about a destructive call would be: in a paired editor, else on
    Portico's page. The yes is given there.
    """
    with conversation() as hub:
        answer = hub.request(contract.ACCEPT_PIN, _named(name), doing="Waiting for your answer")
    if as_json:
        emit(answer)
    else:
        say(f"{plain(name)} is trusted as it is now.")
    return ExitCode.OK


@trust.command()
@click.argument("server", metavar="SERVER")
@option.as_json
def publish(server: str, *, as_json: bool) -> int:
    """Print the digests of what you trust, for the registry.

    Handed in there, they serve everybody. They go into the server's governance block, as
    docs/registry.md shows. What is blocked is left out, and said so on stderr.
    """
    with conversation() as hub:
        answer = hub.request(contract.PIN_BLOCK, {"server": server}, doing="Asking for the pins")
    if as_json:
        emit(answer)
        return ExitCode.OK
    say(json.dumps({"pins": answer["pins"]}, indent=2))
    if answer["leftOut"]:
        left = ", ".join(plain(one) or "the instructions" for one in answer["leftOut"])
        note(f"Left out, because it is blocked: {left}.")
    return ExitCode.OK


def _named(name: str) -> dict[str, Any]:
    server, _, tool = name.partition(".")
    return {"server": server, "tool": tool}
