"""What happened: `audit`, with `list`, `show`, `export` and `verify`.

The first two ask the hub; an export and a check need none, see `audit_file`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from auth.fault import Fault, Who
from ide_protocol.command_line import option
from ide_protocol.command_line.audit_file import AuditBroken, look, written
from ide_protocol.command_line.console import emit, note, say, show
from ide_protocol.command_line.conversation import conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract
from proxy.home import Home
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ide_protocol.command_line.conversation import Conversation
    from ide_protocol.own.contract import Record
    from proxy.audit.chain import Head

    _Command = TypeVar("_Command", bound="Callable[..., object]")

_PAUSE = 1.0
"""Seconds between two looks at a growing audit."""

_MANY = 1000
"""Records of one look while following, more than a person's second can hold."""


class NoSuchRecord(Fault):
    """The audit has no record of that number, and no exchange of that name."""

    reference = "no-such-record"
    who = Who.PERSON
    remedy = "List records with `portico audit --json`, which has the number and exchange of each."


class AuditGroup(click.Group):
    """A group that lists where no other command is named."""

    default = "list"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` in front of options that stand alone."""
        if not args or (args[0].startswith("-") and args[0] not in {"-h", "--help"}):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def filtered(command: _Command) -> _Command:
    """Add the options that choose records."""
    for name, about in (
        ("outcome", "Only records of one outcome, such as denied or failed."),
        ("event", "Only records of one event, such as answered or outcome."),
        ("tool", "Only records of one tool, by the server's own name of it."),
        ("server", "Only records of one server."),
    ):
        command = click.option(f"--{name}", metavar=name.upper(), help=about)(command)
    until = click.option(
        "--until", callback=option.seconds, metavar="TIME", help="Only what happened before then."
    )
    return option.since(until(command))


@click.group(cls=AuditGroup, short_help="Show, export and check what was asked, decided and done.")
def audit() -> None:
    """Show, export and check what was asked, decided and done.

    Without a command it lists: `portico audit --limit 50` is `portico audit list --limit 50`.
    """


@audit.command("list", short_help="List the latest records, the newest last.")
@click.option(
    "--limit",
    type=option.Count(1, 9_999),
    default=20,
    show_default=True,
    metavar="N",
    help="How many records, the latest ones.",
)
@filtered
@click.option("--follow", is_flag=True, help="Go on showing records as they are written.")
@option.as_json
def list_(limit: int, *, follow: bool, as_json: bool, **only: str | float | None) -> int:
    """List the latest records, the newest last.

    With --follow and --json, each record is one line of JSON.
    """
    wanted = {name: value for name, value in only.items() if value is not None}
    with conversation() as hub:
        found = _page(hub, {"limit": limit, **wanted})
        if as_json and not follow:
            emit({"records": found})
            return ExitCode.OK
        if not found and not follow:
            say(_nothing(wanted))
            return ExitCode.OK
        _show(found, as_json=as_json)
        while follow:
            hub.rest(_PAUSE)
            seen = found[-1]["id"] if found else 0
            later = _page(hub, {"limit": _MANY, "after": seen, **wanted})
            fresh = [one for one in later if one["id"] > seen]
            _show(fresh, as_json=as_json, after=found[-1] if found else None)
            found = fresh or found
    return ExitCode.OK


@audit.command("show", short_help="Show everything on record about one call.")
@click.argument("which", metavar="NUMBER|EXCHANGE")
@option.as_json
def show_(which: str, *, as_json: bool) -> int:
    """Show everything on record about one call.

    It is named by the number of one of its records, or by its exchange, as `portico audit --json`
    has them.
    """
    with conversation() as hub:
        found = _of_exchange(hub, which)
    if not found:
        msg = f"There is no record {plain(which)}."
        raise NoSuchRecord(msg)
    if as_json:
        emit({"records": found})
    else:
        from ide_protocol.command_line.view.audit import detail

        show(detail(found))
    return ExitCode.OK


@audit.command(short_help="Write records to stdout as JSON lines or CSV, and their head to stderr.")
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV for a spreadsheet.")
@filtered
def export(*, as_csv: bool, **only: str | float | None) -> int:
    """Write records to stdout as JSON lines or CSV, and their head to stderr.

    Keep the head where this machine cannot change it: `portico audit verify --head` holds the
    audit against it later.
    """
    from proxy.audit import Archive, Selection
    from proxy.audit.chain import START

    head = START
    archive = Archive(Home.find().audit)
    records = archive.each(Selection(**cast("dict[str, Any]", only)))
    for record in written(records, as_csv=as_csv):
        head = type(START)(record["id"], record["hash"])
    sys.stdout.flush()
    note(f"head {head}" if head != START else "There is nothing to export.")
    return ExitCode.OK


@audit.command(short_help="Check that the audit, or an exported file, is as it was written.")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--head", "text", default="", metavar="HEAD", help="A head that an export printed.")
@option.as_json
def verify(file: Path | None, text: str, *, as_json: bool) -> int:
    """Check that the audit, or an exported file, is as it was written.

    Without --head it finds what was changed by somebody who did not know how the records hang
    together; only a head that was kept elsewhere shows that nobody wrote them all anew.
    """
    known = _head(text)
    finding = look(file, known)
    if finding.trouble:
        good = f" {finding.records} records before that are good." if finding.records else ""
        raise AuditBroken(finding.trouble + good, data={"head": str(finding.head)})
    if as_json:
        told = {"records": finding.records, "begins": str(finding.begins)}
        emit({**told, "head": str(finding.head), "matches": known is not None})
        return ExitCode.OK
    from ide_protocol.command_line.view.audit import verdict

    show(verdict(finding, known))
    return ExitCode.OK


def _head(text: str) -> Head | None:
    from proxy.audit.chain import Head  # The audit is more than most commands need.

    found = Head.parse(text)
    if text and found is None:
        msg = f"{text!r} is not NUMBER:HASH, as `portico audit export` prints it."
        raise click.BadParameter(msg, param_hint="--head")
    return found


def _of_exchange(hub: Conversation, which: str) -> list[Record]:
    """All records of an exchange, or the one record that belongs to none."""
    exchange = which
    if which.isdecimal() and len(which) < 16:  # noqa: PLR2004 - an exchange's name has 16 digits.
        number = int(which)
        found = _page(hub, {"after": number - 1, "before": number + 1})
        if not found or not found[0]["exchange"]:
            return found
        exchange = found[0]["exchange"]
    return _page(hub, {"exchange": exchange, "limit": _MANY}) if exchange else []


def _page(hub: Conversation, params: dict[str, Any]) -> list[Record]:
    answer = hub.request(contract.ACTIVITY, params, doing="Reading the audit")
    return cast("list[Record]", answer["records"])


def _nothing(wanted: dict[str, str | float]) -> str:
    if set(wanted) == {"server"}:
        server = plain(str(wanted["server"]))
        return f"Nothing is on record for a server {server}. `portico servers` lists them."
    return "Nothing of the kind is on record." if wanted else "Nothing is on record yet."


def _show(found: list[Record], *, as_json: bool, after: Record | None = None) -> None:
    if as_json:
        for record in found:
            emit(record)
    elif found:
        from ide_protocol.command_line.view.audit import view

        show(view(found, after=after))
