"""What a cassette keeps of an argument or a result: everything but what looks like a secret.

A cassette is made to be committed, so it errs towards leaving out. It is also made to be served to
an agent again, so names of tables, ids of jobs and times survive, which the audit's own copy would
not keep (`proxy.audit.capture`). Pure, and the same for equal values: a call is found again by what
is left of its arguments.
"""

from __future__ import annotations

import re

from proxy.telltale import (
    ALWAYS_SECRET,
    BARE,
    ISSUED,
    LONG,
    PEM,
    QUOTED,
    SCHEME,
    SECRET_NAME,
    URL_USER,
    WITHHELD,
    withheld,
)

_SECRETS = re.compile(f"{PEM}|{ISSUED}|{QUOTED}|{BARE}|{SCHEME}|{URL_USER}")
_LONG = re.compile(rf"{LONG}(?![\w+/=-])")
_ROUNDS = 8
"""Where one secret stands within another, what is left of the inner one ends the outer one anew."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PIECES = re.compile(r"[-_/=+]+")
_PIECE = re.compile(r"\d*|[a-z]+\d{0,4}|[A-Z]+\d{0,4}|[A-Z][a-z]+\d{0,4}|\d+[A-Za-z]{1,4}\d*")
"""What ids of jobs, names of tables and times are made of; keys mix letters and digits freely."""

_BINARY = frozenset({"data", "blob"})
"""The members of pictures, sounds and files that hold base64, in which nothing can be found."""


def scrubbed(value: object) -> object:
    """A copy of a JSON value without what could be a secret."""
    return _of(value, "")


def _of(value: object, name: str) -> object:
    if isinstance(value, dict):
        binary = _BINARY if "mimeType" in value else frozenset()
        return {_text(key): one if key in binary else _of(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_of(one, name) for one in value]
    if value is None or isinstance(value, bool):
        return value
    if ALWAYS_SECRET.search(name) or (
        isinstance(value, str) and SECRET_NAME.search(name) and value
    ):
        return WITHHELD
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    for _ in range(_ROUNDS):
        before, text = text, _LONG.sub(_long, _SECRETS.sub(withheld, text))
        if text == before:
            break
    return text


def _long(found: re.Match[str]) -> str:
    text = found[0]
    harmless = _UUID.fullmatch(text) or all(map(_PIECE.fullmatch, _PIECES.split(text)))
    return text if harmless else WITHHELD
