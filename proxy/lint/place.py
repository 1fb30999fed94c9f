"""The places of a JSON Schema that hold schemas themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

_ONE = (
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_SEVERAL = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
_MOST = 10_000
"""Places of one schema; no honest one has a tenth of them."""


def places(schema: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside `schema`, itself first, with its path in words of parameters.

    The stack is explicit, so that no depth of nesting exhausts the interpreter's own.
    """
    stack: list[tuple[str, object]] = [("", schema)]
    for _ in range(_MOST):
        if not stack:
            return
        where, node = stack.pop()
        if not isinstance(node, dict):
            continue
        yield where, node
        inner: list[tuple[str, object]] = []
        for word in _NAMED:
            named = node.get(word)
            for name, part in (named if isinstance(named, dict) else {}).items():
                inner.append((f"{where}.{name}" if where else str(name), part))
        inner += [(f"{where}[]" if word == "items" else where, node.get(word)) for word in _ONE]
        for word in _SEVERAL:
            parts = node.get(word)
            inner += [(where, part) for part in (parts if isinstance(parts, list) else [])]
        stack += reversed(inner)


def resolved(schema: object, reference: object) -> object:
    """What a `$ref` leads to inside `schema` (RFC 6901, in a fragment); None where that is nothing.

    A name that the schema gives itself (`#name`) is looked for among its anchors.
    """
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    pointer = unquote(reference[1:])
    if pointer and not pointer.startswith("/"):
        return next((node for _, node in places(schema) if node.get("$anchor") == pointer), None)
    found = schema
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(key)
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            return None
    return found
