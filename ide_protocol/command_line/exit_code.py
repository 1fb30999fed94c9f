"""How a command ends, as numbers that scripts may rely on."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ide_protocol.own.contract import FaultReport


class ExitCode(IntEnum):
    """The exit codes of every command, as documented in docs/command-line.md."""

    OK = 0
    FAILED = 1
    USAGE = 2
    PERSON = 3
    DENIED = 4
    NO_HUB = 5
    CONFIGURATION = 6
    INTERRUPTED = 130


MEANING = {
    ExitCode.OK: "It worked.",
    ExitCode.FAILED: "It failed; the message says who acts and what they do.",
    ExitCode.USAGE: "The command was not understood.",
    ExitCode.PERSON: "A person must act first: sign in, or come to a terminal.",
    ExitCode.DENIED: "A rule denied the call, or a person answered no.",
    ExitCode.NO_HUB: "The hub is not running, refused, or went away.",
    ExitCode.CONFIGURATION: "portico.toml or a policy is not valid, or lacks what is needed.",
    ExitCode.INTERRUPTED: "You pressed Ctrl-C.",
}
"""One line for each exit code, shown by `portico --help`."""

_BY_REFERENCE = {
    "configuration-invalid": ExitCode.CONFIGURATION,
    "no-company": ExitCode.CONFIGURATION,
    "policy-unusable": ExitCode.CONFIGURATION,
    "expectations-invalid": ExitCode.CONFIGURATION,
    "hub-unreachable": ExitCode.NO_HUB,
    "hub-vanished": ExitCode.NO_HUB,
    "hub-other-version": ExitCode.NO_HUB,
    "setup-declined": ExitCode.DENIED,
    "setup-unseen": ExitCode.PERSON,
    "terminal-needed": ExitCode.PERSON,
    "terminal-not-accepted": ExitCode.PERSON,
}

_BY_WORD = {
    "sign-in": ExitCode.PERSON,
    "denied": ExitCode.DENIED,
    "not-approved": ExitCode.DENIED,
    "forbidden": ExitCode.DENIED,
}
"""What a reference says about itself, so that a new fault of a known kind needs no entry."""


def of(report: FaultReport) -> ExitCode:
    """The exit code of a command that ended in the fault `report`."""
    return _of(report["reference"])


def of_result(result: Mapping[str, Any], found: FaultReport | None) -> ExitCode:
    """The exit code of a call that ended in the MCP `CallToolResult` `result`.

    Args:
        result: What the call gave.
        found: The fault of Portico's own in it, where the call was not let through.
    """
    if found is not None:
        return of(found)
    return ExitCode.FAILED if result.get("isError") is True else ExitCode.OK


def _of(reference: str) -> ExitCode:
    if reference in _BY_REFERENCE:
        return _BY_REFERENCE[reference]
    # Whole words of the kebab-case reference, so that "sign-in" is not found in "design-in-doubt".
    words = f"-{reference}-"
    for word, code in _BY_WORD.items():
        if f"-{word}-" in words:
            return code
    return ExitCode.FAILED
