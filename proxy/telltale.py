"""What gives a secret away: names, words before it, forms of its own. The one table of them.

Who reads it differs in how far to go: a configuration's check warns, a cassette leaves out only
what an agent will not miss, the audit leaves out more than it must. The texts are anybody's, so no
pattern goes over one more than once. Pure.
"""

from __future__ import annotations

import re
from typing import Final

WITHHELD: Final = "[withheld]"
"""What stands where a secret stood."""

# --- names --------------------------------------------------------------------------------------

SECRET_NAME: Final = re.compile(
    r"token|passw|secret|authori[sz]ation|api[-_]?key|credential|bearer|cookie", re.IGNORECASE
)
"""Names of keys, variables, headers and query parameters that hold secrets."""

ALWAYS_SECRET: Final = re.compile(
    r"passw|passphrase|secret|(?:^|[^a-z])(?:pin|otp|pwd)(?:$|[^a-z])|private[-_]?key|credential",
    re.IGNORECASE,
)
"""Names of what is secret whatever it is made of; under other names, a number is a number."""

PERHAPS_SECRET: Final = re.compile(
    r"pass|pwd|secret|token|key|auth|credential|cookie|session|otp|pin|private|signature",
    re.IGNORECASE,
)
"""Names that need only sound like it: for whom a word too many left out is no loss."""

# --- forms, as parts of one expression: each name of a group below may stand in it once -----------

ISSUED: Final = (
    r"\b(?:gh[pousr]_|github_pat_|glpat-|sk-|xox[abprs]-|AKIA|npm_|pypi-|hf_)[\w-]{12,}"
    r"|(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]+){1,4}"
)
"""Tokens whose issuers begin them so that they can be recognised, and signed ones (JWT)."""

PEM: Final = r"-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|\Z)"
"""Keys and certificates, also where the text was cut."""

_WORDS = r"pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|credentials?|cookie"
_BEGINS = r"(?:(?<![a-z])|(?-i:(?<=[a-z])(?=[A-Z])))"  # a word, also in snake_case and camelCase
_NAMED = rf"(?i:{_BEGINS}(?:{_WORDS})(?:\\*[\"'])?\s*[:=]\s*)(?!\[withheld\])"
QUOTED: Final = (
    rf"{_NAMED}(?P<quote>\\*[\"'])(?!\[withheld\])"
    r"(?P<quoted>(?:(?!(?<!\\)(?P=quote)).)+)"
)
"""What a text names before it says it in quotes, as JSON in a text does, escaped or not. A quote
that is escaped once more than the first one is a part of the secret."""

BARE: Final = rf"{_NAMED}(?P<bare>[^\s\"',;)}}\]&\\]+)"
"""The same without quotes: `DB_PASSWORD=…`."""

SCHEME: Final = r"(?i:\b(?:bearer|basic)\s+)(?!\[withheld\])(?P<scheme>[\w.~+/=-]{8,})"
"""The credentials of an Authorization header (RFC 9110, section 11.4)."""

URL_USER: Final = r"(?<=://)(?!\[withheld\])(?P<user>[^/\s@]+)@"
"""The user, and their password, of a URL."""

LONG: Final = r"(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{20,}"
"""Anything long without a space in it that mixes digits and letters: keys, hashes, ids."""

_SAID = ("quoted", "bare", "scheme", "user")


def withheld(found: re.Match[str]) -> str:
    """A find without the secret in it; what names it stays, so that a reader knows what is gone."""
    groups = found.groupdict()
    for group in _SAID:
        if groups.get(group) is not None:
            begin, end = (at - found.start() for at in found.span(group))
            return f"{found[0][:begin]}{WITHHELD}{found[0][end:]}"
    return WITHHELD
