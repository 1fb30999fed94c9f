"""`portico servers import`: what a host's file names, taken over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ide_protocol.command_line import option
from ide_protocol.command_line.checkup import tilde
from ide_protocol.command_line.console import emit, note, say, show
from ide_protocol.command_line.conversation import conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.command_line.view.table import facts, text
from ide_protocol.own import contract
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.own.contract import TakenOver

_LARGEST = 1024 * 1024


@click.command("import", short_help="Take over the servers that a host's file names.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "dry", is_flag=True, help="Say what would become of them, do nothing.")
@option.as_json
def import_servers(file: Path, *, dry: bool, as_json: bool) -> int:
    """Take over the servers that FILE names, an mcp.json or another host's file.

    Programs are written into portico.toml, and their secrets are sealed with the keyring. Servers
    that your company approves are behind Portico already; others stay where they are. FILE itself
    is not changed.
    """
    params = {"text": _text(file), "path": os.environ.get("PATH", os.defpath), "dry": dry}
    with conversation() as hub:
        answer = hub.request(contract.TAKE_OVER, params, doing="Looking at the servers")
    if as_json:
        emit(answer)
        return ExitCode.OK
    servers = cast("list[TakenOver]", answer["servers"])
    own = tilde(answer["file"])
    show(facts([(plain(one["name"], 40), text(_became(one, own, dry=dry))) for one in servers]))
    taken = [one for one in servers if one["fate"] == "taken"]
    if dry and taken:
        say(f"\n{own} would get:")
        click.echo("".join(one["toml"] for one in taken).rstrip())
    if not dry:
        _tell_what_is_left(servers, file)
    return ExitCode.OK


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
        if len(data) <= _LARGEST:
            return data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        pass
    msg = f"{plain(str(file))} cannot be read as a text of at most 1 MiB."
    raise click.UsageError(msg)


def _became(one: TakenOver, own: str, *, dry: bool) -> str:
    """What became of one server, in a few words."""
    would = "would be " if dry else ""
    sealed = len(one["secrets"])
    secrets = f", {sealed} {'secret' if sealed == 1 else 'secrets'} sealed" if sealed else ""
    words = {
        "taken": f"{would}written into {own} as {one['server']}{secrets}",
        "there": f"stands in {own} already, as {one['server']}",
        "approved": f"is behind Portico already, as {one['server']}",
        "portico": "is Portico itself",
        "left": f"stays where it is: {one['reason']}",
    }
    return words[one["fate"]]


def _tell_what_is_left(servers: list[TakenOver], file: Path) -> None:
    """What a person still has to do."""
    for name in (name for one in servers for name in one["missing"]):
        note(f"The host would have filled in one secret. Keep it: portico secrets set {name}")
    if any(one["fate"] == "taken" for one in servers):
        note(
            "It counts from the next command on. Where other windows are open, once they have "
            "closed, or after `portico hub stop`."
        )
    done = [one["name"] for one in servers if one["fate"] in {"taken", "there", "approved"}]
    if done:
        note(f"Take {', '.join(done)} out of {plain(str(file), 200)}, or they run twice.")
    if not any(one["fate"] == "portico" for one in servers):
        note("`portico install` has the host start Portico instead.")
