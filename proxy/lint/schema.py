"""What is wrong with the schemas of a tool: what hosts, model APIs or JSON Schema itself reject."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from proxy.lint.naming import shown
from proxy.lint.place import places, resolved
from proxy.lint.rule import Finding, Rule
from proxy.plain import exact, plain
from proxy.upstream.mirror import BadMark, mirror

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TOP = ("anyOf", "oneOf", "allOf", "not", "enum", "if")
_OWN_DIALECT = re.compile(r"\(\?(?!:)|\\[1-9]|\\k<|\\[AZzG]|[*+?}]\+|\\p\{|\[\[:")
"""Look-around, groups with names or flags, back-references, anchors of other dialects, possessive
quantifiers and classes: JSON Schema recommends to keep to what all share (2020-12, 6.4)."""

_SCHEMAS = ("inputSchema", "outputSchema")


def of_schemas(tool: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with the schemas of one tool."""
    for key in _SCHEMAS:
        schema = tool.get(key)
        if schema is None and key == "outputSchema":
            continue  # A tool need not say what it answers.
        if not isinstance(schema, dict) or schema.get("type") != "object":
            says = f"Its {key} is not of type object."
            yield Finding(Rule.SCHEMA_NOT_OBJECT, shown(tool), says)
        if not isinstance(schema, dict):
            continue
        yield from _everywhere(key, tool, schema)
        if wrong := _invalid(schema):
            yield Finding(Rule.SCHEMA_INVALID, shown(tool), f"Its {key} is no schema: {wrong}.")
    schema = tool.get("inputSchema")
    if isinstance(schema, dict):
        yield from _input(tool, schema)


def _everywhere(key: str, tool: Mapping[str, Any], schema: dict[str, Any]) -> Iterator[Finding]:
    """What may stand nowhere, in either schema."""
    for where, node in places(schema):
        at = f"{key}{f' at {plain(exact(where), 60)}' if where else ''}"
        reference = node.get("$ref")
        if isinstance(reference, str) and resolved(schema, reference) is None:
            away = "to nothing in it" if reference.startswith("#") else "out of it"
            says = f"Its {at} refers {away} ({plain(exact(reference), 60)})."
            yield Finding(Rule.SCHEMA_REFERENCE, shown(tool), says)
        pattern = node.get("pattern")
        if isinstance(pattern, str) and not _is_common(pattern):
            says = f"Its {at} has the pattern {plain(exact(pattern), 60)}, which hosts may refuse."
            yield Finding(Rule.SCHEMA_PATTERN, shown(tool), says)


def _input(tool: Mapping[str, Any], schema: dict[str, Any]) -> Iterator[Finding]:
    """What model APIs reject in what a tool takes."""
    if found := [word for word in _TOP if word in schema]:
        says = f"Its inputSchema has {' and '.join(found)} at the top; describe one object there."
        yield Finding(Rule.SCHEMA_TOP_LEVEL, shown(tool), says)
    for where, node in places(schema):
        place = plain(exact(where), 60)
        if node.get("type") == "array" and not {"items", "prefixItems"} & set(node):
            says = f"The list {place or 'at the top'} does not say of what (items)."
            yield Finding(Rule.SCHEMA_ARRAY, shown(tool), says)
        for name in _lacking(node):
            says = f"It requires {plain(exact(name), 60)}, which is not among its properties."
            yield Finding(Rule.SCHEMA_REQUIRED, shown(tool), says)
    try:
        mirror(schema)
    except BadMark as bad:
        yield Finding(Rule.SCHEMA_HEADER, shown(tool), f"In its inputSchema, {bad}.")


def _lacking(node: Mapping[str, Any]) -> list[str]:
    required, properties = node.get("required"), node.get("properties")
    if not isinstance(required, list) or not isinstance(properties, dict):
        # Without properties of its own, `required` may speak of what stands around it.
        return []
    return [name for name in required if isinstance(name, str) and name not in properties]


def _is_common(pattern: str) -> bool:
    """Whether a pattern is one in every dialect that hosts use (ECMA 262, RE2, Python)."""
    # A backslash that stands for itself begins no escape.
    if _OWN_DIALECT.search(pattern.replace("\\\\", "")):
        return False
    try:
        re.compile(pattern)
    except (re.error, RecursionError):
        return False
    return True


def _invalid(schema: Mapping[str, Any]) -> str:
    """Why JSON Schema refuses a schema; empty when it does not."""
    # It is large, and whoever lints no tools never needs it.
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
    from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
    from jsonschema.validators import validator_for  # type: ignore[import-untyped]

    dialect = validator_for(schema, default=Draft202012Validator)
    try:
        wrong = best_match(dialect(dialect.META_SCHEMA).iter_errors(schema))
    except RecursionError:
        return "it is nested too deep"
    if wrong is None:
        return ""
    place = ".".join(str(step) for step in wrong.absolute_path)
    said = plain(exact(wrong.message), 100)
    return f"{said} (at {plain(exact(place), 60)})" if place else said
