"""What a person reads before they decide, in plain text, the same on every surface.

Names of the server and its owner come from the registry. Everything that a server or a caller could
have written is shown without control characters, so that it can neither hide nor pretend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy import wire
from proxy.plain import exact, plain, unlinked

if TYPE_CHECKING:
    from proxy.approval.question import Question

ARGUMENTS = 1200
"""Characters of arguments that a prompt shows whole; more are shown argument by argument."""

_MOST_ARGUMENTS = 16
_HEAD, _TAIL = 100, 60


def headline(question: Question) -> str:
    """One line: risk, tool and server."""
    return f"{question.risk.upper()}: run {_quoted(question.tool, 80)} on {_server(question)}?"


def text(question: Question) -> str:
    """The whole question, several lines."""
    host = _quoted(question.host, 60)
    asker = f"{host} in {_quoted(question.workspace, 120)}" if question.workspace else host
    return "\n".join(
        (
            headline(question),
            f"Arguments: {_arguments(question.arguments)}",
            f"Why you are asked: {plain(question.reason, 300)}",
            f"Asked by: {asker} · question {question.tag}",
        )
    )


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
    arguments = wire.decode(frozen.encode("utf-8", "surrogatepass"))
    shown = [f"{len(frozen)} characters, so each is cut:"]
    for name, value in list(arguments.items())[:_MOST_ARGUMENTS]:
        text = unlinked(exact(wire.encode(value).decode()))
        if len(text) > _HEAD + _TAIL:
            text = f"{text[:_HEAD]} … {text[-_TAIL:]} ({len(text)} characters)"
        shown.append(f"  {_quoted(name, 60)}: {text}")
    if len(arguments) > _MOST_ARGUMENTS:
        shown.append(f"  and {len(arguments) - _MOST_ARGUMENTS} more that are not shown")
    return "\n".join(shown)
