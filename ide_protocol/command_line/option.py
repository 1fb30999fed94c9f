"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_Command = TypeVar("_Command", bound="Callable[..., object]")


class Count(click.IntRange):
    """A whole number of things, from 1 to `max`."""

    # click builds its sentences with it, and people do not know what an integer range is.
    name = "whole number"


def as_json(command: _Command) -> _Command:
    """Add `--json`: one JSON document on stdout, in the shapes of docs/command-line.md."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document instead of text."
    )(command)
