"""Arguments of a call, from words on a command line.

A value is JSON where it parses as JSON, else a string. The tool's own schema settles the doubtful
cases: `--arg id=123` stays text where the tool wants text.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

import click

from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NAMES: tuple[tuple[type, frozenset[str]], ...] = (
    (bool, frozenset({"boolean"})),
    (int, frozenset({"integer", "number"})),
    (float, frozenset({"number"})),
    (str, frozenset({"string"})),
    (list, frozenset({"array"})),
    (dict, frozenset({"object"})),
    (type(None), frozenset({"null"})),
)


_OPEN = ("additionalProperties", "patternProperties", "allOf", "anyOf", "oneOf", "$ref")
"""Words of a schema by which it may take arguments that `properties` does not name."""


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


def understood(
    pairs: tuple[str, ...], document: str | None, schema: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The same for a command, which is not understood where the arguments are not.

    Raises:
        click.BadParameter: They are not.
    """
    try:
        return parse(pairs, document, schema)
    except BadArgument as wrong:
        raise click.BadParameter(str(wrong), param_hint="--arg / --json-args") from wrong


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


def complaint(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What is wrong with the names of `arguments`, as sentences; empty when nothing is.

    A server that has not said what it takes is believed to take anything; one that has is believed
    to ignore the rest, which a person who mistyped a name would never learn.
    """
    known = schema.get("properties")
    names = list(known) if isinstance(known, dict) else []
    lacking = missing(arguments, schema)
    closed = isinstance(known, dict) and not any(schema.get(word) for word in _OPEN)
    odd = [name for name in arguments if name not in names] if closed else []
    if not lacking and not odd:
        return ""
    said = [f"It needs {_listed(lacking)}."] if lacking else []
    said += [f"It does not take {plain(name)}{near(name, names)}." for name in odd]
    optional = [name for name in names if name not in missing({}, schema)]
    if odd and names:
        said.append(f"It takes {_listed(names)}.")
    elif optional:
        said.append(f"It also takes {_listed(optional)}.")
    return " ".join((*said, "Give each with --arg NAME=VALUE." if names else "")).strip()


def near(word: str, words: Iterable[str]) -> str:
    """What somebody who mistyped `word` may have meant, in parentheses; empty for no idea."""
    # Only somebody who made a mistake waits for this import.
    import difflib

    close = difflib.get_close_matches(word.lower(), list(words), n=3, cutoff=0.6)
    return f" (did you mean {' or '.join(plain(one) for one in close)}?)" if close else ""


def _listed(names: Sequence[str]) -> str:
    shown = [plain(name) for name in names]
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


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
