"""Whether a definition is poisoned: every text in it that a model could read, looked at once. Pure.

`portico trust` shows each finding with its place. The same text is not looked at twice: what a pin
was given to has been looked at, see `proxy.trust.keeper`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.plain import exact, plain
from proxy.trust.flag import Finding, Flag
from proxy.trust.hidden import hidden, unhidden
from proxy.trust.wording import names_ordered_about, orders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = 1
"""Of what is looked for; a pin that was given at first use under another one is looked at again."""

LONGEST = 32 * 1024
"""Characters of one text. The longest honest description that we met has a third of it."""

LONGEST_NAME = 256
"""Characters of a tool's name: twice what the protocol recommends (2025-11-25, tool names)."""

_MOST_FINDINGS = 12
_DEEPEST = 64
_EXCERPT = 80


def findings(definition: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Everything that is wrong with a definition of any kind; empty when nothing is."""
    found: dict[tuple[Flag, str], Finding] = {}
    for where, text in _texts(definition, "", 0):
        for flag, excerpt in _raised(where, text):
            found.setdefault((flag, where), Finding(flag, where, plain(exact(excerpt), _EXCERPT)))
            if len(found) >= _MOST_FINDINGS:
                return tuple(found.values())
    return tuple(found.values())


def in_text(where: str, text: str) -> tuple[Finding, ...]:
    """Everything that is wrong with one text, for example a server's instructions."""
    return findings({where: text})


def ordered_about(definition: Mapping[str, Any]) -> tuple[str, ...]:
    """Names like those of tools about which a definition gives orders."""
    named: set[str] = set()
    for _, text in _texts(definition, "", 0):
        if len(text) <= LONGEST:
            named.update(names_ordered_about(text))
    return tuple(sorted(named))


def _raised(where: str, text: str) -> Iterator[tuple[Flag, str]]:
    if len(text) > (LONGEST_NAME if where == "name" else LONGEST):
        yield Flag.OVERSIZE, f"{len(text):,} characters"
        text = text[:LONGEST]
    if text.isascii() and text.isidentifier():
        return  # Most texts are the names of types and arguments.
    yield from hidden(text)
    yield from orders(unhidden(text))


def _texts(value: object, where: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every text of a definition with its path, the keys of objects too."""
    if depth > _DEEPEST:
        yield where, ""
    elif isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            path = f"{where}.{plain(key, 40)}" if where else plain(key, 40)
            if where:
                yield f"{path} (its name)", key
            yield from _texts(inner, path, depth + 1)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts(inner, f"{where}[{place}]", depth + 1)
