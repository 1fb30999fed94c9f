"""A server whose schemas hosts, model APIs or JSON Schema itself reject."""

from __future__ import annotations

from typing import Any

from proxy.lint.rule import Rule
from tests.proxy.lint.line_server import serve

_PAGE = {"type": "string", "description": "The page's own number"}


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a schema is.
    return {"type": "object", "properties": properties}


def _described(**schema: Any) -> dict[str, Any]:  # noqa: ANN401 - the same.
    return {"description": "What is looked for in it", **schema}


SCHEMAS: dict[str, tuple[dict[str, Any], set[Rule]]] = {
    "takes_nothing": ({}, {Rule.SCHEMA_NOT_OBJECT}),
    "takes_a_list": ({"type": "array", "items": _PAGE}, {Rule.SCHEMA_NOT_OBJECT}),
    "takes_either": (
        {**_object(page=_PAGE), "anyOf": [{"required": ["page"]}]},
        {Rule.SCHEMA_TOP_LEVEL},
    ),
    "refers_away": (
        _object(page={"$ref": "https://schemas.example/page.json", **_described()}),
        {Rule.SCHEMA_REFERENCE},
    ),
    "refers_to_nothing": (
        _object(page={"$ref": "#/$defs/Page", **_described()}),
        {Rule.SCHEMA_REFERENCE},
    ),
    "lists_of_what": (_object(pages=_described(type="array")), {Rule.SCHEMA_ARRAY}),
    "odd_pattern": (
        _object(page=_described(type="string", pattern="^(?=.*[0-9]).+$")),
        {Rule.SCHEMA_PATTERN},
    ),
    "broken_pattern": (
        _object(page=_described(type="string", pattern="[0-9")),
        {Rule.SCHEMA_PATTERN},
    ),
    "wants_the_unknown": (
        {**_object(page=_PAGE), "required": ["page", "pages"]},
        {Rule.SCHEMA_REQUIRED},
    ),
    "no_schema_at_all": (
        _object(page=_described(type="text")),
        {Rule.SCHEMA_INVALID},
    ),
    "asks_for_headers": (
        _object(page=_described(type="array", items={"type": "string", "x-mcp-header": "Page"})),
        {Rule.SCHEMA_HEADER},
    ),
    "untyped": (_object(page=_described()), {Rule.PARAMETER_UNTYPED}),
    "in_order": (
        {
            **_object(
                page={"$ref": "#/$defs/Page"},
                size={"anyOf": [{"type": "integer"}, {"type": "null"}], **_described()},
                code=_described(type="string", pattern="^[a-z]{2}-[0-9]+$"),
            ),
            "required": ["page"],
            "$defs": {"Page": {**_PAGE, "type": "string"}},
        },
        set(),
    ),
}
"""Tool -> its input schema, and the rules that it does not keep."""

PLANTED: set[tuple[Rule, str]] = {
    (rule, name) for name, (_, rules) in SCHEMAS.items() for rule in rules
}


def _tool(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "description": "Looks up a page of the handbook by its number.",
        "annotations": {"readOnlyHint": True},
        "inputSchema": schema,
    }


TOOLS = [_tool(name, schema) for name, (schema, _) in SCHEMAS.items()]

if __name__ == "__main__":
    serve(TOOLS, name="handbook")
