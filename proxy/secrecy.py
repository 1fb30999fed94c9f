"""What in a configuration looks like a secret, and how a file refers to one that is kept sealed.

A guess by name and by shape. It errs towards saying something, for a secret in a file of a project
is read by everybody who gets the project. The text may be anybody's, so no pattern here goes over
it more than once.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from proxy.telltale import ISSUED, SECRET_NAME

KEYRING: Final = "keyring:"
"""How the value begins that stands for a secret which Portico keeps sealed."""

SEALED_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
"""What such a secret may be called."""
_ARGUMENT = re.compile(
    r"(?:token|passw\w{0,20}|secret|api[-_]?key|credentials?|bearer)(?:=|\s+)\S", re.IGNORECASE
)
_OPTION = re.compile(r"--?[\w-]*(?:token|passw\w*|secret|api[-_]?key|credentials?)", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\$\{.+\}|\$\w+|%\w+%|\{(?:env|file):.+\}|[~/.][^/\\\n]*[/\\].*|[A-Za-z]:\\.*"
)
"""A variable, an input that the host asks for, or the path of a file: no secret itself."""

_PLAIN = re.compile(r"|true|false|none|null|\d{1,6}", re.IGNORECASE)
_ISSUED = re.compile(ISSUED)
_BEARER = re.compile(r"(?:bearer|basic)\s+(\S.*)", re.IGNORECASE)


def is_secret(name: str, value: str) -> bool:
    """Whether a variable or header of this name holds a secret in clear."""
    scheme = _BEARER.fullmatch(value)
    said = scheme[1] if scheme else value
    if _ELSEWHERE.fullmatch(said) or reference(value):
        return False
    named = SECRET_NAME.search(name) is not None or scheme is not None
    return (named and not _PLAIN.fullmatch(said)) or _ISSUED.search(said) is not None


def in_arguments(arguments: list[str]) -> list[int]:
    """The places of the arguments of a command that hold a secret in clear."""
    found = []
    for place, argument in enumerate(arguments):
        before = arguments[place - 1] if place else ""
        follows = _OPTION.fullmatch(before) is not None and not argument.startswith("-")
        if (
            (follows and is_secret("token", argument))
            or (secret_argument(argument) and not _refers(argument))
            or _ISSUED.search(argument)
        ):
            found.append(place)
    return found


def secret_argument(argument: str) -> bool:
    """Whether one argument says a secret's name and value."""
    return _ARGUMENT.search(argument) is not None


def in_address(url: str) -> bool:
    """Whether a URL holds a secret: a password, or a parameter whose name says so."""
    try:
        parts = urlsplit(url)
        if parts.password:
            return True
    except ValueError:
        return False
    return any(is_secret(name, value) for name, value in parse_qsl(parts.query))


def reference(value: str) -> str | None:
    """The name of the sealed secret that a value stands for, or None for any other value."""
    name = value.removeprefix(KEYRING)
    return name if name != value and SEALED_NAME.fullmatch(name) else None


def _refers(argument: str) -> bool:
    value = re.split(r"=|\s+", argument, maxsplit=1)[-1]
    return _ELSEWHERE.fullmatch(value) is not None
