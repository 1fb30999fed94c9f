"""Joining a company in one line: `setup URL`, `show`, `review`, and for companies `key`, `sign`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auth.fault import Fault, Who
from auth.vault_key import NoKeyring
from ide_protocol.command_line import option, person
from ide_protocol.command_line.console import emit, note, say, show, tell
from ide_protocol.command_line.exit_code import ExitCode
from proxy.home import Home
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.setup.company_setup import CompanySetup
    from proxy.setup.difference import Item
    from proxy.setup.kept import Kept
    from proxy.setup.source import Offered

_FIRST = "Does your company publish this fingerprint? Type yes, or the fingerprint itself: "
_NEXT = "Let this count from now on? [y/N] "


class SetupUnseen(Fault):
    """A set-up counts only once a person has seen it, or a script names its fingerprint."""

    reference = "setup-unseen"
    who = Who.PERSON
    remedy = "Run it in a terminal, or give `--yes` with `--fingerprint`."


class SetupDeclined(Fault):
    """The person did not accept a set-up, so nothing was changed."""

    reference = "setup-declined"
    who = Who.PERSON
    remedy = "Ask your platform team for the fingerprint of its set-up, and run it again."


class _Setup(click.Group):
    """A group that takes an address for its default command, as people type it."""

    default = "accept"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the command that an address stands for."""
        if args and "://" in args[0]:
            args = [self.default, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Setup, subcommand_metavar="URL | COMMAND [ARGS]...")
def setup() -> None:
    """Join your company: `portico setup URL`.

    What the address serves is shown before it counts. From then on portico.toml can make it
    narrower, and nothing in it can name another registry, issuer or address for your tokens.
    """


@setup.command(short_help="Show what an address serves, and join that company (`setup URL`).")
@click.argument("url")
@click.option("--fingerprint", metavar="SHA256:…", help="The only key that may have signed it.")
@click.option("--yes", is_flag=True, help="Ask nobody; only with --fingerprint.")
@option.as_json
def accept(url: str, fingerprint: str | None, *, yes: bool, as_json: bool) -> int:
    """Show what an address serves, and join that company.

    The fingerprint is how you know that it is your company's: compare it with what your company
    publishes, by another way than this address.
    """
    if yes and not fingerprint:
        msg = "--yes needs --fingerprint: somebody has to know whose set-up it is."
        raise click.UsageError(msg)
    return asyncio.run(_accept(url, fingerprint, yes=yes, as_json=as_json))


@setup.command("show", short_help="Show what holds on this machine, and by whose word.")
@option.as_json
def show_(*, as_json: bool) -> int:
    """Show what holds on this machine, and by whose word."""
    return asyncio.run(_show(as_json=as_json))


@setup.command(short_help="Show what your company changed, and let it count.")
@click.option("--yes", is_flag=True, help="Show it and ask nobody; the key is the known one.")
@option.as_json
def review(*, yes: bool, as_json: bool) -> int:
    """Show what your company changed in its set-up since you accepted it, and let it count."""
    return asyncio.run(_review(yes=yes, as_json=as_json))


