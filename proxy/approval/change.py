"""What differs between two sets of arguments. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proxy import wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Change:
    """One argument that is another one than before.

    Attributes:
        path: Its name, with the names of what it is in before it: `filter.limit`.
        before: What it was, as JSON text; None where it was not there.
        after: What it is; None where it is not there any more.
    """

    path: str
    before: str | None
    after: str | None


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Change, ...]:
    """Every difference, in the order of the arguments now; what went stands last.

    Objects are compared name by name, and everything else, lists too, as a whole.
    """
    return tuple(_changes(before, after, ""))


def _changes(
    before: Mapping[str, object], after: Mapping[str, object], prefix: str
) -> Iterator[Change]:
    for name in (*after, *(name for name in before if name not in after)):
        was, now = before.get(name), after.get(name)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _changes(was, now, f"{prefix}{name}.")
            continue
        old = _text(was) if name in before else None
        new = _text(now) if name in after else None
        if old != new:
            yield Change(f"{prefix}{name}", old, new)


def _text(value: object) -> str:
    return wire.encode(value).decode()
