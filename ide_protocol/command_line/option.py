"""Options that several commands share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

import click

from ide_protocol.command_line import moment

if TYPE_CHECKING:
    from collections.abc import Callable

_Command = TypeVar("_Command", bound="Callable[..., object]")


class Count(click.IntRange):
    """A whole number of things, from 1 to `max`."""

    # click builds its sentences with it, and people do not know what an integer range is.
    name = "whole number"


def seconds(_context: click.Context, _parameter: click.Parameter, text: str | None) -> float | None:
    """What a person wrote for a time, in Unix seconds; a callback of click."""
    if text is None:
        return None
    found = moment.parse(text, time.time())
    if found is None:
        msg = f"{text!r} is no time; write 12h, 7d, 2026-03-01 or 2026-03-01T14:05."
        raise click.BadParameter(msg)
    return found


def since(command: _Command) -> _Command:
    """Add `--since`."""
    return click.option(
        "--since",
        callback=seconds,
        metavar="TIME",
        help="Only what happened since then: 12h, 7d, 2026-03-01 or 2026-03-01T14:05.",
    )(command)


def as_json(command: _Command) -> _Command:
    """Add `--json`: one JSON document on stdout, in the shapes of docs/command-line.md."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document instead of text."
    )(command)


def arguments(command: _Command) -> _Command:
    """Add `--arg` and `--json-args`, as `pairs` and `document`."""
    document = click.option(
        "--json-args", "document", metavar="JSON", help="Arguments as one JSON object."
    )
    return click.option(
        "--arg",
        "pairs",
        multiple=True,
        metavar="NAME=VALUE",
        help="One argument; VALUE is JSON where it parses, else text. May be repeated.",
    )(document(command))
