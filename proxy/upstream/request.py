"""Requests as each era writes them: body and headers; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proxy.upstream.era import (
    CAPABILITIES_KEY,
    CLIENT_INFO,
    CLIENT_KEY,
    NAMED_BY,
    RESERVED,
    TASKS_NAMED_BY,
    VERSION_KEY,
    Era,
    Terms,
    header_value,
)
from proxy.upstream.mirror import mirrored
from proxy.wire import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.upstream.mirror import Mirror

Headers = list[tuple[bytes, bytes]]

BASE: Headers = [
    (b"accept", b"application/json, text/event-stream"),
    # The answer is read as it comes: a compressed one would hide its size until it is unpacked.
    (b"accept-encoding", b"identity"),
    (b"content-type", b"application/json"),
    (b"user-agent", f"portico/{CLIENT_INFO['version']}".encode()),
]

_MODERN_ONLY = ("inputResponses", "requestState")


@dataclass(frozen=True, slots=True)
class Written:
    """One request, ready for the wire.

    Attributes:
        identifier: Its JSON-RPC id upstream; also its progress token there.
        headers: Everything but authorisation, host and length.
        body: The JSON text.
        progress_token: What the caller's progress is called downstream, or None.
    """

    identifier: int
    headers: Headers
    body: bytes
    progress_token: int | str | None


def write(
    terms: Terms,
    identifier: int,
    method: str,
    params: Mapping[str, Any],
    *,
    capabilities: Mapping[str, Any],
    marks: Mirror | None = None,
) -> Written:
    """Write a request of either kind of client for a server of this era.

    Args:
        terms: What was agreed with the server.
        identifier: A number that no other request of this hub to this server has.
        method: The JSON-RPC method.
        params: As the client gave them; they are not changed.
        capabilities: What the asking client can be asked.
        marks: The parameters of this tool that headers repeat.
    """
    meta = params.get("_meta")
    given: dict[str, Any] = meta if isinstance(meta, dict) else {}
    token = given.get("progressToken")
    if not isinstance(token, int | str):
        token = None
    if terms.era is Era.MODERN:
        kept = {
            **given,
            VERSION_KEY: terms.version,
            CAPABILITIES_KEY: dict(capabilities),
            CLIENT_KEY: CLIENT_INFO,
        }
        sent = {**params, "_meta": kept}
    else:
        kept = {key: value for key, value in given.items() if not key.startswith(RESERVED)}
        sent = {k: v for k, v in params.items() if k not in _MODERN_ONLY and k != "_meta"}
        if kept:
            sent["_meta"] = kept
    if "progressToken" in kept:
        # Two windows may have chosen the same token; the identifier is ours alone.
        kept["progressToken"] = identifier
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": sent}
    headers = label(terms, method, params, marks)
    return Written(identifier, headers, encode(message), token)


def label(
    terms: Terms, method: str, params: Mapping[str, Any], marks: Mirror | None = None
) -> Headers:
    """The headers that say what a body is, for gateways that do not read bodies."""
    headers = [*BASE, (b"mcp-protocol-version", terms.version.encode())]
    if terms.era is Era.LEGACY:
        return headers
    headers.append((b"mcp-method", header_value(method).encode()))
    by = NAMED_BY.get(method) or TASKS_NAMED_BY.get(method)
    if by is None:
        return headers
    name = params.get(by)
    if isinstance(name, str):
        headers.append((b"mcp-name", header_value(name).encode()))
    if marks:
        arguments = params.get("arguments")
        headers += mirrored(marks, arguments if isinstance(arguments, dict) else {})
    return headers
