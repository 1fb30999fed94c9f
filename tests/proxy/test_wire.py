"""JSON on the wire: what is read is what is written, and nothing else is read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy import wire

TEXT = st.text(st.characters())  # with lone surrogates, which JSON can escape
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUE)
def test_a_value_survives_the_wire(value: object) -> None:
    """What is written in one line is read as the same value, lone surrogates too."""
    line = wire.encode(value)
    assert b"\n" not in line
    assert wire.decode(line) == value
    assert wire.encode(wire.decode(line)) == line


@given(st.binary(max_size=200))
def test_bytes_are_json_or_a_clear_refusal(data: bytes) -> None:
    """Nothing but `NotJson` comes out of bytes that are not JSON."""
    try:
        value = wire.decode(data)
    except wire.NotJson:
        return
    assert wire.decode(wire.encode(value)) == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"NaN", "NaN is not a JSON number"),
        (b"[-Infinity]", "-Infinity is not a JSON number"),
        (b"[1e400]", "1e400 is beyond"),
        (b"[-1e400]", "-1e400 is beyond"),
        (b"1" * 5000, "too many digits"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"\xff", "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b"", "Expecting value"),
        (b"{} {}", "Extra data"),
    ],
)
def test_what_no_peer_could_read_is_refused_with_the_reason(data: bytes, why: str) -> None:
    """The reason quotes nothing that could be secret."""
    with pytest.raises(wire.NotJson, match=why):
        wire.decode(data)


def test_a_refusal_never_quotes_the_document() -> None:
    """A token in a broken message does not reach a log by way of the error."""
    for data in (b'{"token": canary}', b'"canary', b'"canary\xff"'):
        with pytest.raises(wire.NotJson) as caught:
            wire.decode(data)
        assert "canary" not in str(caught.value)


def test_what_is_not_json_is_never_written() -> None:
    """An infinity of our own making is our mistake, and does not leave."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        wire.encode({"n": float("inf")})


def test_responses_have_their_shape() -> None:
    """A result or an error, each with the id it answers."""
    assert wire.result("a", {"x": 1}) == {"jsonrpc": "2.0", "id": "a", "result": {"x": 1}}
    assert json.loads(wire.encode(wire.error(None, wire.PARSE_ERROR, "no", {"y": 2}))) == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32700, "message": "no", "data": {"y": 2}},
    }
