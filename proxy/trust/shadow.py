"""Names that collide with others or imitate them: an error, whoever came first. Pure.

Public names cannot be equal, because each begins with its own server's (see `proxy.naming`). They
can look equal, to a model and to a person: `prest0_run_query`, or a tool that some server itself
calls `presto_run_query`.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from proxy.trust.hidden import look_alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SHAPES = str.maketrans({"0": "o", "1": "l", "I": "l", "|": "l", "-": "_", ".": "_", " ": "_"})
_OURS = "portico_"


@dataclass(frozen=True, slots=True)
class Name:
    """One tool's name: its server, what that calls it, and its public name."""

    server: str
    own: str
    public: str
    reviewed: bool = True


@lru_cache(maxsize=1 << 16)
def skeleton(name: str) -> str:
    """What a name looks like at a glance: equal for names that are easily taken for each other."""
    if not name.isascii():
        folded = unicodedata.normalize("NFKC", name)
        name = "".join(c if c.isascii() else look_alike(c) or c for c in folded if _shows(c))
    return name.translate(_SHAPES).casefold().replace("rn", "m").replace("vv", "w")


def shadowing(names: Iterable[Name]) -> dict[tuple[str, str], str]:
    """Every tool that imitates another one, as (server, own name) -> the public name it imitates.

    Of two that look alike, one of a server that the company has not reviewed gives way to a
    reviewed one; otherwise both are at fault, because nobody can tell which of them is meant.
    """
    found: dict[tuple[str, str], str] = {}
    every = list(names)
    alike: Mapping[str, list[Name]] = defaultdict(list)
    for name in every:
        alike[skeleton(name.public)].append(name)
    for name in every:
        own = skeleton(name.own)
        if own.startswith(_OURS):
            found[name.server, name.own] = _OURS + "…"
        others = [other for other in alike.get(own, ()) if other.server != name.server]
        if others:
            found[name.server, name.own] = others[0].public
    for group in alike.values():
        for name in group if len(group) > 1 else ():
            others = [other for other in group if other.public != name.public]
            if others and (not name.reviewed or any(other.reviewed for other in others)):
                found.setdefault((name.server, name.own), others[0].public)
    return found


def _shows(character: str) -> bool:
    return unicodedata.category(character) not in {"Cf", "Mn", "Cc"}
