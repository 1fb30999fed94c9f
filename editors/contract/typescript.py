"""The contract as a TypeScript module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editors.contract import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean"}
_CALLED = "What goes with each method that a client calls: its params and its result."
_ASKED = "What the hub asks of an editor, or tells it where there is no result."


def written() -> str:
    """The whole module."""
    parts = [f"/** {walk.HEAD} */\n"]
    for shape in walk.shapes():
        fields = "".join(f"  {_field(field)};\n" for field in shape.fields)
        parts.append(f"/** {shape.words} */\nexport type {shape.name} = {{\n{fields}}};\n")
    parts.append(_table("Methods", _CALLED, walk.methods()))
    parts.append(_table("Asked", _ASKED, walk.asked()))
    return "\n".join(parts)


def _table(name: str, words: str, methods: Iterable[walk.Method]) -> str:
    lines = []
    for method in methods:
        result = "" if method.result is None else f"; result: {_type(method.result)}"
        lines.append(f'  "{method.name}": {{ params: {_type(method.params)}{result} }};\n')
    return f"/** {words} */\nexport type {name} = {{\n{''.join(lines)}}};\n"


def _field(field: walk.Field) -> str:
    return f"{field.name}{'?' if field.optional else ''}: {_type(field.type)}"


def _type(said: walk.Type) -> str:  # noqa: PLR0911 - one way out for each kind.
    match said:
        case walk.Plain(kind):
            return _PLAIN[kind]
        case walk.Words(words):
            return " | ".join(f'"{word}"' for word in words)
        case walk.Maybe(inner):
            return f"{_type(inner)} | null"
        case walk.Many(inner):
            return f"{_type(inner)}[]"
        case walk.Table(inner):
            return f"{{ [key: string]: {_type(inner)} }}"
        case walk.Named(name):
            return name
        case walk.Anything():
            return "unknown"
        case walk.Keys(()):
            return "{ [key: string]: never }"
        case walk.Keys(fields):
            return f"{{ {'; '.join(_field(field) for field in fields)} }}"
