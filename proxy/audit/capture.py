"""The opt-in copy of arguments and results, redacted and bounded; off unless a company wants it.

Redaction errs on the side of leaving out: what looks like a secret is gone, wherever it stands. It
cannot know what is confidential about a sentence or a row of data, which is why this is off by
default. `docs/audit.md` says what it does; a test runs that page's example.
"""

from __future__ import annotations

import re

from proxy import wire
from proxy.plain import plain
from proxy.telltale import (
    BARE,
    ISSUED,
    LONG,
    PEM,
    PERHAPS_SECRET,
    QUOTED,
    URL_USER,
    WITHHELD,
    withheld,
)

MOST = 4096
"""Characters of one payload; a longer one is told by its size."""

_DEPTH = 6
_ITEMS = 20
_TEXT = 200
_LONG_NUMBER = 10**12
_LEFT_OUT = "[more]"

_FORMS = (
    PEM,
    ISSUED,
    QUOTED,
    # All that comes right after such a word, up to a space.
    r"(?i:\b(?:bearer|basic|token|password|passwd|pwd|secret|api[-_]?key)\b\s*[:=]?\s*\S+)",
    BARE,
    URL_USER,
    r"(?<=[\w/])\?[^\s\"'<>]+=[^\s\"'<>]*",  # the query of a URL
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # mail addresses
    r"\b(?:\d[ -]?){12,18}\d\b",  # numbers of cards and accounts
    LONG,
)
_SECRETS = re.compile("|".join(_FORMS))


def captured(value: object) -> str:
    """A JSON text of what an argument or a result holds, without what could be a secret.

    The value itself is left as it is. More than `MOST` characters are told by their number alone.
    """
    text = wire.encode(_Copy().of(value, "", 0)).decode()
    if len(text) > MOST:
        text = wire.encode({_LEFT_OUT: f"{len(text)} characters"}).decode()
    return text


class _Copy:
    """One copy being made; what is beyond its bounds is not even looked at."""

    def __init__(self) -> None:
        self._left = MOST

    def of(self, value: object, key: str, depth: int) -> object:
        """What may be kept of a value that stands under a name."""
        self._left -= len(key) + 4
        if self._left < 0:
            return _LEFT_OUT
        if key and PERHAPS_SECRET.search(key):
            return WITHHELD
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return self._fields(value, depth + 1) if depth < _DEPTH else f"[{len(value)} fields]"
        if isinstance(value, list):
            return self._items(value, key, depth + 1) if depth < _DEPTH else f"[{len(value)} items]"
        # A number can be as long as that of a card or an account.
        long = isinstance(value, int | float) and abs(value) >= _LONG_NUMBER
        return "[number]" if long else value

    def _fields(self, value: dict[object, object], depth: int) -> dict[str, object]:
        some = list(value.items())[:_ITEMS]
        found = {plain(_kept(str(key)), 80): self.of(one, str(key), depth) for key, one in some}
        if len(value) > _ITEMS:
            found[_LEFT_OUT] = f"{len(value) - _ITEMS} fields"
        return found

    def _items(self, value: list[object], key: str, depth: int) -> list[object]:
        found = [self.of(one, key, depth) for one in value[:_ITEMS]]
        return [*found, f"[{len(value) - _ITEMS} more]"] if len(value) > _ITEMS else found

    def _text(self, text: str) -> str:
        found = _kept(text)
        self._left -= len(found)
        return found


def _kept(text: str) -> str:
    # Searched with what follows, so that no part of a secret is left where it is cut.
    head = _SECRETS.sub(withheld, text[: 4 * _TEXT])
    return head if len(text) <= _TEXT else f"{head[:_TEXT]}… [{len(text)} characters]"
