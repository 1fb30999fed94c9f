"""Words on a command line become arguments of a tool."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide_protocol.command_line.argument import missing, parse, value


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        ("5", None, 5),
        ("5", {"type": "integer"}, 5),
        ("5", {"type": "string"}, "5"),
        ("5", {"type": ["string", "null"]}, "5"),
        ("5", {"anyOf": [{"type": "integer"}, {"type": "string"}]}, 5),
        ("null", {"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
        ("true", {"type": "string"}, "true"),
        ("[1]", {"type": "array"}, [1]),
        ("SELECT 1", {"type": "string"}, "SELECT 1"),
        ('"quoted"', {"type": "string"}, "quoted"),
        ("NaN", None, "NaN"),
        ("1e400", None, "1e400"),
        ("", None, ""),
        ("5", {"type": 7}, 5),
    ],
)
def test_the_schema_settles_doubtful_values(text: str, schema: object, expected: object) -> None:
    """A value is JSON where the tool admits that, else the text as it was typed."""
    assert value(text, schema) == expected
    assert type(value(text, schema)) is type(expected)


def test_a_value_may_hold_an_equals_sign() -> None:
    """Only the first `=` separates, and a later pair replaces an earlier one."""
    assert parse(["a=1", "q=x=y", "a=2"], None, None) == {"q": "x=y", "a": 2}


def test_missing_names_follow_the_schema() -> None:
    """What the tool requires and nobody gave is named in the schema's order."""
    assert missing({"b": 1}, {"required": ["a", "b", "c"]}) == ["a", "c"]
    assert missing({}, {"required": "a"}) == []
    assert missing({}, None) == []


@given(st.text())
def test_every_text_becomes_valid_json(text: str) -> None:
    """Whatever is typed can be sent: nothing breaks, and nothing is infinite."""
    json.dumps(value(text, None), allow_nan=False)
