"""What is to be written into one file, decided without touching it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from editors.install import json_text, lua_text, toml_text
from editors.install.client import Syntax
from editors.install.edit import Edit, Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from editors.install.client import Place


class _Writer(Protocol):
    """What every syntax can do."""

    def read(self, text: bytes, /) -> object: ...
    def put(self, text: bytes, keys: tuple[str, ...], value: object, /) -> Edit | None: ...
    def cut(self, text: bytes, keys: tuple[str, ...], /) -> Edit | None: ...


_WRITERS: dict[Syntax, _Writer] = {
    Syntax.JSON: json_text,
    Syntax.TOML: toml_text,
    Syntax.LUA: lua_text,
}


def shown(place: Place, command: list[str]) -> str:
    """The text of a file with nothing but Portico's entry in it."""
    edit = added(place, b"", command)
    return "" if edit is None else edit.apply(b"").decode()


def added(place: Place, text: bytes, command: list[str]) -> Edit | None:
    """The cut that puts Portico's entry into a file; None where it is there already.

    Raises:
        Unreadable: The file cannot be changed without guessing.
    """
    writer = _WRITERS[place.syntax]
    edit = writer.put(text, place.keys, place.entry(command))
    if edit is not None and not _only_ours(place, text, edit.apply(text)):
        raise Unreadable(1, "putting one entry in would change another")
    return edit


def removed(place: Place, text: bytes, edits: Sequence[Edit]) -> bytes | None:
    """The file without Portico's entry; None where it has none.

    Args:
        place: The file.
        text: Its text as it is now.
        edits: The cuts that put the entry in, the first one first.

    Raises:
        Unreadable: The file cannot be changed without guessing.
    """
    writer = _WRITERS[place.syntax]
    back: bytes | None = text
    for edit in reversed(edits):
        back = None if back is None else edit.undone(back)
    if edits and back is not None and _only_ours(place, text, back):
        return back
    if not place.keys:
        if edits:
            raise Unreadable(1, "it was changed since Portico wrote it")
        return None
    without = text
    while (cut := writer.cut(without, place.keys)) is not None:
        without = cut.apply(without)
    if without is text:
        return None
    if not _only_ours(place, text, without):
        raise Unreadable(1, "taking one entry out would change another")
    return without


def _only_ours(place: Place, one: bytes, other: bytes) -> bool:
    """Whether two texts of a file say the same, Portico's entry aside."""
    read = _WRITERS[place.syntax].read
    return _without(read(one), place.keys) == _without(read(other), place.keys)


def _without(said: object, keys: tuple[str, ...]) -> object:
    """What a file says without what stands under `keys`, and without what that leaves empty."""
    if not keys:
        return {}
    if not isinstance(said, dict):
        return said or {}
    key, *rest = keys
    inner = _without(said.get(key), tuple(rest)) if rest else None
    others = {name: value for name, value in said.items() if name != key}
    return {**others, key: inner} if inner else others
