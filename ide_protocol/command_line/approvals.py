"""Questions and what became of them: `approvals`, `approve`, `reject`."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from auth.fault import Fault, Who
from ide_protocol.command_line import argument, option, page, person
from ide_protocol.command_line.console import emit, say, show
from ide_protocol.command_line.conversation import conversation
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.command_line.conversation import Conversation
    from ide_protocol.own.contract import Question


class TerminalNeeded(Fault):
    """A yes was given by something that has no terminal."""

    reference = "terminal-needed"
    who = Who.PERSON
    remedy = "Run the command yourself, in a terminal that you opened before the call."


@click.command()
@click.option("--open", "open_page", is_flag=True, help="Open Portico's page to answer there.")
@option.as_json
def approvals(*, open_page: bool, as_json: bool) -> int:
    """List the questions that wait for an answer.

    With --open, show them on Portico's page in your browser, where you sign in and answer them,
    and where you pair editors.
    """
    with conversation() as hub:
        if open_page:
            return _open(hub, as_json=as_json)
        found = _questions(hub)
    if as_json:
        emit({"approvals": found})
    elif not found:
        say("No question waits for an answer.")
    else:
        from ide_protocol.command_line.view.approvals import view

        show(view(found, time.time()))
    return ExitCode.OK


@click.command()
@click.argument("identifier", metavar="ID")
@click.option(
    "--arg",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Correct one argument before the call runs. May be repeated.",
)
@click.option("--json-args", "document", metavar="JSON", help="Other arguments, all of them.")
@click.option(
    "--minutes",
    type=option.Count(1, 10_000),
    metavar="N",
    help="Give a lease: more calls of this tool run for so long, in this workspace.",
)
@click.option(
    "--calls",
    type=option.Count(1, 10_000),
    default=20,
    show_default=True,
    metavar="N",
    help="How many calls the lease lets through.",
)
@option.as_json
def approve(
    identifier: str,
    pairs: tuple[str, ...],
    document: str | None,
    minutes: int | None,
    calls: int,
    *,
    as_json: bool,
) -> int:
    """Answer yes to one question, in a terminal of your own.

    ID is the question's id, or its tag. You are asked for the question's code, which stands in
    your editor's prompt, on Portico's page or in a notification. The call that asked runs at once,
    with exactly the arguments of the question, or with those that you correct.
    """
    # A courtesy: the code, or the kernel's word, is what the hub goes by.
    if not os.isatty(0):
        msg = "A yes is given by a person at a terminal, and here is none."
        raise TerminalNeeded(msg)
    more: dict[str, Any] = {}
    if minutes is not None:
        more["lease"] = {"minutes": minutes, "calls": calls}
    corrections = (pairs, document) if pairs or document is not None else None
    return _answer(identifier, "yes", more, as_json=as_json, corrections=corrections)


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--stop", is_flag=True, help="And do not ask about this tool again in this session.")
@option.as_json
def reject(identifier: str, *, stop: bool, as_json: bool) -> int:
    """Answer no to one question, named by its id or its tag."""
    return _answer(identifier, "stop" if stop else "no", {}, as_json=as_json)


def _answer(
    identifier: str,
    answer: Literal["yes", "no", "stop"],
    more: dict[str, Any],
    *,
    as_json: bool,
    corrections: tuple[tuple[str, ...], str | None] | None = None,
) -> int:
    with conversation() as hub:
        question = _named(_questions(hub), identifier)
        if question is not None:
            identifier = question["id"]
            if corrections is not None:
                more["arguments"] = _corrected(question, *corrections)
            if answer == "yes" and question["coded"]:
                more["code"] = person.code(question)
        params = {"id": identifier, "answer": answer, **more}
        hub.request(contract.ANSWER, params, doing="Answering")
    if as_json:
        emit({"approval": question, "answer": answer})
        return ExitCode.OK
    say("Approved:" if answer == "yes" else "Rejected:")
    if question is not None:
        from ide_protocol.command_line.person import describe

        if "arguments" in more:
            question["arguments"] = json.dumps(more["arguments"])
        show(describe(question))
    return ExitCode.OK


def _corrected(question: Question, pairs: tuple[str, ...], document: str | None) -> dict[str, Any]:
    """The arguments of a question with what the person writes in place of some, or of all."""
    try:
        given = argument.parse(pairs, document, question["inputSchema"])
    except argument.BadArgument as wrong:
        raise click.BadParameter(str(wrong), param_hint="--arg / --json-args") from wrong
    before: dict[str, Any] = json.loads(question["arguments"]) if document is None else {}
    return {**before, **given}


def _open(hub: Conversation, *, as_json: bool) -> int:
    """Open the page, and say where it is."""
    url = str(hub.request(contract.PAGE, doing="Opening Portico's page")["url"])
    if as_json:
        emit({"url": url})
        return ExitCode.OK
    return ExitCode.OK if page.show(url) else ExitCode.PERSON


def _named(questions: list[Question], name: str) -> Question | None:
    """The question of that id or, where no other has it, of that tag."""
    found = [one for one in questions if one["id"] == name]
    found = found or [one for one in questions if one["tag"] == name]
    if len(found) > 1:
        ids = " or ".join(plain(one["id"]) for one in found)
        msg = f"{len(found)} questions have the tag {plain(name)}; give the id, {ids}."
        raise click.UsageError(msg)
    return found[0] if found else None


def _questions(hub: Conversation) -> list[Question]:
    answer = hub.request(contract.APPROVALS, doing="Asking for open questions")
    return cast("list[Question]", answer["approvals"])
