"""Looking after Portico itself: `doctor`, `hub`, `config`, `version`."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from auth.fault import Fault
from ide_protocol.command_line import option
from ide_protocol.command_line.block import block
from ide_protocol.command_line.checkup import tilde
from ide_protocol.command_line.console import emit, note, say, show
from ide_protocol.command_line.conversation import Refusal, conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.command_line.line import HubUnreachable, HubVanished
from ide_protocol.command_line.report import report
from ide_protocol.door import birth
from ide_protocol.own import contract
from proxy.home import Home

if TYPE_CHECKING:
    from ide_protocol.own.contract import ChainLink, Check, Hub


_GOODBYE = 10.0
"""Seconds to wait for a stopped hub to let go of its connections."""


def own_version() -> str:
    """The version of this installation."""
    from importlib.metadata import version as installed  # Slow to import, and rarely asked.

    return installed("portico")


@click.command()
@click.argument("part", type=click.Choice(["auth"]), required=False)
@option.as_json
def doctor(part: str | None, *, as_json: bool) -> int:
    """Check this installation, the hub and the way to the company.

    `doctor auth` walks the chain that the company's sign-in hangs on (name, connection and
    certificate, discovery, keys, clock, keyring, one refresh) and names the first thing wrong.
    """
    return _doctor_auth(as_json=as_json) if part == "auth" else _doctor(as_json=as_json)


def _doctor_auth(*, as_json: bool) -> int:
    with conversation() as line:
        answer = line.request(contract.DOCTOR_AUTH, doing="Walking the way to the sign-on")
    chain = cast("list[ChainLink]", answer["chain"])
    if as_json:
        emit({"chain": chain})
    else:
        from ide_protocol.command_line.view.chain import view

        show(view(chain))
    failed = any(link["state"] == "failed" for link in chain)
    return ExitCode.FAILED if failed else ExitCode.OK


def _doctor(*, as_json: bool) -> int:
    from ide_protocol.command_line.checkup import local_checks, version_check

    checks = local_checks(Home.find())
    try:
        with conversation() as hub:
            answer = hub.request(contract.STATUS, doing="Asking the hub")
            checks.append(version_check(own_version(), cast("Hub", answer["hub"])))
            theirs = hub.request(contract.DOCTOR, doing="Checking the way to the company")
            checks += cast("list[Check]", theirs["checks"])
    except (Fault, Refusal) as wrong:
        found = wrong.report if isinstance(wrong, Refusal) else report(wrong)
        checks.append(
            {
                "name": "hub",
                "state": "failed",
                "finding": found["message"],
                "remedy": found["remedy"],
            }
        )
    if as_json:
        emit({"checks": checks})
    else:
        from ide_protocol.command_line.view.checks import view

        show(view(checks))
    failed = any(check["state"] == "failed" for check in checks)
    return ExitCode.FAILED if failed else ExitCode.OK


@click.group()
def hub() -> None:
    """Look at the hub, the one process behind all windows."""


@hub.command("status", short_help="Show whether a hub runs and who is connected.")
@option.as_json
def hub_status(*, as_json: bool) -> int:
    """Show whether a hub runs and who is connected; starts none."""
    if not _running():
        if as_json:
            emit({"hub": None})
        else:
            say("No hub is running. The next editor or command starts one.")
        return ExitCode.NO_HUB
    with conversation(start=False) as line:
        found = cast("Hub", line.request(contract.STATUS, doing="Asking the hub")["hub"])
    if as_json:
        emit({"hub": found})
    else:
        from ide_protocol.command_line.view.hub import view

        show(view(found, time.time()))
    return ExitCode.OK


@hub.command("stop", short_help="End the hub and every connection through it.")
@option.as_json
def hub_stop(*, as_json: bool) -> int:
    """End the hub and every connection through it; the next command starts a new one."""
    running = _running()
    if running:
        # A hub may say farewell before its answer is read, and one whose portico.toml has changed
        # when somebody knocks; it ended, as it was asked to.
        with contextlib.suppress(HubVanished), conversation(start=False) as line:
            line.request(contract.STOP, doing="Waiting for the hub to end")
            line.rest(_GOODBYE)
        try:
            birth.sweep(Home.find())
        except birth.NoHub as late:
            raise HubUnreachable(str(late)) from late
    if as_json:
        emit({"stopped": running})
    else:
        say("The hub has ended." if running else "No hub is running.")
    return ExitCode.OK


@hub.command("logs", short_help="Show the end of the hub's log.")
@click.option(
    "--lines",
    type=option.Count(1, 100_000),
    default=50,
    show_default=True,
    metavar="N",
    help="How many lines, the last ones.",
)
@option.as_json
def hub_logs(lines: int, *, as_json: bool) -> int:
    """Show the end of the hub's log, whether it runs or not."""
    path = Path(Home.find().log)
    tail: collections.deque[str] = collections.deque(maxlen=lines)
    with (
        contextlib.suppress(FileNotFoundError),
        path.open(encoding="utf-8", errors="replace") as log,
    ):
        tail.extend(line.rstrip("\n") for line in log)
    if as_json:
        emit({"path": str(path), "lines": list(tail)})
    elif tail:
        click.echo("\n".join(block(line) for line in tail))
    else:
        note(f"The hub has logged nothing yet; its log is {tilde(str(path))}.")
    return ExitCode.OK


@click.group()
def config() -> None:
    """Look after portico.toml."""


@config.command("check")
@option.as_json
def config_check(*, as_json: bool) -> int:
    """Say whether portico.toml is valid, and where it is not."""
    # They read and check more than other commands need.
    from ide_protocol.wiring import company_setup
    from proxy.configuration import load

    home = Home.find()
    path, given = home.file, company_setup(home)
    setup = given.load()
    if given.fault is not None:
        raise given.fault
    load(path, setup)
    there = Path(path).exists()
    if as_json:
        emit({"path": path, "exists": there, "valid": True})
    elif there:
        say(f"{tilde(path)} is valid.")
    else:
        joined = "" if setup is None else " Your company's set-up holds without one."
        say(f"There is no {tilde(path)} yet; docs/configuration.md shows how to write one.{joined}")
    return ExitCode.OK


@config.command("schema", short_help="Print the JSON Schema of portico.toml.")
def config_schema() -> int:
    """Print the JSON Schema of portico.toml, for editors that know no Portico."""
    from proxy.configuration.schema import schema

    click.echo(json.dumps(schema(), indent=2))
    return ExitCode.OK


@click.command()
@option.as_json
def version(*, as_json: bool) -> int:
    """Show the version of Portico and of the Python it runs on."""
    if as_json:
        emit({"version": own_version(), "python": platform.python_version()})
    else:
        click.echo(f"portico {own_version()} (Python {platform.python_version()})")
    return ExitCode.OK


def _running() -> bool:
    """Whether somebody listens on the hub's socket.

    Raises:
        HubUnreachable: The hub's folder is not private, so whoever listens is not to be trusted.
    """
    home = Home.find()
    if not os.path.lexists(home.run):
        return False  # To look must not leave a folder behind.
    try:
        home.make_run()
    except OSError as wrong:
        raise HubUnreachable(str(wrong)) from wrong
    knock = birth.find(home)
    if knock is None:
        return False
    knock.close()
    return True
