"""Signing in and out: `login`, `logout`, `whoami`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import click

from ide_protocol.command_line import option
from ide_protocol.command_line.console import emit, say, show
from ide_protocol.command_line.conversation import conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.own.contract import Grant, User


@click.command()
@click.argument("server", default="")
@click.option("--device", is_flag=True, help="Show a code to type on a page on any device.")
@click.option("--paste", is_flag=True, help="Take the address at which the page ended.")
@option.as_json
def login(server: str, *, device: bool, paste: bool, as_json: bool) -> int:
    """Sign in once, for every window and every server.

    Opens the company's sign-in page in your browser and waits until you are done. Where no browser
    finds back to this machine, it shows a code instead, or has you paste an address. With the short
    name of a SERVER that has a sign-in of its own, it is that server's page instead.
    """
    if device + paste + bool(server) > 1:
        msg = "--device, --paste and SERVER do not go together."
        raise click.UsageError(msg)
    asked = {"server": server} if server else {}
    if device or paste:
        asked["flow"] = "device" if device else "paste"
    with conversation() as hub:
        answer = hub.request(contract.SIGN_IN, asked, doing="Waiting for you to sign in")
    if as_json:
        emit(answer)
        return ExitCode.OK
    if server:
        say(f"Signed in to {plain(server)}.")
        return ExitCode.OK
    user = cast("User", answer["user"])
    say(f"Signed in as {plain(user['name'])} at {plain(user['issuer'])}.")
    say(kept(user))
    return ExitCode.OK


@click.command()
@click.argument("server", default="")
@option.as_json
def logout(server: str, *, as_json: bool) -> int:
    """Sign out everywhere on this machine and forget the sign-in.

    With the short name of a SERVER that has a sign-in of its own, only that one is forgotten.
    """
    asked = {"server": server} if server else {}
    with conversation() as hub:
        answer = hub.request(contract.SIGN_OUT, asked, doing="Signing out")
    if as_json:
        emit(answer)
    elif server:
        say(f"Signed out of {plain(server)}. Nothing of that sign-in is kept on this machine.")
    else:
        say("Signed out. Nothing of the sign-in is kept on this machine.")
    return ExitCode.OK


@click.command()
@option.as_json
def whoami(*, as_json: bool) -> int:
    """Show who is signed in, in which groups, and what each server is sent of that.

    The sign-ins of servers that run their own OAuth are listed with the company's.
    """
    with conversation() as hub:
        user = cast("User | None", hub.request(contract.STATUS, doing="Asking the hub")["user"])
        answer = hub.request(contract.GRANTS, doing="Asking for the grants")
    grants = cast("list[Grant]", answer["grants"])
    if as_json:
        emit({"user": user, "grants": grants})
        return ExitCode.PERSON if user is None else ExitCode.OK
    if user is None:
        say("Nobody is signed in. Sign in with `portico login`.")
    else:
        groups = ", ".join(plain(group) for group in user["groups"]) or "none"
        say(f"{plain(user['name'])} at {plain(user['issuer'])}")
        say(f"Groups: {groups}")
        say(kept(user))
    if grants:
        from ide_protocol.command_line.view.grants import view

        say("")
        show(view(grants, time.time()))
    return ExitCode.PERSON if user is None else ExitCode.OK


def kept(user: User) -> str:
    """Where the sign-in is kept, as a sentence."""
    if user["storage"] == "keyring":
        return "The sign-in is sealed with a key in this machine's keyring."
    if user["storage"] == "unencrypted-file":
        return (
            "The sign-in is kept in a file that is not encrypted, because portico.toml asks for "
            "it (hub.unencrypted_tokens_on_disk): everything that runs as you can read it."
        )
    return (
        "This machine has no keyring that Portico trusts, so the sign-in is kept in memory "
        "and ends with the hub."
    )
