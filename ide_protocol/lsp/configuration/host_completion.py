"""What could stand at a place of a host's file: Portico's own entry, and the names in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from editors.install.client import NAME
from ide_protocol.lsp.configuration.host_file import TOOL_KEYS, entries
from ide_protocol.lsp.configuration.suggestion import Sort, Suggestion, in_words
from proxy.outline.place import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ide_protocol.lsp.configuration.host_file import Entry, HostFile
    from ide_protocol.lsp.configuration.knowledge import Knowledge
    from proxy.outline.place import Cursor, Path


def host_suggestions(
    file: HostFile, said: object, cursor: Cursor, knowledge: Knowledge
) -> list[Suggestion]:
    """Everything that fits at a cursor.

    Args:
        file: Whose file it is.
        said: What the whole text says, as far as it is understood.
        cursor: Of the text before the cursor.
        knowledge: What is known of servers and tools.
    """
    if cursor.role is Role.KEY and cursor.path == file.holder:
        return list(_own_entry(file, said))
    if cursor.role is not Role.VALUE:
        return []
    entry = next(
        (one for one in entries(said, file.holder) if cursor.path[: len(one.path)] == one.path),
        None,
    )
    return list(_inside(entry, cursor.path, knowledge)) if entry is not None else []


def _own_entry(file: HostFile, said: object) -> Iterator[Suggestion]:
    if any(one.own for one in entries(said, file.holder)):
        return
    text = f"{json.dumps(NAME)}: {json.dumps(file.place.entry(['portico', 'mcp']))}"
    about = "One entry for every server that your company approves."
    yield Suggestion(NAME, text, Sort.MODULE, "Portico's entry", about)


def _inside(entry: Entry, path: Path, knowledge: Knowledge) -> Iterator[Suggestion]:
    key = path[len(entry.path)] if len(path) > len(entry.path) else ""
    if key in TOOL_KEYS:
        known = knowledge.at(entry.url)
        if entry.own or known is not None:
            of = [known] if known is not None else knowledge.servers.values()
            for tool in (tool for one in of for tool in one.tools):
                name = tool["name"] if entry.own else tool["tool"]
                detail = f"{tool['server']}, {tool['risk']}"
                yield _text(name, Sort.FUNCTION, detail, in_words(tool["description"]))
    elif key in {"args", "command"} and entry.own and isinstance(path[-1], int):
        before = (*path[:-1], path[-1] - 1)
        words = dict(zip(entry.places, entry.command, strict=True))
        if words.get(before) == "--only":
            for one in knowledge.servers.values():
                yield _text(
                    one.said["server"], Sort.MODULE, one.title, in_words(one.said["description"])
                )
        else:
            yield _text("--only", Sort.VALUE, "", "Show only these servers: names, by commas.")


def _text(word: str, sort: Sort, detail: str, about: str) -> Suggestion:
    return Suggestion(word, json.dumps(word), sort, detail, about)
