"""Example Corp's registry: the official MCP registry API v0.1, read only.

Anybody sees the public fields. A token for the registry's audience adds the governance block, and
the entries that are hidden from strangers. Names hold one slash, which clients encode.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route

from sandbox.catalog import GOVERNANCE, OFFICIAL
from sandbox.verifier import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.catalog import Entry
    from sandbox.verifier import Caller, Verifier

PAGE = 30
"""Entries on a page when the client does not say."""

LARGEST_PAGE = 100


class Registry:
    """The registry's HTTP face.

    Args:
        entries: Its envelopes; the list may be changed while it runs.
        verifier: Checks tokens for the registry's audience.

    Attributes:
        application: The ASGI application.
        largest_page: Entries on a page at most; tests make it small.
        requests: How many requests were answered, whatever the answer.
    """

    def __init__(self, entries: list[Entry], verifier: Verifier) -> None:
        self.entries = entries
        self.largest_page = LARGEST_PAGE
        self.requests = 0
        self._verifier = verifier
        path = "/v0.1/servers"
        self.application = Starlette(
            routes=[
                Route(path, self._servers),
                Route(path + "/{name:path}/versions", self._versions),
                Route(path + "/{name:path}/versions/{version}", self._version),
            ],
            middleware=[
                Middleware(
                    CORSMiddleware,
                    allow_origins=["*"],
                    allow_methods=["GET", "OPTIONS"],
                    allow_headers=["Authorization", "Content-Type", "If-None-Match"],
                    expose_headers=["ETag"],
                )
            ],
        )

    async def _servers(self, request: Request) -> Response:
        try:
            rows = await self._visible(request)
            limit = _limit(request.query_params.get("limit", str(PAGE)))
        except Refusal as no:
            return _refused(no)
        query = request.query_params
        # The cursor is the last name of the page before; it stays right when entries come and go.
        rows = [
            row
            for row in rows
            if _name(row) > query.get("cursor", "")
            and query.get("search", "").lower() in _name(row).lower()
            and query.get("version", "latest") in {"latest", row["server"]["version"]}
            and query.get("updated_since", "") <= row["_meta"][OFFICIAL]["updatedAt"]
            and (_listed(row) or query.get("include_deleted") == "true")
        ]
        size = min(limit, self.largest_page)
        page, rest = rows[:size], rows[size:]
        metadata: dict[str, object] = {"count": len(page)}
        if rest:
            metadata["nextCursor"] = _name(page[-1])
        return _answer(request, {"servers": page, "metadata": metadata})

    async def _versions(self, request: Request) -> Response:
        try:
            rows = await self._named(request)
        except Refusal as no:
            return _refused(no)
        return _answer(request, {"servers": rows, "metadata": {"count": len(rows)}})

    async def _version(self, request: Request) -> Response:
        asked = request.path_params["version"]
        try:
            for row in await self._named(request):
                if asked in {"latest", row["server"]["version"]}:
                    return _answer(request, row)
        except Refusal as no:
            return _refused(no)
        return _refused(Refusal(404, "Server not found"))

    async def _named(self, request: Request) -> list[Entry]:
        wanted = request.path_params["name"]
        rows = [row for row in await self._visible(request) if _name(row) == wanted]
        if not rows:
            raise Refusal(404, "Server not found")
        return rows

    async def _visible(self, request: Request) -> list[Entry]:
        """What this caller may see, sorted by name."""
        self.requests += 1
        caller = await self._caller(request)
        rows = sorted(self.entries, key=_name)
        return rows if caller else [_public(row) for row in rows if not _hidden(row)]

    async def _caller(self, request: Request) -> Caller | None:
        """Who asks; None is a stranger, but a token that is no good is refused, not ignored."""
        sent = request.headers.getlist("authorization")
        if not sent:
            return None
        try:
            return await self._verifier.caller(sent)
        except Refusal as no:
            raise Refusal(401, no.reason) from no


def _name(row: Entry) -> str:
    return str(row["server"]["name"])


def _listed(row: Entry) -> bool:
    return bool(row["_meta"][OFFICIAL]["status"] != "deleted")


def _hidden(row: Entry) -> bool:
    return bool(row["_meta"].get(GOVERNANCE, {}).get("visibility") == "hidden")


def _public(row: Entry) -> Entry:
    meta = {key: value for key, value in row["_meta"].items() if key != GOVERNANCE}
    return {**row, "_meta": meta}


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LARGEST_PAGE:
        raise Refusal(400, f"limit must be a number from 1 to {LARGEST_PAGE}")
    return int(text)


def _answer(request: Request, body: Entry) -> Response:
    """The body with its ETag, or 304 when the client has it already (RFC 9110 13.1.2)."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    # What is shown depends on the token, so no cache may give one person's page to another.
    headers = {"ETag": tag, "Cache-Control": "private, max-age=0", "Vary": "Authorization"}
    known = [part.strip().removeprefix("W/") for part in _if_none_match(request)]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type="application/json")


def _if_none_match(request: Request) -> list[str]:
    return request.headers.get("if-none-match", "").split(",")


def _refused(no: Refusal) -> Response:
    headers = {"Cache-Control": "no-store"}
    if no.status == 401:  # noqa: PLR2004 - the number is its name.
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    body = json.dumps({"error": no.reason})
    return Response(body, no.status, headers, media_type="application/json")
