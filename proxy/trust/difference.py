"""What changed in a definition, as lines that a person can read. Pure."""

from __future__ import annotations

import difflib
import itertools
from typing import TYPE_CHECKING, Any

from proxy.plain import exact
from proxy.trust.digest import pinned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_LINES = 400
_DEEPEST = 64


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The keys of a definition whose values are other ones."""
    one, other = pinned(before), pinned(after)
    return sorted(exact(key)[:40] for key in {*one, *other} if one.get(key) != other.get(key))


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What was taken out (`- …`), what came in (`+ …`), and a line around each (`  …`).

    One line for each value with its path; texts line by line. What nobody sees has its escape.
    """
    one, other = list(lines(before)), list(lines(after))
    compared = difflib.unified_diff(one, other, lineterm="", n=1)
    # The first two lines name files. By their look they could not be told from a key like `++x`.
    inside = itertools.islice(compared, 2, None)
    shown = [f"{line[0]} {line[1:]}" for line in inside if not line.startswith("@@")]
    left = len(shown) - _MOST_LINES
    return [*shown[:_MOST_LINES], f"  … and {left} lines more"] if left > 0 else shown


def lines(definition: Mapping[str, Any]) -> Iterator[str]:
    """A definition as lines of `path: value`."""
    if content := pinned(definition):
        yield from _lines(content, "", 0)


def _lines(value: object, where: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and value and depth < _DEEPEST:
        for key in sorted(value):
            path = f"{where}.{exact(key)}" if where else exact(key)
            yield from _lines(value[key], path, depth + 1)
    elif isinstance(value, list) and value and depth < _DEEPEST:
        for place, inner in enumerate(value):
            yield from _lines(inner, f"{where}[{place}]", depth + 1)
    elif isinstance(value, str):
        for line in value.split("\n") or [""]:
            yield f"{where}: {exact(line)}"
    else:
        yield f"{where}: {value!r}"
