"""The handshake that opens the legacy era: what is said, and what the answer means; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.upstream.answer import Rejected
from proxy.upstream.era import CLIENT_INFO, LEGACY_VERSIONS, Era, Terms
from proxy.upstream.fault import UpstreamMalformed
from proxy.wire import encode

if TYPE_CHECKING:
    from collections.abc import Mapping


MOST_INSTRUCTIONS = 64 * 1024
"""Characters of a server's instructions that are kept and compared."""


def hello(identifier: int, capabilities: Mapping[str, Any]) -> bytes:
    """An `initialize` request on behalf of clients with these capabilities."""
    params = {
        "protocolVersion": LEGACY_VERSIONS[-1],
        "capabilities": dict(capabilities),
        "clientInfo": CLIENT_INFO,
    }
    return encode({"jsonrpc": "2.0", "id": identifier, "method": "initialize", "params": params})


def agreed(server: str, envelope: dict[str, Any]) -> Terms:
    """What a server answered to `initialize`.

    Raises:
        Rejected: It answered with an error.
        UpstreamMalformed: It speaks no revision that Portico knows.
    """
    failure = envelope.get("error")
    if isinstance(failure, dict):
        said = plain(str(failure.get("message", "")))
        msg = f"{server} refused the handshake and said: {said}"
        raise Rejected(200, envelope, UpstreamMalformed(msg, may_have_run=False))
    answer = envelope["result"]
    version = answer.get("protocolVersion") if isinstance(answer, dict) else None
    if version not in LEGACY_VERSIONS:
        shown = plain(str(version), 40)
        msg = f"{server} speaks MCP {shown}, which Portico does not know."
        raise UpstreamMalformed(msg, may_have_run=False)
    can, info = mapping(answer.get("capabilities")), mapping(answer.get("serverInfo"))
    return Terms(Era.LEGACY, version, can, info, instructions=told(answer))


def mapping(value: object) -> dict[str, Any]:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def told(answer: dict[str, Any]) -> str:
    """The instructions in a server's greeting, cut where they are longer than anybody reads."""
    said = answer.get("instructions")
    return said[:MOST_INSTRUCTIONS] if isinstance(said, str) else ""
