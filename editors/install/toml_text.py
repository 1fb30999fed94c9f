"""The text of a TOML file with one table put in, and everything else left as it stands."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from editors.install.edit import Edit, Unreadable


def read(text: bytes) -> dict[str, object]:
    """What a TOML text says.

    Raises:
        Unreadable: It is not TOML.
    """
    try:
        return tomllib.loads(text.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise Unreadable(getattr(wrong, "lineno", 1), f"it is not TOML ({wrong})") from wrong


def put(text: bytes, keys: tuple[str, ...], value: object) -> Edit | None:
    """The cut after which the table `keys` says `value`; None where it does already.

    Raises:
        Unreadable: The text is not TOML, or says the same elsewhere than under its own header.
    """
    said = _under(read(text), keys)
    if said == value:
        return None
    newline = b"\r\n" if b"\r\n" in text else b"\n"
    table = _table(keys, value, newline)
    if said is None:
        gap = newline if text.endswith(b"\n") or not text else newline * 2
        return Edit(len(text), b"", (gap if text else b"") + table)
    start, end = _stands(text, keys)
    removed = text[start:end]
    tail = removed[len(removed.rstrip(b"\r\n")) :]
    return Edit(start, removed, table.rstrip(b"\r\n") + tail)


def cut(text: bytes, keys: tuple[str, ...]) -> Edit | None:
    """The cut after which there is no table `keys`; None where there is none.

    Raises:
        Unreadable: The text is not TOML, or has the table elsewhere than under its own header.
    """
    if _under(read(text), keys) is None:
        return None
    start, end = _stands(text, keys)
    return Edit(start, text[start:end], b"")


def _under(said: object, keys: tuple[str, ...]) -> object:
    for key in keys:
        said = said.get(key) if isinstance(said, dict) else None
    return said


def _table(keys: tuple[str, ...], value: object, newline: bytes) -> bytes:
    # What we write are strings and lists of strings, which JSON and TOML spell alike.
    said = value if isinstance(value, dict) else {}
    lines = [f"[{'.'.join(keys)}]", *(f"{key} = {json.dumps(one)}" for key, one in said.items())]
    return newline.join(line.encode() for line in lines) + newline


def _stands(text: bytes, keys: tuple[str, ...]) -> tuple[int, int]:
    """Where the table and what is nested in it stand, from its header to the next one."""
    lines = text.splitlines(keepends=True)
    offsets = [sum(map(len, lines[:index])) for index in range(len(lines) + 1)]
    start = None
    for index, line in enumerate(lines):
        header = _header(line)
        if header is None:
            continue
        if start is None:
            start = offsets[index] if header == keys else None
        elif header[: len(keys)] != keys:
            return start, offsets[index]
    if start is None:
        raise Unreadable(1, f"{'.'.join(keys)} does not stand under a header of its own")
    return start, len(text)


def _header(line: bytes) -> tuple[str, ...] | None:
    """The keys of a header, or None for any other line."""
    stripped = line.strip()
    if not stripped.startswith(b"["):
        return None
    try:
        found: Any = tomllib.loads(stripped.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None  # A line of an array that goes over several.
    keys: list[str] = []
    while found:
        if isinstance(found, list):
            found = found[0]
        key, found = next(iter(found.items()), ("", None))
        keys.append(key)
    return tuple(keys)
