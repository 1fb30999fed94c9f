"""One table of the configuration, read key by key; what is wrong is collected, not raised.

A key is read as `vocabulary.KEYS` describes it or not at all, so the vocabulary, the reader and
the documentation cannot drift apart.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlsplit

from proxy.address import BadAddress, endpoint
from proxy.configuration import wording
from proxy.configuration.vocabulary import KEYS, Shape
from proxy.header import may_be_added
from proxy.secrecy import KEYRING, reference
from proxy.telltale import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from proxy.configuration.problems import Problems
    from proxy.configuration.vocabulary import Key

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_Choice = TypeVar("_Choice", bound=StrEnum)


class Section:
    """One table, of a kind that `KEYS` lists.

    Each reading method returns the default where the key is absent, and also where it is wrong:
    then a problem has been noted, and the configuration as a whole will be refused.
    """

    def __init__(
        self, table: Mapping[str, object], kind: str, path: tuple[str, ...], problems: Problems
    ) -> None:
        self.table = table
        """What its parser gave; a key is read by the methods, which check it."""
        self._kind = kind
        self.path = path
        self.problems = problems
        for key, value in table.items():
            if key not in KEYS[kind] and not problems.enough:
                problems.add((*path, key), wording.unknown(key, value, KEYS[kind]))

    def __contains__(self, key: str) -> bool:
        self._key(key)
        return self.table.get(key) is not None

    def wrong(self, key: str, message: str, place: int | None = None) -> None:
        """Note that `key` (or one element of its array) is wrong."""
        self.problems.add((*self.path, key) if place is None else (*self.path, key, place), message)

    def required(self, key: str, example: str) -> None:
        """Note it when `key` is absent."""
        if key not in self:
            self.wrong(key, f"is missing; for example {key} = {example}")

    def text(self, key: str, default: str = "", *, empty: bool = False, lines: bool = False) -> str:
        """A string on one line; with `empty`, the empty one too, with `lines` on several."""
        value = self._typed(key, str, Shape.TEXT, Shape.URL, Shape.CHOICE)
        if value is None:
            return default
        if lines:
            value = value.strip()
        shown = " ".join(value.split()) if lines else value
        if not shown.isprintable() or value != value.strip() or not (value or empty):
            self.wrong(key, "must be one line of text, without spaces around it")
            return default
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """An array of strings, each of them not empty."""
        value = self._typed(key, list, Shape.TEXTS)
        if value is None:
            return default
        good: list[str] = []
        for place, item in enumerate(value):
            if _is_text(item):
                good.append(str(item))
            else:
                self.wrong(key, f"must hold only strings, not {wording.shown(item)}", place)
        return tuple(good)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._typed(key, bool, Shape.FLAG)
        return default if value is None else value

    def number(self, key: str, default: float) -> float:
        """A number above 0, at most what the vocabulary says."""
        value, most = self._typed(key, float, Shape.NUMBER), self._key(key).most
        if value is None:
            return default
        # Written so that TOML's `nan` fails it too.
        if not 0 < value <= most:
            self.wrong(key, f"must be above 0 and at most {most:g}")
            return default
        return value

    def whole(self, key: str, default: int) -> int:
        """A whole number from 1 to what the vocabulary says."""
        value, most = self._typed(key, int, Shape.WHOLE), self._key(key).most
        if value is None:
            return default
        if not 0 < value <= most:
            self.wrong(key, f"must be a whole number from 1 to {most}")
            return default
        return value

    def choice(self, key: str, choices: type[_Choice], default: _Choice) -> _Choice:
        """One of the words of `choices`."""
        value = self.text(key)
        words = self._key(key).words
        if words != tuple(choices):
            msg = f"{key} takes other words than the vocabulary says"
            raise LookupError(msg)
        if value in words:
            return choices(value)
        if value:
            allowed = ", ".join(f'"{word}"' for word in words)
            shown = wording.shown(value)
            said = f"{shown} is not one of" if shown.startswith('"') else "must be one of"
            self.wrong(key, f"{said} {allowed}{wording.meant(value, words)}")
        return default

    def url(self, key: str) -> str:
        """A URL that Portico connects to, as it was written; empty when absent or wrong."""
        value = self.text(key)
        # The value is not repeated in a message: a wrong URL often is one with a password in it.
        try:
            if value:
                endpoint(value)
        except BadAddress as bad:
            self.wrong(key, str(bad))
            return ""
        if any(SECRET_NAME.search(name) for name, _ in parse_qsl(urlsplit(value).query)):
            self.wrong(key, wording.NO_SECRETS)
            return ""
        return value

    def values(self, key: str) -> dict[str, object] | None:
        """A table of whatever it holds; None when it is absent."""
        return self._typed(key, dict, Shape.VALUES)

    def groups_of_texts(self, key: str) -> Mapping[str, tuple[str, ...]]:
        """A table whose own keys each name an array of strings."""
        found: dict[str, tuple[str, ...]] = {}
        for name, value in (self._typed(key, dict, Shape.GROUPS) or {}).items():
            if isinstance(value, list) and value and all(map(_is_text, value)):
                found[name] = tuple(value)
            else:
                place = (*self.path, key, name)
                self.problems.add(place, f"must be an array of strings, not {wording.shown(value)}")
        return found

    def environment(self, key: str) -> Mapping[str, str]:
        """A table of environment variables; a secret stands in it as `keyring:NAME` alone."""
        return self._pairs(key, Shape.ENVIRONMENT, _is_variable, "a variable's name and a string")

    def headers(self, key: str) -> Mapping[str, str]:
        """A table of HTTP headers; a secret stands in it as `keyring:NAME` alone."""
        return self._pairs(key, Shape.HEADERS, _is_header, "a header that is not Portico's own")

    def _pairs(
        self, key: str, shape: Shape, fits: Callable[[str, str], bool], what: str
    ) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name, value in (self._typed(key, dict, shape) or {}).items():
            place = (*self.path, key, name)
            refers = isinstance(value, str) and reference(value) is not None
            if SECRET_NAME.search(name) and not refers:
                self.problems.add(place, wording.kept_as(f"{self.path[-1]}/{name}"))
            elif isinstance(value, str) and value.startswith(KEYRING) and not refers:
                self.problems.add(place, f'must name a secret after "{KEYRING}"')
            elif not isinstance(value, str) or not fits(name, value):
                self.problems.add(place, f"must be {what}")
            else:
                found[name] = value
        return found

    def section(self, key: str) -> Section:
        """The table below `key`; an empty one when it is absent."""
        table = self._typed(key, dict, Shape.TABLE)
        return Section(table or {}, self._key(key).table, (*self.path, key), self.problems)

    def sections(self, key: str) -> Iterator[tuple[str, Section]]:
        """The named tables below `key`, each with its name."""
        kind = self._key(key).table
        for name, table in (self._typed(key, dict, Shape.TABLES) or {}).items():
            if isinstance(table, dict):
                yield name, Section(table, kind, (*self.path, key, name), self.problems)
            else:
                place = (*self.path, key, name)
                self.problems.add(place, f"must be a table, not {wording.shown(table)}")

    def _key(self, key: str) -> Key:
        found = KEYS[self._kind].get(key)
        if found is None:
            msg = f"{key} is not a key of [{self._kind}]"
            raise LookupError(msg)
        return found

    _Type = TypeVar("_Type", bool, str, int, float, list[object], dict[str, object])

    def _typed(self, key: str, kind: type[_Type], *shapes: Shape) -> _Type | None:
        if self._key(key).shape not in shapes:
            msg = f"{key} of [{self._kind}] is no {shapes[0]}"
            raise LookupError(msg)
        value = self.table.get(key)
        if value is None:
            return None
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return kind(value)
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.wrong(key, f"must be {wording.KINDS[kind]}, not {wording.shown(value)}")
        return None


def _is_variable(name: str, value: str) -> bool:
    return _VARIABLE.fullmatch(name) is not None and "\0" not in value


def _is_header(name: str, value: str) -> bool:
    plain_text = value.isascii() and value.isprintable() and value == value.strip()
    return may_be_added(name) and plain_text


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and bool(value.strip())
