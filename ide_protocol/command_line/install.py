"""Setting up the programs that start Portico: `install`, `uninstall`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from editors.install import change
from editors.install.client import Scope, Syntax
from editors.install.clients import CLIENTS, FAMILIES, family, named
from editors.install.installation import Done, Installation
from ide_protocol.command_line import option
from ide_protocol.command_line.argument import near
from ide_protocol.command_line.console import emit, note, say, show
from ide_protocol.command_line.exit_code import ExitCode
from proxy.home import Home
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from editors.install.client import Client
    from editors.install.installation import Report

_CLIENTS = click.argument("clients", nargs=-1, metavar="[CLIENT]...")
_SCOPE = click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default=Scope.USER.value,
    show_default=True,
    help="For all that you open, or for one project, in a file that people may commit.",
)
_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The project's folder; the current one without it.",
)
_DRY = click.option("--dry-run", "dry", is_flag=True, help="Say what would change, change nothing.")


@click.command()
@_CLIENTS
@_SCOPE
@_FOLDER
@_DRY
@click.option("--print", "printed", is_flag=True, help="Print the entries, and write nothing.")
@option.as_json
def install(
    clients: tuple[str, ...], scope: str, folder: Path, *, dry: bool, printed: bool, as_json: bool
) -> int:
    """Have programs start Portico: an editor, an AI client.

    Without CLIENT, it finds the programs on this machine and asks about each.
    """
    machine = _machine(folder)
    if printed:
        return _print(
            machine, _named(clients, Scope(scope)) or CLIENTS, Scope(scope), as_json=as_json
        )
    chosen = _named(clients, Scope(scope))
    if not chosen:
        found = [
            one for one in CLIENTS if machine.found(one) and one.place(Scope(scope), sys.platform)
        ]
        if not found:
            say("No program that Portico knows is here; name one to set it up anyway.")
        chosen = found if dry else _asked(found)
    reports = [machine.install(client, Scope(scope), dry=dry) for client in chosen]
    for one in filter(None, map(family, clients)):
        note(one.note)
    if os.environ.get("PORTICO_HOME"):
        note("PORTICO_HOME is set here, and the programs will not have it: they use your own home.")
    return _tell(reports, as_json=as_json, dry=dry)


@click.command()
@_CLIENTS
@_SCOPE
@_FOLDER
@_DRY
@option.as_json
def uninstall(
    clients: tuple[str, ...], scope: str, folder: Path, *, dry: bool, as_json: bool
) -> int:
    """Take Portico out of programs again; without CLIENT, out of all.

    Each file is left as it was before, byte for byte, and keeps what was written since.
    """
    machine = _machine(folder)
    chosen = _named(clients, Scope(scope)) or CLIENTS
    reports = [machine.uninstall(client, Scope(scope), dry=dry) for client in chosen]
    if not clients:
        reports = [one for one in reports if one.done is not Done.ABSENT]
    if not reports:
        say("Portico is in no program's file.")
    return _tell(reports, as_json=as_json, dry=dry)


def _machine(folder: Path) -> Installation:
    """This machine, for this user and the project in `folder`."""
    found = Home.find()
    home = Path(found.environment()["HOME"])
    beside = Path(sys.prefix) / "bin" / "portico"
    on_path = shutil.which("portico")
    program = str(beside) if beside.exists() else on_path or ""
    return Installation(
        platform=sys.platform,
        home=Path.home() if found.own else home,
        folder=folder.absolute(),
        program=program,
        # Another Portico on the PATH is not this one.
        on_path=bool(on_path and program and Path(on_path).resolve() == Path(program).resolve()),
        environment=os.environ,
        keeps=Path(found.state) / "install",
    )


def _named(names: Sequence[str], scope: Scope) -> Sequence[Client]:
    """The clients of these names; a family stands for its members that have a file in `scope`."""
    known = [client.name for client in CLIENTS] + [one.name for one in FAMILIES]
    meant: set[str] = set()
    for name in names:
        if (found := family(name)) is not None:
            members = map(named, found.members)
            meant |= {one.name for one in members if one and one.place(scope, sys.platform)}
        elif named(name) is not None:
            meant.add(name)
        else:
            msg = f"{plain(name)} is no client{near(name, known)}. They are {', '.join(known)}."
            raise click.BadArgumentUsage(msg)
    return [client for client in CLIENTS if client.name in meant]


def _asked(found: Sequence[Client]) -> Sequence[Client]:
    """The clients that the person at this terminal wants, of those that were found."""
    if not found:
        return []
    if not (os.isatty(0) and os.isatty(2)):
        names = " ".join(client.name for client in found)
        msg = f"Nobody is here to be asked. Found: {names}. Name those that you want."
        raise click.UsageError(msg)
    return [one for one in found if click.confirm(f"Set up {one.title}?", err=True)]


def _print(machine: Installation, clients: Sequence[Client], scope: Scope, *, as_json: bool) -> int:
    """Print what would stand in each client's file, for people who write it themselves."""
    entries, texts = [], []
    for client in clients:
        place = client.place(scope, sys.platform)
        if place is None:
            continue
        command = machine.command(client, scope)
        entry: object = place.entry(command)
        for key in reversed(place.keys):
            entry = {key: entry}
        is_json = place.syntax is Syntax.JSON
        text = json.dumps(entry, indent=2) + "\n" if is_json else change.shown(place, command)
        texts.append(text)
        entries.append({"client": client.name, "path": place.path, "entry": entry})
    if as_json:
        emit({"entries": entries})
        return ExitCode.OK
    for one, text in zip(entries, texts, strict=True):
        say(f"{one['client']}: {one['path']}")
        click.echo(text)
    return ExitCode.OK


def _tell(reports: Sequence[Report], *, as_json: bool, dry: bool) -> int:
    if as_json:
        emit({"clients": [_shape(one) for one in reports]})
    elif reports:
        from ide_protocol.command_line.view.install import view

        show(view(reports, dry=dry))
    refused = any(one.done is Done.REFUSED for one in reports)
    return ExitCode.FAILED if refused else ExitCode.OK


def _shape(report: Report) -> dict[str, str]:
    return {
        "client": report.client.name,
        "path": report.path,
        "done": report.done.value,
        "reason": report.reason,
    }
