"""What `portico sandbox …` shows people."""

from __future__ import annotations

import json
import shlex
import time
from typing import TYPE_CHECKING

import click

from sandbox.people import COMPANY, PEOPLE
from sandbox.scenario.shelf import SCENARIOS
from sandbox.scenario.telling import Kind, told

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sandbox.running import Folder, State
    from sandbox.scenario.scenario import Scenario

_MOST_CALLS = 10
_REFUSED = 400

_STYLES: dict[Kind, dict[str, object]] = {
    Kind.TITLE: {"bold": True},
    Kind.RUN: {"fg": "green"},
    Kind.PRESS: {"fg": "yellow"},
    Kind.SEE: {"dim": True},
}


def up(folder: Folder, state: State, *, already: bool) -> None:
    """The sandbox, and what to do with it now: its story, or first steps."""
    word = "runs already" if already else "is up"
    click.secho(f"{COMPANY} {word}.", bold=True)
    story = SCENARIOS.get(state.scenario)
    if story is None:
        status(state)
    click.echo()
    click.secho("In the shell that you play in" if story else "Try Portico with it", bold=True)
    click.echo(f"  export PORTICO_HOME={shlex.quote(state.home)}")
    if story is not None:
        click.echo()
        tell(story, folder)
        ends = {
            folder.command("story"): "shows this again",
            folder.command("reset"): "begins it afresh",
            folder.command("down"): "ends it",
        }
        click.echo()
        _columns(ends)
        return
    who = (
        f"as {PEOPLE[state.person].name}"
        if state.person in PEOPLE
        else "pick " + ", ".join(person.name for person in PEOPLE.values())
    )
    _columns(
        {
            f"portico setup {state.setup}": "join the company, as its people do",
            "portico login": who,
            "portico servers": "what the company offers this person",
            "portico tools": "every tool behind the one door",
            folder.command("down"): "end it",
        }
    )


def status(state: State) -> None:
    """Where everything is."""
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
        "Story": SCENARIOS[state.scenario].title if state.scenario in SCENARIOS else "",
        "Signs in as": PEOPLE[state.person].name if state.person in PEOPLE else "",
    }
    width = max(map(len, rows)) + 2
    for label, value in rows.items():
        if value:
            click.echo("  " + click.style(label.ljust(width), dim=True) + value)


def tell(story: Scenario, folder: Folder) -> None:
    """The guided text of a story."""
    for line in told(story, folder.command):
        click.secho(line.text, **_STYLES.get(line.kind, {}))  # type: ignore[arg-type]


def stories(folder: Folder) -> None:
    """Every story by name, and how one begins."""
    _columns({story.name: story.title for story in SCENARIOS.values()})
    click.echo()
    click.echo(f"Begin one with `{folder.command('up')} --scenario NAME`.")


def calls(witness: Path) -> None:
    """The latest calls that arrived at the gateway, and what else it refused."""
    found = [
        record
        for record in _records(witness)
        if record["method"] == "tools/call" or int(record["status"]) >= _REFUSED
    ]
    if not found:
        click.echo("No call has arrived at the gateway.")
        return
    rows = [("TIME", "USER", "CALL", "ANSWER")]
    for record in found[-_MOST_CALLS:]:
        at = time.strftime("%H:%M:%S", time.localtime(float(record["at"])))
        what = f"{record['server']}.{record['tool']}" if record["tool"] else record["method"]
        rows.append((at, record["user"] or "nobody", what, str(record["status"])))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.secho(line.rstrip(), dim=number == 0)


def _records(witness: Path) -> Iterable[dict[str, str]]:
    try:
        lines = witness.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    return map(json.loads, lines)


def _columns(steps: dict[str, str]) -> None:
    width = max(map(len, steps)) + 2
    for command, why in steps.items():
        click.echo("  " + command.ljust(width) + click.style(why, dim=True))
