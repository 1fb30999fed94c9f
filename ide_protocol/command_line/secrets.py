"""The secrets of servers that you wrote down yourself: `secrets set`, `list`, `forget`."""

from __future__ import annotations

import os
import sys

import click

from ide_protocol.command_line import option
from ide_protocol.command_line.console import emit, note, say
from ide_protocol.command_line.conversation import conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract

_LONGEST = 64 * 1024


@click.group()
def secrets() -> None:
    """Keep the secrets of your own servers in the keyring; portico.toml names them."""


@secrets.command("set", short_help="Keep a secret under a name.")
@click.argument("name")
@option.as_json
def secrets_set(name: str, *, as_json: bool) -> int:
    """Keep a secret under a name, in place of what had it before.

    You are asked for it; a script gives it on standard input. In portico.toml it is then
    "keyring:NAME".
    """
    value = _value()
    with conversation() as hub:
        params = {"name": name, "value": value}
        hub.request(contract.KEEP_SECRET, params, doing="Sealing the secret")
    if as_json:
        emit({"name": name})
    else:
        say(f'Kept. In portico.toml it is "keyring:{name}".')
    return ExitCode.OK


@secrets.command("list", short_help="List the names of what is kept.")
@option.as_json
def secrets_list(*, as_json: bool) -> int:
    """List the names of what is kept; what it is, nobody is shown."""
    with conversation() as hub:
        names = hub.request(contract.SECRETS, doing="Asking the hub")["names"]
    if as_json:
        emit({"names": names})
    elif not names:
        note("No secret is kept. `portico secrets set NAME` keeps one.")
    else:
        for name in names:
            say(name)
    return ExitCode.OK


@secrets.command("forget", short_help="Forget a secret.")
@click.argument("name")
@option.as_json
def secrets_forget(name: str, *, as_json: bool) -> int:
    """Forget a secret; a server that names it does not start any more."""
    with conversation() as hub:
        found = hub.request(contract.FORGET_SECRET, {"name": name}, doing="Asking the hub")
    if as_json:
        emit(found)
    elif found["forgotten"]:
        say("Forgotten.")
    else:
        note("There is no secret of that name. `portico secrets list` shows what there is.")
    return ExitCode.OK if found["forgotten"] else ExitCode.FAILED


def _value() -> str:
    """The secret, typed unseen or piped in; it is never a word of the command line."""
    if os.isatty(0):
        typed: str = click.prompt("Secret", hide_input=True, err=True)
        return typed
    return sys.stdin.read(_LONGEST).rstrip("\r\n")
