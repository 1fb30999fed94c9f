"""What a person reads before they decide, in plain text, the same on every surface.

Names of the server and its owner come from the registry. Everything that a server or a caller could
have written is shown without control characters, so that it can neither hide nor pretend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.plain import plain

if TYPE_CHECKING:
    from proxy.approval.question import Question

ARGUMENTS = 1200
"""Characters of arguments that a prompt shows; beyond that it says how many there are."""


def headline(question: Question) -> str:
    """One line: risk, tool and server."""
    return f"{question.risk.upper()}: run {plain(question.tool, 80)} on {_server(question)}?"


def text(question: Question) -> str:
    """The whole question, several lines."""
    host = plain(question.host, 60)
    asker = f"{host} in {plain(question.workspace, 120)}" if question.workspace else host
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
    reviewed = "" if question.reviewed else ", not reviewed by your company"
    return f"{plain(question.title, 60)} ({who}{reviewed})"


def _arguments(frozen: str) -> str:
    shown = plain(frozen, ARGUMENTS)
    whole = len(frozen)
    return shown if whole <= ARGUMENTS else f"{shown} ({whole} characters in all, cut here)"
