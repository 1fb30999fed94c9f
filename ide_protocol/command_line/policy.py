"""The rules: whether they can be used, what they lead to, and drafts of new ones: `policy`."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from ide_protocol.command_line import argument, missing, option
from ide_protocol.command_line.checkup import tilde
from ide_protocol.command_line.console import emit, note, show
from ide_protocol.command_line.conversation import Refusal, conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract
from proxy.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ide_protocol.own.contract import Weighing
    from proxy.configuration.fault import Problem


@click.group()
def policy() -> None:
    """Look at the rules by which calls are allowed, asked about or denied."""


@policy.command("check", short_help="Say whether the policies can be used.")
@click.argument("file", required=False, metavar="[FILE]")
@option.as_json
def check(file: str | None, *, as_json: bool) -> int:
    """Say whether the policies can be used, and print every problem with its line.

    Without FILE, those of this machine: portico.toml and the company's policy. With FILE, a
    company's policy that is not in its place yet.
    """
    found = [
        {
            "path": path,
            "exists": Path(path).exists(),
            "valid": not problems,
            "problems": [asdict(problem) for problem in problems],
        }
        for path, problems in _checked(file)
    ]
    valid = all(one["valid"] for one in found)
    if as_json:
        emit({"files": found})
    else:
        from ide_protocol.command_line.view.policy import files

        show(files([(tilde(str(one["path"])), one) for one in found]))
    return ExitCode.OK if valid else ExitCode.CONFIGURATION


@policy.command("explain", short_help="Show what a call would meet, step by step.")
@click.argument("tool", metavar="SERVER.TOOL")
@option.arguments
@click.option("--workspace", metavar="DIR", help="As if the call came from a window on DIR.")
@option.as_json
def explain(
    tool: str, pairs: tuple[str, ...], document: str | None, workspace: str | None, *, as_json: bool
) -> int:
    """Show the way to the verdict on a call, without making it.

    It shows which rules, groups, risk and surfaces the call would meet, and what a person would be
    asked. Without arguments, conditions on them stay open.
    """
    server, dot, name = tool.partition(".")
    if not (server and dot and name):
        msg = f"{tool!r} is not SERVER.TOOL. `portico tools` lists them."
        raise click.BadArgumentUsage(msg)
    params: dict[str, Any] = {"server": server, "tool": name}
    if pairs or document is not None:
        params["arguments"] = argument.understood(pairs, document, None)
    if workspace is not None:
        params["workspace"] = str(Path(workspace).resolve())
    with conversation() as hub:
        try:
            found = hub.request(contract.EXPLAIN, params, doing=f"Judging a call of {tool}")
        except Refusal as refused:
            if refused.report["reference"] != "unknown-tool":
                raise
            raise missing.explain(hub, server, name) from refused
    present(cast("Weighing", found), as_json=as_json)
    return ExitCode.OK


@policy.command("draft", short_help="Write governance for a server, for its owner to review.")
@click.argument("server", metavar="SERVER")
@option.as_json
def draft(server: str, *, as_json: bool) -> int:
    """Write a governance block for SERVER from its live list of tools.

    The block goes to stdout, what its owner must look at to stderr. Its reviews are pending, so
    nobody is offered a server by a draft.
    """
    with conversation() as hub:
        try:
            found = hub.request(contract.DRAFT, {"server": server}, doing=f"Asking {server}")
        except Refusal as refused:
            if refused.report["reference"] != "unknown-tool":
                raise
            raise missing.explain(hub, server) from refused
    if as_json:
        emit(found)
        return ExitCode.OK
    click.echo(json.dumps(found["governance"], indent=2))
    for sentence in found["notes"]:
        note(f"- {sentence}")
    return ExitCode.OK


@policy.command("test", short_help="Run a company's expectations of its rules.")
@click.argument("file", metavar="FILE")
@option.as_json
def test(file: str, *, as_json: bool) -> int:
    """Run the expectations in FILE: calls, and the verdicts that they must meet.

    Needs no hub and no sign-in. Exits with 1 when an expectation is not met.
    """
    # Reads and checks more than other commands need.
    from proxy.configuration.expectations import load_expectations
    from proxy.registry.rehearsal import rehearse

    outcomes = rehearse(load_expectations(file), dt.datetime.now(dt.UTC).date())
    found = [
        {
            "name": one.expectation.name,
            "line": one.expectation.line,
            "met": not one.wrong,
            "wrong": list(one.wrong),
            "verdict": one.verdict.ruling.value,
            "rule": one.verdict.rule,
            "reason": one.verdict.reason,
        }
        for one in outcomes
    ]
    if as_json:
        emit({"expectations": found})
    else:
        from ide_protocol.command_line.view.policy import outcomes as view

        show(view(found))
    return ExitCode.OK if all(one["met"] for one in found) else ExitCode.FAILED


def present(found: Weighing, *, as_json: bool) -> None:
    """Print what a call would meet."""
    if as_json:
        emit(found)
        return
    from ide_protocol.command_line.view.policy import explanation

    show(explanation(found))


def _checked(file: str | None) -> Iterator[tuple[str, tuple[Problem, ...]]]:
    """Each file and its problems."""
    # Reads and checks more than other commands need.
    from ide_protocol.wiring import company_setup
    from proxy.configuration import load
    from proxy.configuration.company_policy import MANAGED, check_owner, load_policy

    if file is not None:
        yield file, _problems(load_policy, file) if Path(file).exists() else _absent(file)
        return
    home = Home.find()
    setup = company_setup(home).load()
    yield home.file, _problems(lambda path: load(path, setup), home.file)
    yield MANAGED, (*_problems(load_policy, MANAGED), *_problems(check_owner, MANAGED))


def _problems(reading: Callable[[str], object], path: str) -> tuple[Problem, ...]:
    from proxy.configuration import ConfigurationFault

    try:
        reading(path)
    except ConfigurationFault as wrong:
        return wrong.problems
    return ()


def _absent(path: str) -> tuple[Problem, ...]:
    from proxy.configuration.fault import Problem

    return (Problem(path, 1, "", "there is no such file"),)
