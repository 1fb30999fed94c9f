"""Every key that portico.toml, policy.toml, a set-up and a file of expectations may have.

The reader, the pages of the documentation, the published schema, and what an editor is told while
somebody writes all come from this one table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.configuration.vocabulary import (
    company,
    expectations,
    policy,
    running,
    servers,
    setup,
    top,
)
from proxy.configuration.vocabulary.key import Key, Keys, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.outline.place import Path

KEYS: Final[Mapping[str, Keys]] = {
    **top.KINDS,
    **company.KINDS,
    **servers.KINDS,
    **policy.KINDS,
    **expectations.KINDS,
    **running.KINDS,
    **setup.KINDS,
}
"""Kind of table -> the keys it may have. NAME and TOOL are chosen by whoever writes the file."""


def kind_of(path: Path) -> tuple[str, bool] | None:
    """The kind of the table at `path`, and whether it is a table of named ones of that kind."""
    kind, named = "", False
    for step in path:
        if named:
            named = False
            continue
        key = KEYS[kind].get(str(step))
        if key is None or not key.table:
            return None
        kind, named = key.table, key.shape is Shape.TABLES
    return kind, named


def key_at(path: Path) -> Key | None:
    """The key that stands at `path`; of an array's element that of the array."""
    if path and isinstance(path[-1], int):
        path = path[:-1]
    table = kind_of(path[:-1])
    return KEYS[table[0]].get(str(path[-1])) if path and table and not table[1] else None


__all__ = ["KEYS", "Key", "Keys", "Shape", "key_at", "kind_of"]
