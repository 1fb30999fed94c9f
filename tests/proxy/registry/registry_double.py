"""A small registry of API v0.1 that answers as a test tells it, and remembers what it was asked."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

OFFICIAL = "io.modelcontextprotocol.registry/official"
KEY = "com.example.corp/governance"

BLOCK: dict[str, Any] = {
    "schemaVersion": 1,
    "environment": "prod",
    "visibility": "explain",
    "owner": {"team": "data", "contact": "data@corp.example", "support": "#data-help"},
    "reviews": {
        "security": {"ticket": "SEC-1", "state": "approved", "expires": "2027-03-01"},
        "legalPrivacy": {"ticket": "LEG-2", "state": "approved"},
        "genai": {"ticket": "GAI-3", "state": "approved"},
    },
    "auth": {"mode": "user-jwt"},
    "access": {"groups": ["eng", "ops"]},
    "context": {"surfaces": ["ide"]},
    "tools": {
        "query": {"risk": "read", "confirm": "never", "minutesSaved": 4},
        "drop": {"risk": "destructive", "groups": ["ops"]},
    },
}
"""A block that nothing speaks against, on any day before March 2027."""


def block(**changes: object) -> dict[str, Any]:
    """`BLOCK` with some keys changed; a dotted key is spelled with `__`, None takes it away."""
    made = copy.deepcopy(BLOCK)
    for path, value in changes.items():
        *above, last = path.split("__")
        table = made
        for part in above:
            table = table[part]
        if value is None:
            table.pop(last, None)
        else:
            table[last] = value
    return made


def envelope(
    name: str = "com.example/presto",
    governance: object = None,
    *,
    url: str = "https://mcp.corp.example/presto/mcp",
    **official: object,
) -> dict[str, Any]:
    """One entry as a registry sends it; without governance it has no block."""
    meta: dict[str, Any] = {OFFICIAL: {"status": "active", **official}}
    if governance is not None:
        meta[KEY] = governance
    remotes = [{"type": "streamable-http", "url": url}]
    server = {"name": name, "description": "Rows.", "version": "1.0.0", "remotes": remotes}
    return {"server": server, "_meta": meta}


class RegistryDouble:
    """What it lists, how it fails, and every request it got.

    Attributes:
        url: Where it listens.
        entries: Its envelopes.
        page: How many stand on one page.
        answers: Given instead of the next answers, one each.
        tokens: The only bearer tokens it accepts; None asks for none.
        asked: Query and headers of each request.
    """

    def __init__(self) -> None:
        self.url = ""
        self.entries: list[dict[str, Any]] = []
        self.page = 2
        self.answers: list[Response] = []
        self.tokens: set[str] | None = None
        self.asked: list[tuple[dict[str, str], dict[str, str]]] = []

    def application(self) -> Starlette:
        """The registry as a web application."""
        return Starlette(routes=[Route("/v0.1/servers", self._servers)])

    async def _servers(self, request: Request) -> Response:
        self.asked.append((dict(request.query_params), dict(request.headers)))
        if self.answers:
            return self.answers.pop(0)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens is not None and bearer not in self.tokens:
            return JSONResponse({"error": "who?"}, 401)
        start = int(request.query_params.get("cursor", "0"))
        servers = self.entries[start : start + self.page]
        after = start + self.page
        etag = f'"{hash(str(servers))}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        metadata = {"nextCursor": str(after)} if after < len(self.entries) else {}
        return JSONResponse({"servers": servers, "metadata": metadata}, headers={"ETag": etag})
