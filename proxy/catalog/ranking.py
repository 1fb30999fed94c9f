"""Which tools fit some words best: Okapi BM25 over what tools say of themselves. Pure.

Our own few lines and not a library: the known small ones bring numpy, which would cost the hub's
start more than everything else, and a catalog of thousands of tools is ranked in milliseconds here.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75
_NAME_WEIGHT = 3
_LONGEST = 4000
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


class Ranking:
    """A list of tools, ready to be searched.

    Args:
        tools: Their definitions.
    """

    def __init__(self, tools: Sequence[Mapping[str, Any]]) -> None:
        self.tools = tools
        self._counts = [Counter(_of(tool)) for tool in tools]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = (sum(self._lengths) / len(tools)) if tools else 0.0
        self._holding = Counter(word for counts in self._counts for word in counts)

    def best(self, query: str, most: int) -> list[Mapping[str, Any]]:
        """The tools that fit, the best first; among equals the order of the list stays."""
        words = set(_words(query))
        scored = [(self._score(place, words), place) for place in range(len(self.tools))]
        fitting = sorted((-score, place) for score, place in scored if score > 0)
        return [self.tools[place] for _, place in fitting[:most]]

    def _score(self, place: int, words: set[str]) -> float:
        counts, score = self._counts[place], 0.0
        for word in words & counts.keys():
            holding = self._holding[word]
            rarity = math.log(1 + (len(self.tools) - holding + 0.5) / (holding + 0.5))
            length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * self._lengths[place] / self._mean
            often = counts[word]
            score += rarity * often * (_SATURATION + 1) / (often + _SATURATION * length)
        return score


def _of(tool: Mapping[str, Any]) -> Iterator[str]:
    """The words of one tool: its name counts for more than what it says at length."""
    for _ in range(_NAME_WEIGHT):
        yield from _words(tool.get("name"))
    yield from _words(tool.get("title"))
    yield from _words(tool.get("description"))
    schema = tool.get("inputSchema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    for name, said in properties.items() if isinstance(properties, dict) else ():
        yield from _words(name)
        yield from _words(said.get("description") if isinstance(said, dict) else None)


def _words(text: object) -> Iterator[str]:
    """Words in lower case, plurals as singulars, names in camel case or with `_` taken apart."""
    if isinstance(text, str):
        for word in _WORD.findall(text[:_LONGEST]):
            lower = word.lower()
            yield lower[:-1] if len(lower) > 3 and lower.endswith("s") else lower  # noqa: PLR2004
