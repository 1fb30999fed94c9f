"""A file of TOML, read whole, with the line of every key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from proxy.configuration.fault import ConfigurationFault, Problem
from proxy.configuration.problems import Problems
from proxy.configuration.section import Section
from proxy.outline.toml import locate, parsed

SIZE_LIMIT = 1024 * 1024
"""Bytes the file may have."""

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_TWICE = re.compile(r"Cannot declare \((.*)\) twice")
"""How `tomllib` says it, with the key as a tuple of Python's."""


def read_table(path: str, kind: str) -> Section | None:
    """The top of a file as a section of the kind `kind`, or None where there is no file.

    Raises:
        ConfigurationFault: It cannot be read, or is not TOML.
    """
    text = read_text(path)
    return None if text is None else parse_table(text, path, kind)


def parse_table(text: str, path: str, kind: str) -> Section:
    """The top of a text as a section of the kind `kind`.

    Args:
        text: The text of a file.
        path: Names the file in problems; relative paths in it start beside it.
        kind: See `proxy.configuration.vocabulary.KEYS`.

    Raises:
        ConfigurationFault: It is not TOML.
    """
    try:
        document = parsed(text)
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigurationFault([_not_toml(path, text, str(wrong))]) from None
    except ValueError as wrong:
        raise ConfigurationFault([Problem(path, 1, "", str(wrong))]) from None
    return Section(document, kind, (), Problems(path, locate(text)))


def read_text(path: str) -> str | None:
    """The text of a file; None where there is none.

    Raises:
        ConfigurationFault: It cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
        if len(data) > SIZE_LIMIT:
            why = f"is larger than {SIZE_LIMIT} bytes"
        else:
            # Some editors put a byte order mark in front, which is no mistake of the person.
            return data.decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        why = "is not UTF-8 text"
    except OSError as wrong:
        why = f"cannot be read: {wrong.strerror}"
    raise ConfigurationFault([Problem(path, 1, "", why)])


def _not_toml(path: str, text: str, why: str) -> Problem:
    place = _AT_LINE.search(why)
    line = int(place[1]) if place else text.count("\n") + 1
    why = _AT_LINE.sub("", why)
    if twice := _TWICE.fullmatch(why):
        key = ".".join(re.findall(r"'([^']*)'", twice[1]))
        return Problem(path, line, key, "stands in the file twice; join the two into one")
    return Problem(path, line, "", f"is not TOML: {why}")
