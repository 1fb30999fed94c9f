"""What a person reads before they decide, in plain text, the same on every surface.

A prompt is short: where arguments are long it shows of each its beginning and its end, and `parts`
gives them whole to whoever wants to read them.

Names of the server and its owner come from the registry. Everything that a server or a caller could
have written is shown without control characters, so that it can neither hide nor pretend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy import wire
from proxy.plain import exact, plain, unlinked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proxy.approval.question import Question

ARGUMENTS = 1200
"""Characters of arguments that a prompt shows whole; more are shown argument by argument."""

_MOST_ARGUMENTS = 16
_HEAD, _TAIL = 100, 60
_OF_MANY, _HEAD_OF_MANY, _TAIL_OF_MANY = 200, 50, 30
_MOST_CHANGES = 8
_OF_CHANGE = 80
_MOST_LINES, _WIDEST = 30, 200


def headline(question: Question) -> str:
    """One line: risk, tool and server."""
    if question.difference is not None:
        return f"TRUST: accept what {_quoted(question.tool, 80)} on {_server(question)} is now?"
    return f"{question.risk.upper()}: run {_quoted(question.tool, 80)} on {_server(question)}?"


def text(question: Question, *, whole: bool = False) -> str:
    """The whole question, several lines; with `whole`, its arguments uncut."""
    changed = changes(question)
    what = f"Arguments: {''.join(parts(question)) if whole else _arguments(question.arguments)}"
    return "\n".join(
        (
            headline(question),
            what if question.difference is None else _difference(question.difference, whole=whole),
            *((f"Since your last yes to it: {changed}",) if changed else ()),
            f"Why you are asked: {plain(question.reason, 300)}",
            f"Asked by: {asker(question)} · question {question.tag}",
        )
    )


def affirmative(question: Question) -> str:
    """What the button says that gives the yes."""
    return "Allow once" if question.difference is None else "Accept"


def _difference(lines: tuple[str, ...], *, whole: bool) -> str:
    """What changed, line by line; of a long change its beginning, unless `whole`."""
    most, widest = (len(lines), None) if whole else (_MOST_LINES, _WIDEST)
    shown = [unlinked(exact(line))[:widest] for line in lines[:most]]
    if len(lines) > most:
        shown.append(f"… and {len(lines) - most} lines more.")
    return "\n".join(("Nothing runs now; a yes offers it to AI clients again.", *shown))


def listing(questions: Sequence[Question], *, whole: bool = False) -> str:
    """Several questions as one: a line for each call."""
    first = questions[0]
    lines = (line(question, n, whole=whole) for n, question in enumerate(questions, 1))
    return "\n".join(
        (
            f"{len(questions)} calls wait for your yes:",
            *lines,
            f"Asked by: {asker(first)} · question {first.tag}",
        )
    )


def line(question: Question, number: int, *, whole: bool = False) -> str:
    """One of several questions on one line; its arguments are cut unless `whole`."""
    shown = "".join(parts(question))
    if len(shown) > _OF_MANY and not whole:
        each = ", ".join(_each(question.arguments, _HEAD_OF_MANY, _TAIL_OF_MANY))
        shown = f"{len(shown)} characters, so each argument is cut: {each}"
    changed = changes(question)
    since = f" (since your last yes to it: {changed})" if changed else ""
    what = f"{question.risk.upper()}: {_quoted(question.tool, 80)} on {_server(question)}"
    return f"{number}. {what}: {shown}{since}"


def changes(question: Question) -> str:
    """What differs from the last approved call of the tool; empty where there was none."""
    if question.changes is None:
        return ""
    shown = [
        f"{_quoted(one.path, 60)} {_side(one.before)} → {_side(one.after)}"
        for one in question.changes[:_MOST_CHANGES]
    ]
    if len(question.changes) > _MOST_CHANGES:
        shown.append(f"and {len(question.changes) - _MOST_CHANGES} more")
    return "; ".join(shown) or "nothing changed"


def is_cut(question: Question, *, among: int = 1) -> bool:
    """Whether a prompt of `among` questions shows less than all of its arguments."""
    if question.difference is not None:
        wide = any(len(line) > _WIDEST for line in question.difference)
        return wide or len(question.difference) > _MOST_LINES
    return len(question.arguments) > (ARGUMENTS if among == 1 else _OF_MANY)


def parts(question: Question) -> list[str]:
    """The arguments whole, in parts that a prompt can show one after the other."""
    lines = question.difference or (question.arguments,)
    shown = unlinked("\n".join(map(exact, lines)))
    return [shown[at : at + ARGUMENTS] for at in range(0, len(shown), ARGUMENTS)] or [""]


def asker(question: Question) -> str:
    """The program that asks, and where it works."""
    host = _quoted(question.host, 60)
    return f"{host} in {_quoted(question.workspace, 120)}" if question.workspace else host


def _side(value: str | None) -> str:
    if value is None:
        return "(none)"
    shown = unlinked(exact(value))
    return shown if len(shown) <= _OF_CHANGE else f"{shown[: _OF_CHANGE - 20]} … {shown[-19:]}"


def _server(question: Question) -> str:
    owner = question.owner.team or question.owner.contact
    who = f"run by {plain(owner, 60)}" if owner else "owner unknown"
    if not owner and not question.reviewed:
        who = "you wrote it into portico.toml"
    reviewed = "" if question.reviewed else ", not reviewed by your company"
    return f"{plain(question.title, 60)} ({who}{reviewed})"


def _quoted(text: str, limit: int) -> str:
    """Somebody else's words inside quotes of ours, which they cannot close."""
    return "“" + unlinked(plain(text, limit)).replace("“", '"').replace("”", '"') + "”"


def _arguments(frozen: str) -> str:
    """The arguments; where they are long, each with its beginning and its end.

    Cutting the whole at one place would let a long first argument hide the second.
    """
    if len(frozen) <= ARGUMENTS:
        return unlinked(exact(frozen))
    each = _each(frozen, _HEAD, _TAIL)
    return "\n  ".join((f"{len(frozen)} characters, so each is cut:", *each))


def _each(frozen: str, head: int, tail: int) -> list[str]:
    """Each argument with its name, and of a long one the beginning and the end."""
    arguments = wire.decode(frozen.encode("utf-8", "surrogatepass"))
    shown = []
    for name, value in list(arguments.items())[:_MOST_ARGUMENTS]:
        text = unlinked(exact(wire.encode(value).decode()))
        if len(text) > head + tail:
            text = f"{text[:head]} … {text[-tail:]} ({len(text)} characters)"
        shown.append(f"{_quoted(name, 60)}: {text}")
    if len(arguments) > _MOST_ARGUMENTS:
        shown.append(f"and {len(arguments) - _MOST_ARGUMENTS} more that are not shown")
    return shown
