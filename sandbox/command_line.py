"""`portico sandbox up|status|down`: a company in a box for people who want to try Portico.

`story`, `turn`, `calls` and `reset` are for the scenarios that it can play.

Exit codes: 0 means done (for `status`: a sandbox runs), 1 that it failed or that none runs, 2 that
the command was not understood, 130 that Ctrl-C ended it. With `--json`, stdout holds one JSON
document on one line.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import asdict
from pathlib import Path

import click

from sandbox import lever, showing
from sandbox.forgetting import forget, used
from sandbox.people import PEOPLE
from sandbox.running import Folder, State, Trouble
from sandbox.scenario.shelf import SCENARIOS

_FOLDER = click.option(
    "--dir",
    "root",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the sandbox. [default: ~/.local/state/portico-sandbox]",
)
_INTERRUPTED = 130

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_SCENARIO = click.option(
    "--scenario",
    type=click.Choice(list(SCENARIOS)),
    metavar="NAME",
    help="A story to live through; `portico sandbox story` lists them.",
)
_PERSON = click.option(
    "--as",
    "person",
    type=click.Choice(list(PEOPLE)),
    help="Sign in as this person; the sign-in page asks nothing.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def program() -> None:
    """Run a company in a box: sign-on, registry, gateway and MCP servers on this computer."""


@program.command(short_help="Start the sandbox, and a Portico home for it.")
@click.option("--foreground", is_flag=True, help="Stay attached; Ctrl-C ends it.")
@click.option("--tell", type=int, hidden=True, help="File descriptor that learns of readiness.")
@_SCENARIO
@_PERSON
@_FOLDER
@_JSON
@click.pass_context
def up(
    context: click.Context,
    root: Path | None,
    tell: int | None,
    scenario: str | None,
    person: str | None,
    *,
    foreground: bool,
    as_json: bool,
) -> None:
    """Start the sandbox and prepare a Portico home that belongs to it.

    With --scenario it plays a story, whose text is shown, and whose person signs in. For a sandbox
    that runs without a story, --as changes who does.
    """
    folder = _folder(root)
    playing = _person(scenario, person)
    if foreground:
        interrupted = _stay(folder, tell, scenario or "", playing, as_json=as_json)
        context.exit(_INTERRUPTED if interrupted else 0)
    running = folder.running()
    state = running or _start(folder, scenario or "", playing)
    if running is not None:
        _play_on(folder, running, scenario, person)
        state = folder.running() or running
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
        showing.status(state)
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


@program.command(short_help="Begin afresh, with nothing left of before.")
@_SCENARIO
@_PERSON
@_FOLDER
@_JSON
def reset(root: Path | None, scenario: str | None, person: str | None, *, as_json: bool) -> None:
    """Start the sandbox as on its first day: same addresses, same story, nothing else of before.

    Ends Portico in the sandbox's home, with every editor that is connected there, and forgets that
    home: its sign-in, pins, audit and configuration.
    """
    folder = _folder(root)
    ended = folder.stop() or folder.last()
    forget(folder)
    story = scenario or (ended.scenario if ended else "")
    playing = _person(story, person)
    _show_up(folder, folder.start(story, playing), as_json=as_json, already=False)


@program.command(short_help="Show the text of a story, or which there are.")
@click.argument("name", required=False, type=click.Choice(list(SCENARIOS)))
@_FOLDER
def story(root: Path | None, name: str | None) -> None:
    """Show the text of the story that is played, or of the one NAMEd, or which there are."""
    folder = _folder(root)
    state = folder.running()
    found = SCENARIOS.get(name or (state.scenario if state else ""))
    if found is None:
        showing.stories(folder)
    else:
        showing.tell(found, folder)


@program.command(short_help="Let happen what happens in the story.")
@_FOLDER
def turn(root: Path | None) -> None:
    """Let happen what happens in the middle of the story."""
    folder = _folder(root)
    if happened := _say(folder, "turn"):
        click.echo(happened)
    else:
        raise Trouble("Nothing happens by itself in what this sandbox plays.")


@program.command(short_help="Show the latest calls at the gateway.")
@_FOLDER
def calls(root: Path | None) -> None:
    """Show the latest calls that arrived at the company's gateway, and what else it refused."""
    showing.calls(_folder(root).witness)


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


def _stay(folder: Folder, tell: int | None, scenario: str, person: str, *, as_json: bool) -> bool:
    """Be the sandbox until a signal ends it; whether that was Ctrl-C."""
    # A second of imports, which `status` and `down` need not wait for.
    from sandbox.staying import stay

    def ready(state: State) -> None:
        """Tell whoever waits that it answers."""
        if tell is None:
            _show_up(folder, state, as_json=as_json, already=False)
        else:
            os.write(tell, b"ready")
            os.close(tell)

    return asyncio.run(stay(folder, scenario, person, ready)) is signal.SIGINT


def _start(folder: Folder, scenario: str, person: str) -> State:
    """Start a sandbox; a story begins only where nothing is left of another."""
    if scenario and used(folder):
        again = f"{folder.command('reset')} --scenario {scenario}"
        msg = (
            f"Portico has lived in {folder.home} already, and a story needs a beginning. "
            f"`{again}` begins it there and forgets what was; --dir chooses another folder."
        )
        raise Trouble(msg)
    return folder.start(scenario, person)


def _person(scenario: str | None, person: str | None) -> str:
    """Whom the sign-in page takes everybody for, or ""."""
    story = SCENARIOS.get(scenario or "")
    if story is None:
        return person or ""
    if person not in {None, story.person}:
        msg = f"The story {story.name} is about {PEOPLE[story.person].name}, so --as has no place."
        raise click.UsageError(msg)
    return story.person


def _play_on(folder: Folder, running: State, scenario: str | None, person: str | None) -> None:
    """Change what can be changed of a sandbox that runs."""
    if scenario not in {None, running.scenario}:
        again = f"{folder.command('reset')} --scenario {scenario}"
        msg = f"This sandbox runs already. `{again}` begins the story there and forgets the rest."
        raise Trouble(msg)
    if person is not None:
        _person(running.scenario, person)
        _say(folder, "person", person)


def _say(folder: Folder, word: str, value: str = "") -> str:
    """Say a word to the sandbox that runs; what has happened."""
    if folder.running() is None:
        msg = f"No sandbox runs. Start one with `{folder.command('up')}`."
        raise Trouble(msg)
    try:
        return lever.pull(folder.levers, word, value)
    except (OSError, ValueError) as silent:
        msg = f"The sandbox does not answer. Look at the end of {folder.log}."
        raise Trouble(msg) from silent


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
    else:
        showing.up(folder, state, already=already)
