"""Requests as each era writes them."""

from __future__ import annotations

import json
from typing import Any

from mcp.shared import inbound

from proxy.upstream import Era
from proxy.upstream.era import Terms
from proxy.upstream.request import write

_MODERN = Terms(Era.MODERN, "2026-07-28")
_LEGACY = Terms(Era.LEGACY, "2025-06-18")
_CAPABILITIES: dict[str, Any] = {"elicitation": {"form": {}}}


def _params() -> dict[str, Any]:
    """A call by a modern client that says everything it can say."""
    return {
        "name": "überweisung",
        "arguments": {"region": "eu", "nested": {"x": None}},
        "inputResponses": {"q": {"action": "accept"}},
        "requestState": "opaque",
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {"sampling": {}},
            "io.modelcontextprotocol/logLevel": "debug",
            "traceparent": "00-1-2-01",
            "progressToken": "mine",
        },
    }


def test_a_modern_request_passes_the_reference_sdks_own_gate() -> None:
    """Headers and `_meta` agree, as the SDK's servers check them."""
    written = write(_MODERN, 7, "tools/call", _params(), capabilities=_CAPABILITIES)
    headers = {name.decode(): value.decode() for name, value in written.headers}
    route = inbound.classify_inbound_request(json.loads(written.body), headers=headers)
    assert isinstance(route, inbound.InboundModernRoute)
    assert route.client_capabilities == _CAPABILITIES


def test_a_request_about_a_task_names_it_in_a_header() -> None:
    """By which a gateway finds the server that runs it (SEP-2663, "Routing Headers")."""
    written = write(_MODERN, 7, "tasks/get", {"taskId": "t1"}, capabilities={})
    assert (b"mcp-name", b"t1") in written.headers
    written = write(_LEGACY, 7, "tasks/get", {"taskId": "t1"}, capabilities={})
    assert b"mcp-name" not in dict(written.headers)


def test_a_modern_request_keeps_what_the_client_said_and_never_changes_it() -> None:
    """Trace, log level, responses and state arrive; the progress token is ours and comes back."""
    params = _params()
    written = write(_MODERN, 7, "tools/call", params, capabilities=_CAPABILITIES)
    sent = json.loads(written.body)["params"]
    assert params == _params()
    assert written.progress_token == "mine"
    assert sent["_meta"]["progressToken"] == 7
    assert sent["_meta"]["traceparent"] == "00-1-2-01"
    assert sent["_meta"]["io.modelcontextprotocol/logLevel"] == "debug"
    for name in ("name", "arguments", "inputResponses", "requestState"):
        assert sent[name] == params[name]


def test_a_legacy_request_carries_nothing_of_the_modern_era() -> None:
    """The modern keys stay here; the rest of `_meta` goes on."""
    written = write(_LEGACY, 7, "tools/call", _params(), capabilities=_CAPABILITIES)
    sent = json.loads(written.body)["params"]
    assert sent == {
        "name": "überweisung",
        "arguments": _params()["arguments"],
        "_meta": {"traceparent": "00-1-2-01", "progressToken": 7},
    }
    names = [name for name, _ in written.headers]
    assert b"mcp-method" not in names
    assert (b"mcp-protocol-version", b"2025-06-18") in written.headers


def test_a_request_without_meta_gets_none_in_the_legacy_era() -> None:
    """Nothing is added that nobody asked for, and no progress is asked for."""
    written = write(_LEGACY, 7, "tools/list", {}, capabilities={})
    assert json.loads(written.body)["params"] == {}
    assert written.progress_token is None
