"""Corrected arguments against the schemas that servers write, the hostile ones among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from proxy.exchange.call import Call
from proxy.exchange.editing import NotThisEdit, checked, told
from proxy.session import Session
from proxy.upstream.listing import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE = {"type": "object", "properties": {"table": {"type": "string"}}, "required": ["table"]}


async def complaint(schema: object, arguments: dict[str, Any], method: str = "tools/call") -> str:
    """What is wrong with arguments; empty when they may run."""
    call = Call(Session("mcp"), "presto_write", {}, NOBODY, method=method)
    definition: Mapping[str, Any] | None = None if schema is None else {"inputSchema": schema}
    try:
        await checked(call, definition, arguments)
    except NotThisEdit as wrong:
        return wrong.message
    return ""


@pytest.mark.parametrize(
    ("schema", "arguments", "words"),
    [
        (TABLE, {"table": "dev.x", "more": 1}, ""),
        ({**TABLE, "additionalProperties": False}, {"table": "x", "more": 1}, "additional"),
        (TABLE, {"table": 7}, 'table does not hold to {"type":"string"}'),
        (TABLE, {}, "the whole does not hold to"),
        ({"properties": {"a": {"enum": [1]}}}, {"a": "secret"}, "a does not hold to"),
        (
            {"$defs": {"n": {"minimum": 5}}, "properties": {"n": {"$ref": "#/$defs/n"}}},
            {"n": 1},
            "n ",
        ),
        ({}, {"any": "thing"}, ""),
        (None, {"any": "thing"}, ""),
        ("odd", {"any": "thing"}, ""),
        ({"type": "nonsense"}, {}, "not valid"),
        ({"$ref": "https://elsewhere.example/schema"}, {}, "cannot be followed"),
        ({"$schema": "https://elsewhere.example/draft", "required": ["a"]}, {}, "required"),
    ],
)
async def test_a_correction_is_checked_by_the_tools_own_schema(
    schema: object, arguments: dict[str, Any], words: str
) -> None:
    """What it does not take is said without any argument's value; nothing is fetched for it."""
    found = await complaint(schema, arguments)
    assert bool(found) is bool(words)
    assert words in found
    assert "secret" not in found


async def test_a_pattern_that_never_ends_holds_nobody_up() -> None:
    """Regular expressions of a server are left for the server to match."""
    endless = "^(a+)+$"
    argument = "a" * 64 + "!"
    for schema in (
        {"properties": {"x": {"pattern": endless}}},
        {"patternProperties": {endless: {}}, "additionalProperties": False},
        {"patternProperties": {endless: {}}, "unevaluatedProperties": False},
        {"propertyNames": {"pattern": endless}},
    ):
        assert await complaint(schema, {"x": argument, argument: 1}) == ""


async def test_only_a_tools_arguments_can_be_corrected() -> None:
    """A prompt or a resource has no schema to go by."""
    assert "Only the arguments of a tool" in await complaint(TABLE, {"table": "x"}, "prompts/get")


def test_an_error_of_the_server_stays_the_servers() -> None:
    """There is no result to say anything in."""
    error = {"jsonrpc": "2.0", "error": {"code": 1, "message": "no"}}
    assert told(error, {"a": 1}) is error


def test_a_result_without_content_gets_the_word_alone() -> None:
    """Everything else of it is kept."""
    result = told({"result": {"structuredContent": {"n": 1}, "_meta": {"x": 1}}}, {"a": 1})[
        "result"
    ]
    assert result["structuredContent"] == {"n": 1}
    assert result["_meta"] == {"x": 1, "portico/edited": {"a": 1}}
    assert [block["type"] for block in result["content"]] == ["text"]
