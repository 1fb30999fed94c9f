"""`portico sandbox up|status|down`: a company in a box for people who want to try Portico.

Exit codes: 0 means done (for `status`: a sandbox runs), 1 that it failed or that none runs, 2 that
the command was not understood, 130 that Ctrl-C ended it. With `--json`, stdout holds one JSON
document on one line.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from sandbox.people import COMPANY, PEOPLE
from sandbox.running import Folder, State, Trouble, replace, started

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = click.option(
    "--dir",
    "root",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the sandbox. [default: ~/.local/state/portico-sandbox]",
)
_INTERRUPTED = 130

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def program() -> None:
    """Run a company in a box: sign-on, registry, gateway and MCP servers on this computer."""


@program.command(short_help="Start the sandbox, and a Portico home for it.")
@click.option("--foreground", is_flag=True, help="Stay attached; Ctrl-C ends it.")
@click.option("--tell", type=int, hidden=True, help="File descriptor that learns of readiness.")
@_FOLDER
@_JSON
@click.pass_context
def up(
    context: click.Context,
    root: Path | None,
    tell: int | None,
    *,
    foreground: bool,
    as_json: bool,
) -> None:
    """Start the sandbox and prepare a Portico home that belongs to it."""
    folder = _folder(root)
    if foreground:
        interrupted = asyncio.run(_stay(folder, tell, as_json=as_json))
        context.exit(_INTERRUPTED if interrupted else 0)
    running = folder.running()
    state = running or folder.start()
    _show_up(folder, state, as_json=as_json, already=running is not None)


@program.command()
@_FOLDER
@_JSON
@click.pass_context
def status(context: click.Context, root: Path | None, *, as_json: bool) -> None:
    """Say whether the sandbox runs, and where."""
    folder = _folder(root)
    state = folder.running()
    if as_json:
        click.echo(_document(state))
    elif state is None:
        where = "" if root is None else f" in {folder.root}"
        click.echo(f"No sandbox runs{where}. Start one with `{folder.command('up')}`.")
    else:
        _show(state)
    context.exit(0 if state else 1)


@program.command(short_help="End the sandbox; the next `up` continues it.")
@_FOLDER
@_JSON
def down(root: Path | None, *, as_json: bool) -> None:
    """End the sandbox; its folder stays, so that the next `up` continues there."""
    folder = _folder(root)
    state = folder.stop()
    if as_json:
        # What has ended is nowhere, so no address of it is given.
        click.echo(_document(None))
    elif state is None:
        click.echo("No sandbox runs; nothing to end.")
    else:
        click.echo(f"The sandbox (process {state.pid}) has ended.")


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: What follows `portico sandbox`.
    """
    try:
        code = program.main(arguments, prog_name="portico sandbox", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.Abort:
        return _INTERRUPTED
    except Trouble as trouble:
        if "--json" in arguments:
            click.echo(json.dumps({"trouble": str(trouble)}))
        click.echo(f"portico sandbox: {trouble}", err=True)
        return 1
    return code if isinstance(code, int) else 0


async def _stay(folder: Folder, tell: int | None, *, as_json: bool) -> bool:
    """Be the sandbox until a signal ends it; whether that was Ctrl-C."""
    # A second of imports, which `status` and `down` need not wait for.
    from sandbox.company import Company

    with folder.held():
        company = Company(
            witness_file=folder.witness,
            ports=_ports(folder.last()),
            setup_key=folder.setup_key,
        )
        loop = asyncio.get_running_loop()
        stop: asyncio.Future[signal.Signals] = loop.create_future()

        def end(word: signal.Signals) -> None:
            """Take the first signal for the reason."""
            if not stop.done():
                stop.set_result(word)

        for word in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(word, end, word)
        async with company:
            replace(folder.home / "portico.toml", company.configuration())
            pid = os.getpid()
            titles = {
                str(entry["server"]["name"]).rpartition("/")[2]: str(entry["server"]["title"])
                for entry in company.listing.entries
            }
            state = State(
                pid=pid,
                started=started(pid),
                issuer=company.issuer,
                registry=company.registry,
                gateway=company.gateway,
                setup=company.setup_url,
                fingerprint=company.setup.fingerprint,
                servers=titles,
                home=str(folder.home),
                witness=str(folder.witness),
                log=str(folder.log),
            )
            folder.write(state)
            if tell is None:
                _show_up(folder, state, as_json=as_json, already=False)
            else:
                os.write(tell, b"ready")
                os.close(tell)
            return await stop is signal.SIGINT


def _ports(last: State | None) -> Mapping[str, int]:
    """The ports of the last time, so that a hub that knows them finds the company again."""
    if last is None:
        return {}
    return {
        part: urlsplit(url).port or 0
        for part, url in (
            ("issuer", last.issuer),
            ("registry", last.registry),
            ("gateway", last.gateway),
            ("setup", last.setup),
        )
    }


def _folder(root: Path | None) -> Folder:
    # Not under PORTICO_HOME: the sandbox is a company, and one company may serve many homes.
    if root is None:
        return Folder(Path.home() / ".local/state/portico-sandbox")
    return Folder(root.absolute(), named=True)


def _document(state: State | None) -> str:
    """The one JSON document, on one line: the sandbox that runs, or none."""
    return json.dumps({"running": state is not None, "sandbox": asdict(state) if state else None})


def _show_up(folder: Folder, state: State, *, as_json: bool, already: bool) -> None:
    if as_json:
        click.echo(_document(state))
        return
    word = "runs already" if already else "is up"
    click.secho(f"{COMPANY} {word}.", bold=True)
    _show(state)
    click.echo()
    click.secho("Try Portico with it", bold=True)
    click.echo(f"  export PORTICO_HOME={shlex.quote(state.home)}")
    join = f"portico setup {state.setup}"
    steps = {join: "join the company, as its people do", **_NEXT, folder.command("down"): "end it"}
    width = max(map(len, steps)) + 2
    for command, why in steps.items():
        click.echo("  " + command.ljust(width) + click.style(why, dim=True))


_NEXT = {
    "portico login": f"pick {', '.join(person.name for person in PEOPLE.values())}",
    "portico servers": "what the company offers this person",
    "portico tools": "every tool behind the one door",
}


def _show(state: State) -> None:
    rows = {
        "Sign-on": state.issuer,
        "Registry": f"{state.registry}/v0.1/servers",
        "Gateway": state.gateway,
        "Set-up": f"{state.setup}, signed by",
        "": state.fingerprint,
        "Servers": ", ".join(state.servers.values()),
        "Home": state.home,
        "Gateway log": state.witness,
        "Process": f"{state.pid}, log in {state.log}",
    }
    width = max(map(len, rows)) + 2
    for label, value in rows.items():
        click.echo("  " + click.style(label.ljust(width), dim=True) + value)
