"""Tool parameters that a request repeats as HTTP headers (`x-mcp-header`, 2026-07-28, transports).

A gateway can then route by them without reading bodies. Which parameters those are stands in the
tool's `inputSchema`, so it has to be learned before the tool is called.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.upstream.era import header_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

log = logging.getLogger("portico.upstream")

MARK = "x-mcp-header"

Mirror = dict[tuple[str, ...], str]
"""Path of property names inside the arguments -> what follows `Mcp-Param-` in the header's name."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TYPES = frozenset({"string", "integer", "boolean"})
_ONE = frozenset(
    {
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"patternProperties", "dependentSchemas", "$defs", "definitions"})


class BadMark(ValueError):  # noqa: N818 - it names what is wrong with the schema.
    """A schema marks a parameter in a way the specification forbids; the text says how."""


def mirror(schema: object) -> Mirror:
    """The marked parameters of a tool's `inputSchema`.

    Raises:
        BadMark: A mark is not on a property reached through `properties` alone, not on a string,
            integer or boolean, not an RFC 9110 token, or given twice. Such a tool must not be
            offered at all.
    """
    found: Mirror = {}
    taken: set[str] = set()
    for path, node in _positions(schema):
        if MARK not in node:
            continue
        name = node[MARK]
        if not path:
            msg = "a header is asked for outside of plain properties"
        elif not isinstance(name, str) or not _TOKEN.fullmatch(name):
            msg = "a header's name is not a token"
        elif not isinstance(node.get("type"), str) or node["type"] not in _TYPES:
            msg = "a header is asked for on something that is not a string, integer or boolean"
        elif name.lower() in taken:
            msg = "two parameters ask for the same header"
        else:
            taken.add(name.lower())
            found[path] = name
            continue
        raise BadMark(msg)
    return found


def _positions(schema: object) -> Iterator[tuple[tuple[str, ...] | None, dict[str, Any]]]:
    """Every place that holds a schema, with its path, or None off the plain properties.

    The stack is explicit, so that no depth of nesting exhausts the interpreter's own.
    """
    stack: list[tuple[tuple[str, ...] | None, object]] = [((), schema)]
    while stack:
        path, node = stack.pop()
        if not isinstance(node, dict):
            continue
        yield path, node
        for word, value in node.items():
            if word == "properties" and isinstance(value, dict):
                stack += [(None if path is None else (*path, k), v) for k, v in value.items()]
            elif word in _ONE:
                stack.append((None, value))
            elif word in _SEVERAL and isinstance(value, list):
                stack += [(None, part) for part in value]
            elif word in _NAMED and isinstance(value, dict):
                stack += [(None, part) for part in value.values()]


def mirrored(marks: Mirror, arguments: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers that repeat `arguments`; absent, null and composite values have none."""
    return [
        (f"Mcp-Param-{name}".encode(), header_value(text).encode())
        for name, _, text in repeated(marks, arguments)
        if text is not None
    ]


def repeated(
    marks: Mirror, arguments: Mapping[str, Any]
) -> Iterator[tuple[str, object, str | None]]:
    """What follows `Mcp-Param-`, the argument, and the text that repeats it, None without one."""
    for path, name in marks.items():
        value: Any = arguments
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        yield name, value, _text(value)


class Marks:
    """Which parameters of one server's tools headers repeat."""

    def __init__(self) -> None:
        self._tools: dict[str, Mirror] = {}

    def of(self, tool: object) -> Mirror | None:
        """The marks of a tool, or None when it has none or was never listed."""
        return self._tools.get(tool) if isinstance(tool, str) else None

    def learn(
        self, server: str, tools: list[dict[str, Any]], *, drop: bool
    ) -> list[dict[str, Any]]:
        """Take in the schemas of `tools`.

        Returns:
            The tools; with `drop`, without those whose schema asks for headers in a forbidden
            way. The modern specification has clients drop them, the legacy one knows no marks.
        """
        good = []
        for tool in tools:
            name = tool.get("name")
            if not isinstance(name, str):
                continue
            self._tools.pop(name, None)
            try:
                marks = mirror(tool.get("inputSchema"))
            except BadMark as bad:
                if drop:
                    log.warning("%s: tool %s is left out: %s", server, plain(name, 60), bad)
                    continue
                marks = {}
            if marks:
                self._tools[name] = marks
            good.append(tool)
        return good


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        return None
    try:
        return str(value)
    except ValueError:  # an integer with more digits than Python writes out
        return None
