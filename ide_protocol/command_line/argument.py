"""Arguments of a call, from words on a command line.

A value is JSON where it parses as JSON, else a string. The tool's own schema settles the doubtful
cases: `--arg id=123` stays text where the tool wants text.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAMES: tuple[tuple[type, frozenset[str]], ...] = (
    (bool, frozenset({"boolean"})),
    (int, frozenset({"integer", "number"})),
    (float, frozenset({"number"})),
    (str, frozenset({"string"})),
    (list, frozenset({"array"})),
    (dict, frozenset({"object"})),
    (type(None), frozenset({"null"})),
)


class BadArgument(ValueError):  # noqa: N818 - "error" would add nothing.
    """An argument that cannot be understood; the text says why, for a person."""


def parse(
    pairs: Iterable[str], document: str | None, schema: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The arguments object of a call.

    Args:
        pairs: Words like `limit=10`; a later one replaces an earlier one.
        document: A JSON object with arguments; `pairs` replace what it names.
        schema: The tool's `inputSchema`, or None when unknown.

    Raises:
        BadArgument: A pair has no `=`, or the document is not a JSON object.
    """
    arguments = {} if document is None else _object(document)
    properties = (schema or {}).get("properties")
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            msg = f"{pair!r} is not NAME=VALUE."
            raise BadArgument(msg)
        wanted = properties.get(name) if isinstance(properties, dict) else None
        arguments[name] = value(text, wanted)
    return arguments


def value(text: str, schema: object) -> object:
    """One value: JSON where that fits `schema`, else the text itself."""
    try:
        found: object = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        return text
    types = _types(schema)
    names = next(names for kind, names in _NAMES if type(found) is kind)
    if types and not names & types and "string" in types:
        return text
    return found


def missing(arguments: Mapping[str, Any], schema: Mapping[str, Any] | None) -> list[str]:
    """The names that the tool requires and `arguments` lacks."""
    required = (schema or {}).get("required")
    if not isinstance(required, list):
        return []
    return [name for name in required if isinstance(name, str) and name not in arguments]


def _object(document: str) -> dict[str, Any]:
    try:
        found = json.loads(document, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as wrong:
        msg = f"It is not JSON: {wrong}."
        raise BadArgument(msg) from wrong
    if not isinstance(found, dict):
        msg = "It must be a JSON object, such as '{\"limit\": 10}'."
        raise BadArgument(msg)
    return found


def _types(schema: object) -> frozenset[str]:
    """The JSON types a property admits; empty when its schema does not say."""
    if not isinstance(schema, dict):
        return frozenset()
    found = schema.get("type")
    named = found if isinstance(found, list) else [found]
    types = {name for name in named if isinstance(name, str)}
    for word in ("anyOf", "oneOf"):
        choices = schema.get(word)
        for choice in choices if isinstance(choices, list) else []:
            types |= _types(choice)
    return frozenset(types)


def _no_constant(name: str) -> NoReturn:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        msg = f"{text} is too large"
        raise ValueError(msg)
    return number
