"""What the headers of a request must say about its message; pure.

MCP 2026-07-28, "Streamable HTTP": a modern request repeats version, method and name in headers, and
is refused where they differ. Which era a request belongs to is decided here, too.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from ide_protocol.http.request import Refusal, identifier_of
from proxy import wire
from proxy.upstream.era import (
    CAPABILITIES_KEY,
    HEADER_MISMATCH,
    LEGACY_VERSIONS,
    MODERN_VERSIONS,
    NAMED_BY,
    TASKS_NAMED_BY,
    UNSUPPORTED_VERSION,
    VERSION_KEY,
)
from proxy.upstream.mirror import repeated

if TYPE_CHECKING:
    from ide_protocol.http.request import Request
    from proxy.upstream.mirror import Mirror

JSON, EVENTS = "application/json", "text/event-stream"
VERSION = "mcp-protocol-version"
METHOD = "mcp-method"
NAME = "mcp-name"

_MISSING_CAPABILITY = -32021

_REMOVED = frozenset(
    {
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
    }
)
"""What the modern era took away (2026-07-28, changelog)."""

_STATUS = {
    wire.PARSE_ERROR: 400,
    wire.INVALID_REQUEST: 400,
    wire.INVALID_PARAMS: 400,
    HEADER_MISMATCH: 400,
    _MISSING_CAPABILITY: 400,
    UNSUPPORTED_VERSION: 400,
    wire.METHOD_NOT_FOUND: 404,
}

_WRAPPED = re.compile(r"=\?base64\?(.*)\?=", re.DOTALL)
_WHOLE = re.compile(r"(-?[0-9]+)(?:\.0+)?")


def read(request: Request) -> dict[str, Any] | Refusal:
    """The message of a POST, or why it is none."""
    kind = (request.field("content-type") or "").partition(";")[0].strip().lower()
    if kind != JSON:
        return Refusal(415, wire.INVALID_REQUEST, f"A message is sent as {JSON}.")
    if not request.accepts(JSON, EVENTS):
        return Refusal(406, wire.INVALID_REQUEST, f"`Accept` must name {JSON} and {EVENTS}.")
    try:
        message = wire.decode(request.body)
    except wire.NotJson as wrong:
        return Refusal(400, wire.PARSE_ERROR, f"Not a JSON message: {wrong}.")
    if not isinstance(message, dict):
        return Refusal(400, wire.INVALID_REQUEST, "A message is one JSON object.")
    return _misshapen(message) or message


def _misshapen(message: dict[str, Any]) -> Refusal | None:
    identifier, method = identifier_of(message), message.get("method")
    if ("id" in message and identifier is None) or not isinstance(method, str | None):
        text = "A request needs a method (text) and an id (text or whole number)."
        return Refusal(400, wire.INVALID_REQUEST, text)
    if method is None and (identifier is None or not {"result", "error"} & message.keys()):
        return Refusal(400, wire.INVALID_REQUEST, "A message has a method, or answers one.")
    if not isinstance(message.get("params", {}), dict):
        return Refusal(400, wire.INVALID_PARAMS, "`params` must be an object.")
    return None


def modern(request: Request, message: dict[str, Any]) -> bool:
    """Whether a request is of the modern era: its body says so, or its version is no legacy one."""
    version = request.field(VERSION)
    return VERSION_KEY in _meta(message) or (version is not None and version not in LEGACY_VERSIONS)


def status(answer: dict[str, Any]) -> int:
    """The HTTP status of a modern JSON-RPC response that is sent alone."""
    error = answer.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return _STATUS.get(code, 200) if isinstance(code, int) else 200


def refuse(request: Request, message: dict[str, Any]) -> Refusal | None:
    """Why a modern request is refused before it is read; None when it is not.

    A client that disagrees with itself is told so first, rather than that a version is unknown.
    """
    meta = _meta(message)
    missing = [key for key in (VERSION_KEY, CAPABILITIES_KEY) if key not in meta]
    if missing:
        text = f"`params._meta` must have {' and '.join(missing)}."
        return Refusal(400, wire.INVALID_PARAMS, text)
    differing = _differing(request, message, meta)
    if differing is not None:
        return mismatch(differing)
    version = meta[VERSION_KEY]
    if version not in MODERN_VERSIONS:
        return Refusal(
            400,
            UNSUPPORTED_VERSION,
            "That protocol version is not supported.",
            {"supported": list(MODERN_VERSIONS), "requested": version},
        )
    if message["method"] in _REMOVED:
        return Refusal(404, wire.METHOD_NOT_FOUND, "The modern era has no such method.")
    return None


def mismatch(field: str) -> Refusal:
    """The refusal of a request of which one header and the body differ."""
    return Refusal(400, HEADER_MISMATCH, f"The header {field} and the body differ.")


def _differing(request: Request, message: dict[str, Any], meta: dict[str, Any]) -> str | None:
    """The first header that is missing, doubled, or says something else than the body."""
    twice = next((name for name in (VERSION, METHOD, NAME) if request.count(name) > 1), None)
    if twice is not None:
        return twice
    if request.field(VERSION) != meta[VERSION_KEY]:
        return VERSION
    method = message["method"]
    if request.field(METHOD) != method:
        return METHOD
    by = NAMED_BY.get(method)
    if method in TASKS_NAMED_BY and request.count(NAME):
        # Servers let clients leave out this one, which the SDK's own clients never send.
        by = TASKS_NAMED_BY[method]
    named = message["params"].get(by) if by is not None else None
    return NAME if named is not None and decoded(request.field(NAME)) != named else None


def unmirrored(request: Request, message: dict[str, Any], marks: Mirror) -> str | None:
    """The first `Mcp-Param-…` header that does not repeat its argument; None when all do.

    Args:
        request: With the headers.
        message: A `tools/call`.
        marks: The parameters that the tool wants repeated.
    """
    arguments = message["params"].get("arguments")
    for name, value, text in repeated(marks, arguments if isinstance(arguments, dict) else {}):
        field = f"mcp-param-{name.lower()}"
        if request.count(field) > 1 or not _repeats(request.field(field), value, text):
            return field
    return None


def _repeats(given: str | None, value: object, text: str | None) -> bool:
    if text is None or given is None:
        return given is text
    said = decoded(given)
    if said is None or said == text:
        return said is not None
    # 42 and 42.0 are the same number, however each side wrote it.
    ours, theirs = _WHOLE.fullmatch(text), _WHOLE.fullmatch(said)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and ours is not None and theirs is not None and ours[1] == theirs[1]


def decoded(value: str | None) -> str | None:
    """What a header carries, see `proxy.upstream.era.header_value`; None for a broken wrapping."""
    wrapped = _WRAPPED.fullmatch(value or "")
    if wrapped is None:
        return value
    try:
        data = base64.b64decode(wrapped[1], validate=True)
        # Only the canonical form: another reader must not see another value.
        canonical = base64.b64encode(data).decode("ascii") == wrapped[1]
        return data.decode("utf-8") if canonical else None
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def _meta(message: dict[str, Any]) -> dict[str, Any]:
    params = message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    return meta if isinstance(meta, dict) else {}
