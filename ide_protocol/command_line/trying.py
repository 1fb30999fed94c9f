"""Trying a server that somebody writes, before anybody else meets it: `try`.

The command is the server's only client. It talks to no hub, writes nothing, sends no token, and
ends the server with itself.
"""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ide_protocol.command_line import option
from ide_protocol.command_line.console import emit, note, show
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.command_line.report import report, tell
from proxy.home import Home
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ide_protocol.command_line.raw import Raw
    from ide_protocol.command_line.tried import Tried
    from proxy.lint.rule import Rule
    from proxy.trial.target import Target

_WATCHED_SECONDS = 0.5


@click.command(
    "try", short_help="Try a server that you are writing, and see what is wrong with it."
)
@click.argument("words", nargs=-1, required=True, metavar="URL | -- COMMAND…")
@click.option("--name", metavar="NAME", help="Its short name; else one made from its file or path.")
@click.option(
    "--era",
    type=click.Choice(["legacy", "modern"]),
    help="Begin in this era; else in the modern one, as the hub does.",
)
@click.option(
    "--env",
    "variables",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="A variable for the command, which finds PATH, HOME and LANG alone. May be repeated.",
)
@click.option(
    "--watch",
    multiple=True,
    type=click.Path(exists=True),
    metavar="PATH",
    help="Start anew when this changes, too. May be repeated.",
)
@click.option("--raw", "is_raw", is_flag=True, help="Show all that passes, on stderr.")
@click.option("--lint", "only_lint", is_flag=True, help="No prompt; exit with 1 for any finding.")
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    metavar="RULE",
    help="Leave a rule of the lint out. May be repeated.",
)
@option.as_json
def try_(
    words: tuple[str, ...],
    *,
    name: str | None,
    era: str | None,
    variables: tuple[str, ...],
    watch: tuple[str, ...],
    ignored: tuple[str, ...],
    is_raw: bool,
    only_lint: bool,
    as_json: bool,
) -> int:
    """Try a server that you are writing: its tools, what is wrong with them, and calls.

    Nothing is written down, no token is sent, and the server ends with the command.

    For example: portico try -- python server.py
    """
    from ide_protocol.command_line.raw import Raw

    rules = _rules(ignored)
    target = _target(words, name, era, variables)
    raw = Raw(target.short, shown=is_raw, lines=target.program is not None)
    with _opened(target, raw, rules, watch) as tried:
        if only_lint or as_json:
            return _reported(tried, target, only_lint=only_lint, as_json=as_json)
        return _held(tried, target)


def _reported(tried: Tried, target: Target, *, only_lint: bool, as_json: bool) -> int:
    """Say what there is to say, and end."""
    tried.begin()
    if as_json:
        emit(_document(tried, target))
    elif tried.met is not None:
        from ide_protocol.command_line.view.trial import view

        show(view(target.short, tried.met, tried.findings))
    return ExitCode.FAILED if only_lint and tried.findings else ExitCode.OK


def _held(tried: Tried, target: Target) -> int:
    """Hold a trial at a prompt."""
    from auth.fault import Fault
    from ide_protocol.command_line.prompt import Prompt
    from ide_protocol.command_line.sitting import Sitting, hand_in, words
    from ide_protocol.command_line.view.trial import view

    prompt = Prompt(target.short, lambda line: words(tried, line))
    try:
        tried.begin()
    except Fault as fault:
        if not prompt.interactive:
            raise
        # Whoever writes a server corrects it now, and the trial goes on.
        tell(report(fault))
    if tried.met is not None:
        show(view(target.short, tried.met, tried.findings))
    if prompt.interactive:
        note("\nTOOL name=value … calls one; /help says what else there is; Ctrl-D ends.")
    sitting = Sitting(tried, prompt)
    with sitting.watching(_WATCHED_SECONDS):
        sitting.run()
    if tried.met is not None:
        hand_in(target, tried.met)
    return ExitCode.FAILED if sitting.failed and not prompt.interactive else ExitCode.OK


@contextlib.contextmanager
def _opened(
    target: Target, raw: Raw, rules: Sequence[Rule], watch: tuple[str, ...]
) -> Iterator[Tried]:
    """The server on a loop of its own, which ends with it."""
    from anyio.from_thread import start_blocking_portal  # It and the rest import an event loop.

    from ide_protocol.command_line.tried import Tried
    from proxy.trial.files import Files, of_command
    from proxy.trial.trial import Trial

    # What it warns of, the trial says itself.
    logging.getLogger("portico").addHandler(logging.NullHandler())
    command = target.program.command if target.program is not None else ()
    own = of_command(command, Path.cwd()) if command else []
    files = Files([*own, *map(Path, watch)])
    with start_blocking_portal() as portal:
        trial = Trial(target, raw)
        try:
            yield Tried(trial, portal, files=files, raw=raw, ignored=rules)
        finally:
            portal.call(trial.aclose)


def _rules(names: tuple[str, ...]) -> list[Rule]:
    from proxy.lint.rule import Rule

    try:
        return [Rule(name) for name in names]
    except ValueError as wrong:
        msg = f"{wrong}. There are: {', '.join(Rule)}."
        raise click.BadParameter(msg, param_hint="--ignore") from wrong


def _target(
    words: tuple[str, ...], name: str | None, era: str | None, variables: tuple[str, ...]
) -> Target:
    """What the words name.

    Raises:
        click.UsageError: They name nothing that can be tried.
    """
    from proxy.naming import RESERVED, SHORT_NAME
    from proxy.program import Program
    from proxy.trial.target import Target, named_after
    from proxy.upstream.era import Era

    short = name or named_after(words)
    if not SHORT_NAME.fullmatch(short) or short in RESERVED:
        msg = "A short name has up to 24 letters, digits and `-`, in lower case."
        raise click.BadParameter(msg, param_hint="--name")
    wanted = Era(era) if era else None
    if "://" not in words[0]:
        # As the hub would start it: what it needs beside three variables has to be said.
        program = Program(words, _environment(variables), str(Path.cwd()))
        return Target(short, program=program, era=wanted)
    if len(words) > 1 or variables:
        msg = "A URL stands alone; --env is for a command."
        raise click.UsageError(msg)
    from ide_protocol.wiring import way_out
    from proxy.address import BadAddress, endpoint

    try:
        url = endpoint(words[0])
    except BadAddress as wrong:
        msg = f"{plain(words[0])} {wrong}."
        raise click.UsageError(msg) from wrong
    return Target(short, url=url, network=way_out(Home.find()), era=wanted)


def _environment(variables: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for variable in variables:
        name, equals, value = variable.partition("=")
        # A value that is not said is taken from here, so that a secret need not be typed.
        found[name] = value if equals else os.environ.get(name, "")
    return found


def _document(tried: Tried, target: Target) -> dict[str, Any]:
    """Everything as JSON."""
    from proxy.lint.cost import tokens
    from proxy.registry.draft import claimed
    from proxy.registry.submission import envelope, notes

    met = tried.met
    if met is None:
        return {}
    entry = envelope(target.short, target.url, met.terms.server_info, met.tools)
    return {
        "server": target.short,
        "era": met.terms.era.value,
        "version": met.terms.version,
        "tokens": sum(map(tokens, met.tools)),
        "tools": [
            {"definition": tool, "risk": claimed(tool).value, "tokens": tokens(tool)}
            for tool in met.tools
        ],
        "findings": [
            {"rule": one.rule.value, "tool": one.tool, "message": one.says}
            for one in tried.findings
        ],
        "entry": entry,
        "notes": notes(entry, program=target.program is not None),
    }
