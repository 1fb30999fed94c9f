"""What a cassette keeps of an argument or a result: everything but what looks like a secret.

A cassette is made to be committed, so it errs towards leaving out. It is also made to be served to
an agent again, so names of tables, ids of jobs and times survive, which the audit's own copy would
not keep (`proxy.audit.capture`). Pure, and the same for equal values: a call is found again by what
is left of its arguments.
"""

from __future__ import annotations

import re
from typing import Final

from proxy.secrecy import ISSUED, SECRET_NAME

WITHHELD: Final = "[withheld]"

_ALWAYS = re.compile(
    r"passw|passphrase|secret|(?:^|[^a-z])(?:pin|otp|pwd)(?:$|[^a-z])|private[-_]?key|credential",
    re.IGNORECASE,
)
"""Names of what is secret whatever it is made of; under other names, a number is a number."""

_WORDS = r"pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|credentials?|cookie"
_NAMED = rf"(?i:(?<![a-z])(?:[a-z]+[-_])*(?:{_WORDS})[\"']?\s*[:=]\s*[\"']?)"
_FORMS = (
    r"-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|\Z)",  # keys and certificates
    ISSUED,
    rf"{_NAMED}(?!\[withheld\])(?P<value>[^\s\"',;)}}\]&]+)",
    r"(?i:\b(?:bearer|basic)\s+)(?!\[withheld\])(?P<bearer>[\w.~+/=-]{8,})",
    r"(?<=://)(?!\[withheld\])(?P<user>[^/\s@]+)@",  # the user of a URL
)
_SECRETS = re.compile("|".join(_FORMS))
_LONG = re.compile(r"(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{20,}(?![\w+/=-])")
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
    if _ALWAYS.search(name) or (isinstance(value, str) and SECRET_NAME.search(name) and value):
        return WITHHELD
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    return _LONG.sub(_long, _SECRETS.sub(_secret, text))


def _secret(found: re.Match[str]) -> str:
    for group in ("value", "bearer", "user"):
        if found[group] is not None:
            begin, end = found.span(group)
            whole, start = found[0], found.start()
            return f"{whole[: begin - start]}{WITHHELD}{whole[end - start :]}"
    return WITHHELD


def _long(found: re.Match[str]) -> str:
    text = found[0]
    harmless = _UUID.fullmatch(text) or all(map(_PIECE.fullmatch, _PIECES.split(text)))
    return text if harmless else WITHHELD
