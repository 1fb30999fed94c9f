"""The JSON Schema of `portico.toml`, made from the vocabulary.

Editors that know no Portico check and complete the file by it. It says what a key takes; what keys
mean for each other only Portico's own reader knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.configuration.vocabulary import KEYS, Shape

if TYPE_CHECKING:
    from proxy.configuration.vocabulary import Key

_TEXT: dict[str, object] = {"type": "string"}
_TEXTS: dict[str, object] = {"type": "array", "items": _TEXT}

_PLAIN: dict[Shape, dict[str, object]] = {
    Shape.TEXT: _TEXT,
    Shape.URL: _TEXT,
    Shape.FLAG: {"type": "boolean"},
    Shape.VALUES: {"type": "object"},
    Shape.GROUPS: {"type": "object", "additionalProperties": _TEXTS},
    Shape.ENVIRONMENT: {"type": "object", "additionalProperties": _TEXT},
    Shape.HEADERS: {"type": "object", "additionalProperties": _TEXT},
}


def schema() -> dict[str, object]:
    """The schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "portico.toml",
        "description": "What Portico reads at its start; docs/configuration.md explains it.",
        **_table(""),
    }


def _table(kind: str) -> dict[str, object]:
    keys = KEYS[kind]
    found: dict[str, object] = {
        "type": "object",
        "properties": {name: _key(key) for name, key in keys.items()},
        "additionalProperties": False,
    }
    required = [name for name, key in keys.items() if key.required]
    return {**found, "required": required} if required else found


def _key(key: Key) -> dict[str, object]:
    default = f" Without it: {key.default}." if key.default and not key.required else ""
    return {"description": f"{key.meaning}{default}", **_shape(key)}


def _shape(key: Key) -> dict[str, object]:
    """What a key takes."""
    words: dict[str, object] = {"enum": list(key.words)} if key.words else {}
    match key.shape:
        case Shape.TABLE:
            found = _table(key.table)
        case Shape.TABLES:
            found = {"type": "object", "additionalProperties": _table(key.table)}
        case Shape.TEXTS:
            found = {"type": "array", "items": {**_TEXT, **words}}
        case Shape.NUMBER:
            found = {"type": "number", "exclusiveMinimum": 0, "maximum": key.most}
        case Shape.WHOLE:
            found = {"type": "integer", "minimum": 1, "maximum": key.most}
        case Shape.CHOICE:
            found = {**_TEXT, **words}
        case _:
            found = {**_PLAIN[key.shape], **words}
    return found