@setup.command(short_help="For companies: make the key that signs set-ups.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key(file: Path) -> int:
    """Make the key that signs your company's set-ups, and print its fingerprint.

    FILE is written with mode 0600 and never replaced. Publish the fingerprint where your people
    trust what they read.
    """
    from auth.signed_text import make_key

    pem, fingerprint = make_key()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as wrong:
        raise click.FileError(str(file), wrong.strerror) from None
    with os.fdopen(descriptor, "wb") as made:
        made.write(pem)
    say(fingerprint)
    return ExitCode.OK


@setup.command(short_help="For companies: check a set-up and sign it.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "signer",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The private key that `portico setup key` made.",
)
def sign(file: Path, signer: Path) -> int:
    """Check a set-up written as TOML, and print it signed, ready to be served."""
    from auth.signed_text import sign as signed
    from proxy.setup.document import read_setup

    text = _read(file).decode("utf-8-sig", "replace")
    read_setup(text, str(file))
    click.echo(signed(text, _read(signer)))
    return ExitCode.OK


async def _accept(url: str, fingerprint: str | None, *, yes: bool, as_json: bool) -> int:
    home, standing = _standing()
    if standing.source == "administrator":
        from proxy.setup.fault import SetupManaged

        name = plain(standing.setup.company.name, 80) if standing.setup else "your company"
        msg = f"This machine was set up for {name} by an administrator."
        raise SetupManaged(msg)
    offered = await _fetched(url, home)
    await _check_pinned(standing, offered, fingerprint)
    _check_configuration(home, offered)
    from proxy.setup.difference import contents

    if not yes:
        _screen(offered, contents(offered.setup))
        _ask(_FIRST, lambda typed: typed.lower() == "yes" or typed == offered.key)
    await _keep(standing.kept, offered, as_json=as_json)
    return ExitCode.OK


async def _review(*, yes: bool, as_json: bool) -> int:
    home, standing = _standing()
    if (fault := await standing.confirm()) is not None:
        raise fault
    held = standing.held
    if held is None:
        say("There is no set-up from an address to look at. `portico setup show` says what holds.")
        return ExitCode.OK
    from proxy.setup.difference import difference
    from proxy.setup.source import follow

    offered = await _fetched(held.url, home)
    later = follow(held, offered)
    items = difference(held.setup, offered.setup)
    if later and items:
        _check_configuration(home, offered)
        _screen(offered, items, before=held.setup.serial)
        if not yes:
            _ask(_NEXT, lambda typed: typed.lower() in {"y", "yes"})
    if later:
        await _keep(standing.kept, offered, as_json=as_json)
    elif as_json:
        emit({"changed": False})
    else:
        say("Nothing has changed since you accepted it.")
    return ExitCode.OK


async def _show(*, as_json: bool) -> int:
    _, standing = _standing()
    fault = await standing.confirm()
    if fault is not None:
        raise fault
    from proxy.setup.difference import contents

    found, held = standing.setup, standing.held
    if as_json:
        emit(
            {
                "source": standing.source,
                "url": held.url if held else None,
                "fingerprint": held.key if held else None,
                "serial": found.serial if found else None,
                "sealed": standing.kept.state == "sealed",
                "setup": found.tables if found else None,
            }
        )
    elif found is None:
        say("No company set this machine up. Join yours with `portico setup URL`.")
    else:
        from ide_protocol.command_line.view.setup import screen, vouched

        show(screen(found.company.name, vouched(standing), contents(found)))
    return ExitCode.OK


def _standing() -> tuple[Home, CompanySetup]:
    # It knows everybody, so that only commands that need it wait for it.
    from ide_protocol.wiring import company_setup

    home = Home.find()
    standing = company_setup(home)
    standing.load()
    return home, standing


async def _fetched(url: str, home: Home) -> Offered:
    from ide_protocol.wiring.parts import switch
    from proxy.configuration import load
    from proxy.setup.source import fetch

    try:
        network = load(home.file).network.open()
    except Fault:
        # A file that the set-up will correct must not keep the set-up away.
        from auth.network import Network

        network = Network()
    network.suggest(os.environ)
    switch(network, home).look()
    try:
        return await fetch(url, network)
    finally:
        await network.aclose()


async def _check_pinned(standing: CompanySetup, offered: Offered, fingerprint: str | None) -> None:
    """Check the key against what the person names, and against what was accepted before."""
    from proxy.setup.fault import SetupLocked, SetupNotTheirs
    from proxy.setup.source import admit

    if fingerprint is not None and fingerprint != offered.key:
        msg = f"The set-up is signed by {offered.key}, and not by {plain(fingerprint, 80)}."
        raise SetupNotTheirs(msg)
    held = standing.held
    try:
        remembered = await standing.kept.note()
    except NoKeyring as missing:
        if held is not None and held.sealed:
            raise SetupLocked(f"What was accepted here cannot be told. {missing}") from missing
        remembered = None
    if remembered is not None:
        intact = held is not None and held.digest == remembered.digest
        further = held.setup.keys if held is not None and intact else frozenset()
        admit(offered, further | {remembered.key}, remembered.serial)
    elif held is not None and held.sealed is False:
        admit(offered, held.setup.keys | {held.key}, held.setup.serial)


def _check_configuration(home: Home, offered: Offered) -> None:
    """Raise what portico.toml says against the set-up, before anybody is asked about it."""
    from proxy.configuration import load

    load(home.file, offered.setup)


def _screen(offered: Offered, items: list[Item], before: int | None = None) -> None:
    from ide_protocol.command_line.view.setup import screen, served

    vouched = served(offered, before)
    tell(screen(offered.setup.company.name, vouched, items, differs=before is not None))


def _ask(question: str, is_yes: Callable[[str], bool]) -> None:
    """Put a question to the person at this terminal.

    Raises:
        SetupUnseen: There is none.
        SetupDeclined: They did not say yes.
    """
    if not person.present():
        raise SetupUnseen("No person sees this terminal.")
    person.forget_typed()
    sys.stderr.write(f"\n{question}")
    sys.stderr.flush()
    if not is_yes(sys.stdin.readline().strip()):
        raise SetupDeclined("You did not accept the set-up.")


async def _keep(kept: Kept, offered: Offered, *, as_json: bool) -> None:
    held = await kept.accept(offered.setup, offered.url, offered.key, offered.signed)
    if as_json:
        emit({"changed": True, "fingerprint": held.key, "serial": held.setup.serial})
        return
    say(f"This machine is set up for {plain(held.setup.company.name, 80)}.")
    if not held.sealed:
        note(
            "There is no keyring here that Portico trusts, so a program of yours could replace "
            "the set-up unnoticed. Where that matters, have an administrator set the machine up."
        )
    say(
        "Sign in with `portico login`. Where other windows are open, it counts once they have "
        "closed, or after `portico hub stop`."
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as wrong:
        raise click.FileError(str(file), wrong.strerror) from None
