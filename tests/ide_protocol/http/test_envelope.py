"""What headers and body must say of each other, as 2026-07-28 has it."""

from __future__ import annotations

from typing import Any

import pytest

from ide_protocol.http import envelope
from ide_protocol.http.request import Refusal, Request
from proxy import wire
from tests.ide_protocol.http.conftest import MODERN, meta

MARKS = {("region",): "Region", ("deep", "count"): "Count"}


def request(**fields: str) -> Request:
    """A request with these headers; an underscore stands for a hyphen."""
    return Request("POST", "/mcp", [(k.replace("_", "-"), v) for k, v in fields.items()])


def call(name: str = "read", **arguments: object) -> dict[str, Any]:
    """A modern call."""
    params = {"name": name, "arguments": arguments, "_meta": meta()}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def labelled(name: str = "read", **fields: str) -> Request:
    """The headers of that call."""
    label = {"mcp_protocol_version": MODERN, "mcp_method": "tools/call", "mcp_name": name}
    return request(**{**label, **fields})


def code(refusal: Refusal | None) -> tuple[int, int] | None:
    """HTTP status and JSON-RPC code."""
    return None if refusal is None else (refusal.status, refusal.code)


def test_a_request_whose_headers_repeat_its_body_is_served() -> None:
    """Also where the name is no ASCII."""
    assert envelope.refuse(labelled(), call()) is None
    assert envelope.refuse(labelled(mcp_name="=?base64?w6k=?="), call("é")) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"mcp_protocol_version": "2025-11-25"},
        {"mcp_method": "tools/list"},
        {"mcp_name": "write"},
        {"mcp_name": "=?base64?!!?="},
        {"mcp_name": "=?base64?cmVhZB==?="},
    ],
)
def test_a_header_that_says_something_else_is_a_mismatch(fields: dict[str, str]) -> None:
    """A gateway that believes headers and a server that believes bodies must not differ."""
    assert code(envelope.refuse(labelled(**fields), call())) == (400, -32020)


def test_the_header_of_a_task_may_be_missing_and_may_not_name_another() -> None:
    """Gateways route by it (SEP-2663); servers do not insist on it."""
    params = {"taskId": "t1", "_meta": meta()}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": params}
    bare = request(mcp_protocol_version=MODERN, mcp_method="tasks/get")
    assert envelope.refuse(bare, message) is None
    for name, refused in (("t1", None), ("t2", (400, -32020)), ("", (400, -32020))):
        named = request(mcp_protocol_version=MODERN, mcp_method="tasks/get", mcp_name=name)
        assert code(envelope.refuse(named, message)) == refused


@pytest.mark.parametrize("name", ["mcp-protocol-version", "mcp-method", "mcp-name"])
def test_a_header_that_is_missing_or_doubled_is_a_mismatch(name: str) -> None:
    """Two readers may take different copies."""
    fields = list(labelled().fields)
    without = Request("POST", "/mcp", [field for field in fields if field[0] != name])
    twice = Request("POST", "/mcp", [*fields, (name, "other")])
    assert code(envelope.refuse(without, call())) == (400, -32020)
    assert code(envelope.refuse(twice, call())) == (400, -32020)


@pytest.mark.parametrize("lacking", ["protocolVersion", "clientCapabilities"])
def test_a_request_must_say_version_and_capabilities(lacking: str) -> None:
    """But not who the client is."""
    message = call()
    del message["params"]["_meta"][f"io.modelcontextprotocol/{lacking}"]
    assert code(envelope.refuse(labelled(), message)) == (400, wire.INVALID_PARAMS)
    message = call()
    del message["params"]["_meta"]["io.modelcontextprotocol/clientInfo"]
    assert envelope.refuse(labelled(), message) is None


def test_an_unknown_version_is_told_the_known_ones() -> None:
    """And is repeated."""
    message = call()
    message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2031-01-01"
    refusal = envelope.refuse(labelled(mcp_protocol_version="2031-01-01"), message)
    assert code(refusal) == (400, -32022)
    assert refusal is not None
    assert refusal.data == {"supported": [MODERN], "requested": "2031-01-01"}


@pytest.mark.parametrize("method", ["initialize", "ping", "resources/subscribe"])
def test_what_the_modern_era_took_away_is_not_there(method: str) -> None:
    """Although the same front has it for legacy clients."""
    message = {"id": 1, "method": method, "params": {"_meta": meta()}}
    fields = request(mcp_protocol_version=MODERN, mcp_method=method)
    assert code(envelope.refuse(fields, message)) == (404, wire.METHOD_NOT_FOUND)


@pytest.mark.parametrize(
    ("version", "message", "expected"),
    [
        (None, {"method": "ping"}, False),
        ("2025-11-25", {"method": "ping"}, False),
        (MODERN, {"method": "ping"}, True),
        ("2031-01-01", {"method": "ping"}, True),
        ("2025-11-25", call(), True),
    ],
)
def test_header_or_body_make_a_request_modern(
    version: str | None, message: dict[str, Any], expected: bool
) -> None:
    """A legacy version, or none, belongs to a legacy client unless the body knows better."""
    fields = {"mcp_protocol_version": version} if version else {}
    assert envelope.modern(request(**fields), message) is expected


def test_mirrored_parameters_must_be_repeated_exactly() -> None:
    """Present together and equal, or absent together; whole numbers are equal as numbers."""

    def differing(arguments: dict[str, Any], **fields: str) -> str | None:
        return envelope.unmirrored(labelled(**fields), call(**arguments), MARKS)

    assert differing({}) is None
    assert differing({"region": None}) is None
    assert differing({"region": "eu"}, mcp_param_region="eu") is None
    assert differing({"region": "é"}, mcp_param_region="=?base64?w6k=?=") is None
    assert differing({"deep": {"count": 42.0}}, mcp_param_count="42") is None
    assert differing({"region": "eu"}) == "mcp-param-region"
    assert differing({}, mcp_param_region="eu") == "mcp-param-region"
    assert differing({"region": "42"}, mcp_param_region="42.0") == "mcp-param-region"
    assert differing({"deep": {"count": 42}}, mcp_param_count="43") == "mcp-param-count"


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"{}", "text/plain", (415, wire.INVALID_REQUEST)),
        (b"{", "application/json", (400, wire.PARSE_ERROR)),
        (b"[]", "application/json", (400, wire.INVALID_REQUEST)),
        (b"{}", "application/json", (400, wire.INVALID_REQUEST)),
        (b'{"method":1}', "application/json", (400, wire.INVALID_REQUEST)),
        (b'{"method":"a","id":null}', "application/json", (400, wire.INVALID_REQUEST)),
        (b'{"id":1}', "application/json", (400, wire.INVALID_REQUEST)),
        (b'{"method":"a","params":[]}', "application/json", (400, wire.INVALID_PARAMS)),
    ],
)
def test_what_is_no_message_is_refused(body: bytes, kind: str, expected: tuple[int, int]) -> None:
    """Each with the reason a client's author can use."""
    found = envelope.read(Request("POST", "/mcp", [("content-type", kind)], body))
    assert isinstance(found, Refusal)
    assert code(found) == expected


def test_a_client_must_take_both_kinds_of_answers() -> None:
    """Which of them an answer is stands fixed only once it is there."""
    fields = [("content-type", "application/json"), ("accept", "application/json")]
    found = envelope.read(Request("POST", "/mcp", fields, b'{"method":"a"}'))
    assert isinstance(found, Refusal)
    assert found.status == 406
