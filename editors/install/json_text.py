"""The text of a JSON file with one member put in, and everything else left as it stands.

Comments, trailing commas, indentation and line ends belong to whoever wrote them, so the text is
never written anew: it is changed by one cut.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from editors.install.edit import Edit, Unreadable
from editors.install.json_tree import BOM, parse

if TYPE_CHECKING:
    from editors.install.json_tree import JsonTree, Value


@dataclass(frozen=True, slots=True)
class _Layout:
    """How an object's members are laid out: one step of indentation, and their own margin."""

    unit: bytes
    margin: bytes


def read(text: bytes) -> object:
    """What a JSON text says, comments and trailing commas aside; None for an empty one.

    Raises:
        Unreadable: It is not JSON.
    """
    found = parse(text)
    root = found.root()
    return None if root is None else found.value(root)


def put(text: bytes, keys: tuple[str, ...], value: object) -> Edit | None:
    """The cut after which `value` stands under `keys`; None where it does already.

    Raises:
        Unreadable: The text is not JSON, or what stands on the way to it is not an object.
    """
    found = parse(text)
    at = found.root()
    if at is None:
        return _first(text, keys, value)
    margin = _margin(text, at.start)
    unit = b"  "
    for depth, key in enumerate(keys):
        if found.bare[at.start] != "{":
            where = ".".join(keys[:depth]) or "the file"
            raise Unreadable(found.line(at.start), f"{where} is not an object")
        members = [one for _, one in found.members(at)]
        if members and _own_line(text, members[0].begin):
            inner = _margin(text, members[0].begin)
            unit = inner.removeprefix(margin) or unit
            margin = inner
        else:
            margin += unit
        inside = found.member(at, key)
        if inside is None:
            nested = _nested(keys[depth + 1 :], value)
            return _inserted(found, at, _Layout(unit, margin), key, nested)
        at = inside
    if found.value(at) == value:
        return None
    wide = b"\n" in text[at.start : at.end]
    return Edit(
        at.start, text[at.start : at.end], _shown(value, _Layout(unit, margin), text, wide=wide)
    )


def cut(text: bytes, keys: tuple[str, ...]) -> Edit | None:
    """The cut after which nothing stands under `keys`; None where nothing does.

    The comma goes with the member; comments and the object that held it stay.

    Raises:
        Unreadable: The text is not JSON.
    """
    found = parse(text)
    holder, at = None, found.root()
    for key in keys:
        holder = at
        at = None if at is None or found.bare[at.start] != "{" else found.member(at, key)
    if at is None or holder is None:
        return None
    members = [one for _, one in found.members(holder)]
    index = members.index(at)
    if index:
        start, end = members[index - 1].end, at.end
        comma = found.after(start)
        kept = (text[start:comma] + text[comma + 1 : at.begin]).rstrip(b" \t\r\n")
        # A comment to the end of its line would swallow what follows.
        kept += _newline(text) if b"//" in kept.rpartition(b"\n")[2] else b""
    elif len(members) > 1:
        start, end, kept = at.begin, members[1].begin, b""
    else:
        start, end, kept = at.begin, max(at.end, found.comma(at.end)), b""
    return Edit(start, text[start:end], kept)


# --- putting in ------------------------------------------------------------------------------


def _first(text: bytes, keys: tuple[str, ...], value: object) -> Edit:
    """The cut that makes an empty file, or one of comments alone, an object."""
    newline = _newline(text)
    body = _shown(_nested(keys, value), _Layout(b"  ", b""), text, wide=True) + newline
    if text.removeprefix(BOM).strip() and not text.endswith(b"\n"):
        body = newline + body
    return Edit(len(text), b"", body)


def _inserted(text: JsonTree, holder: Value, layout: _Layout, key: str, value: object) -> Edit:
    """The cut that makes `key` the last member of an object."""
    own, newline, margin = text.own, _newline(text.own), layout.margin
    name = json.dumps(key).encode() + b": "
    members = [one for _, one in text.members(holder)]
    if not members:
        start, end = holder.start + 1, holder.end - 1
        inner = own[start:end].rstrip(b" \t\r\n")
        outer = _margin(own, holder.start)
        member = name + _shown(value, layout, own, wide=True)
        return Edit(start, own[start:end], inner + newline + margin + member + newline + outer)
    wide = b"\n" in own[holder.start : holder.end]
    member = name + _shown(value, layout, own, wide=wide)
    start, comma = members[-1].end, text.comma(members[-1].end)
    end = text.end_of_line(max(start, comma))
    lead = newline + margin if wide else b" "
    if comma:
        return Edit(end, b"", lead + member + b",")
    return Edit(start, own[start:end], b"," + own[start:end] + lead + member)


def _nested(keys: tuple[str, ...], value: object) -> object:
    for key in reversed(keys):
        value = {key: value}
    return value


def _shown(value: object, layout: _Layout, text: bytes, *, wide: bool) -> bytes:
    if not wide:
        return json.dumps(value).encode()
    lines = json.dumps(value, indent=layout.unit.decode()).encode().split(b"\n")
    return (_newline(text) + layout.margin).join(lines)


# --- how the text is laid out ----------------------------------------------------------------


def _newline(text: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in text else b"\n"


def _margin(text: bytes, at: int) -> bytes:
    """The blanks that begin the line of a place."""
    line = text[text.rfind(b"\n", 0, at) + 1 : at].removeprefix(BOM)
    return line[: len(line) - len(line.lstrip(b" \t"))]


def _own_line(text: bytes, at: int) -> bool:
    """Whether nothing but blanks stands before a place on its line, which is not the first."""
    start = text.rfind(b"\n", 0, at)
    return start >= 0 and not text[start:at].strip()
