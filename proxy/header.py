"""Which headers somebody may add to the requests to a server; pure."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OWN = frozenset(
    {"host", "accept", "connection", "transfer-encoding", "te", "trailer", "upgrade", "expect"}
    | {"last-event-id", "traceparent", "tracestate", "baggage"}
)
"""Headers that Portico writes, or that say how the connection is used (RFC 9110)."""


def may_be_added(name: str) -> bool:
    """Whether `name` is that of a header which says nothing of the request itself."""
    folded = name.lower()
    own = folded in _OWN or folded.startswith(("mcp-", "content-", "proxy-"))
    return _NAME.fullmatch(name) is not None and not own
