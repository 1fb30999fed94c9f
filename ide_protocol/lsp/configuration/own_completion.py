"""What could stand at a place of `portico.toml`: keys and words of the vocabulary, known names."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ide_protocol.lsp.configuration.suggestion import Sort, Suggestion, in_words
from proxy.configuration.vocabulary import KEYS, Shape, key_at, kind_of
from proxy.outline.place import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ide_protocol.lsp.configuration.knowledge import Knowledge
    from proxy.configuration.vocabulary import Key
    from proxy.outline.place import Cursor, Outline, Path

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TOOL_KINDS = frozenset({"servers.NAME.tools", "servers.NAME.rules.TOOL"})


def own_suggestions(outline: Outline, cursor: Cursor, knowledge: Knowledge) -> list[Suggestion]:
    """Everything that fits at a cursor.

    Args:
        outline: Of the whole text, which says what is written already.
        cursor: Of the text before the cursor.
        knowledge: What is known of servers and tools.
    """
    match cursor.role:
        case Role.HEADER:
            return list(_headers(cursor.path, knowledge))
        case Role.KEY:
            return list(_keys(outline, cursor, knowledge))
        case Role.VALUE:
            return list(_values(cursor.path, knowledge))
        case _:
            return []


def _headers(path: Path, knowledge: Knowledge) -> Iterator[Suggestion]:
    table = kind_of(path)
    if table is None:
        return
    kind, named = table
    if named:
        yield from _names(path, knowledge, "")
        return
    for key in KEYS[kind].values():
        if key.table:
            text = f"{key.name}." if key.shape is Shape.TABLES else key.name
            yield Suggestion(key.name, text, Sort.MODULE, key.shape.value, key.meaning)


def _keys(outline: Outline, cursor: Cursor, knowledge: Knowledge) -> Iterator[Suggestion]:
    table = kind_of(cursor.path)
    if table is None:
        return
    kind, named = table
    if named:
        yield from _names(cursor.path, knowledge, " = ")
        return
    for key in KEYS[kind].values():
        place = outline.places.get((*cursor.path, key.name))
        # What is written right here is what the person is changing.
        if place is None or place.key[0] == cursor.start:
            yield Suggestion(key.name, f"{key.name} = ", Sort.FIELD, _detail(key), _about(key))


def _names(path: Path, knowledge: Knowledge, after: str) -> Iterator[Suggestion]:
    """Names that a table of named ones may have, where they are known."""
    if path == ("company", "servers"):
        for one in knowledge.servers.values():
            if one.said["reviewed"]:
                yield _name(one.said["name"], after, one.title, in_words(one.said["description"]))
    elif path[:1] == ("servers",) and path[-1:] == ("rules",):
        server = knowledge.servers.get(str(path[1]))
        for tool in server.tools if server else ():
            yield _name(tool["tool"], after, tool["risk"], in_words(tool["description"]))


def _name(name: str, after: str, detail: str, about: str) -> Suggestion:
    text = name if _BARE.fullmatch(name) else json.dumps(name)
    return Suggestion(name, f"{text}{after}", Sort.ENUM, detail, about)


def _values(path: Path, knowledge: Knowledge) -> Iterator[Suggestion]:
    key = key_at(path)
    if key is None:
        return
    # A whole array is written with its brackets; one more element is not.
    inside = isinstance(path[-1], int)
    whole = key.shape in {Shape.TEXTS, Shape.GROUPS} and not inside

    def quoted(word: str) -> str:
        return f"[{json.dumps(word)}]" if whole else json.dumps(word)

    if key.shape is Shape.FLAG:
        yield from (Suggestion(word, word, Sort.VALUE) for word in ("true", "false"))
    for word in key.words:
        yield Suggestion(word, quoted(word), Sort.ENUM, "", key.meaning)
    table = kind_of((path[:-1] if inside else path)[:-1])
    kind = table[0] if table else ""
    if key.name == "servers" and key.shape is Shape.TEXTS:
        for one in knowledge.servers.values():
            said = one.said
            yield Suggestion(
                said["server"],
                quoted(said["server"]),
                Sort.MODULE,
                one.title,
                in_words(said["description"]),
            )
    if key.name in {"tools", "allow", "deny"} and key.shape is Shape.TEXTS:
        server = knowledge.servers.get(str(path[1])) if kind in _TOOL_KINDS else None
        of = [server] if server else [] if kind in _TOOL_KINDS else knowledge.servers.values()
        for tool in (tool for one in of for tool in one.tools):
            detail = f"{tool['server']}, {tool['risk']}"
            yield Suggestion(
                tool["tool"],
                quoted(tool["tool"]),
                Sort.FUNCTION,
                detail,
                in_words(tool["description"]),
            )


def _detail(key: Key) -> str:
    return f"{key.shape.value}, required" if key.required else key.shape.value


def _about(key: Key) -> str:
    default = f"\n\nWithout it: {key.default}." if key.default and not key.required else ""
    return f"{key.meaning}{default}"
