"""A server that runs its own OAuth, and its issuer, on one port of loopback."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.network import Network

if TYPE_CHECKING:
    from starlette.requests import Request

RESOURCE = "/.well-known/oauth-protected-resource/mcp"


@dataclass
class OwnServer:
    """One server. Tests turn its switches and read what it saw.

    Attributes:
        forms: What was sent to the token endpoint.
        pages: What was asked of the sign-in page.
        registered: What was registered.
        sent: The token of each MCP request; empty for none.
        scope: What `WWW-Authenticate` asks for.
    """

    url: str = ""
    expires_in: int | None = 600
    with_refresh: bool = True
    scope: str = "notes:read"
    issuer: str = ""
    iss: str = ""
    broken: int = 0
    forms: list[dict[str, str]] = field(default_factory=list)
    pages: list[dict[str, str]] = field(default_factory=list)
    registered: list[dict[str, object]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    alive: set[str] = field(default_factory=set)
    refresh: str = ""
    canary: str = field(default_factory=lambda: f"canary{secrets.token_hex(8)}")
    resource: dict[str, object] = field(default_factory=dict)
    metadata: dict[str, object] = field(default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """Where it speaks MCP."""
        return f"{self.url}/mcp"

    @property
    def refusal(self) -> str:
        """Its `WWW-Authenticate` for a request without a token."""
        return f'Bearer resource_metadata="{self.url}{RESOURCE}", scope="{self.scope}"'

    def application(self) -> Starlette:
        """The server and its issuer as an ASGI application."""
        return Starlette(
            routes=[
                Route("/mcp", self._mcp, methods=["POST"]),
                Route(RESOURCE, self._resource),
                Route("/.well-known/oauth-authorization-server", self._metadata),
                Route("/register", self._register, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
                Route("/revoke", self._revoke, methods=["POST"]),
            ]
        )

    async def _mcp(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.sent.append(token)
        if token not in self.alive:
            return Response(status_code=401, headers={"www-authenticate": self.refusal})
        asked = await request.json()
        results: dict[str, dict[str, object]] = {
            "server/discover": {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}},
            "tools/list": {"tools": [{"name": "forecast", "inputSchema": {"type": "object"}}]},
            "tools/call": {"content": [{"type": "text", "text": "rain"}]},
        }
        result = {"resultType": "complete", **results[asked["method"]]}
        return JSONResponse({"jsonrpc": "2.0", "id": asked["id"], "result": result})

    async def _resource(self, _: Request) -> Response:
        named = {"resource": self.endpoint, "authorization_servers": [self.issuer or self.url]}
        return JSONResponse(named | self.resource)

    async def _metadata(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "registration_endpoint": f"{self.url}/register",
                "revocation_endpoint": f"{self.url}/revoke",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
            | self.metadata
        )

    async def _register(self, request: Request) -> Response:
        asked = await request.json()
        self.registered.append(asked)
        return JSONResponse({**asked, "client_id": f"portico-{len(self.registered)}"}, 201)

    async def _token(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        self.forms.append(form | {"authorization": request.headers.get("authorization", "")})
        if self.broken:
            return JSONResponse({"error": "server_error"}, self.broken)
        if form["grant_type"] == "authorization_code":
            page = self._codes.pop(form["code"])
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == page["code_challenge"]
        elif form["grant_type"] == "refresh_token" and form["refresh_token"] != self.refresh:
            return JSONResponse({"error": "invalid_grant", "said": self.canary}, 400)
        access = f"access-{self.canary}-{secrets.token_hex(8)}"
        self.alive = {access}
        self.refresh = f"refresh-{self.canary}-{secrets.token_hex(8)}" if self.with_refresh else ""
        answer: dict[str, object] = {"access_token": access, "token_type": "bearer"}
        if self.expires_in is not None:
            answer["expires_in"] = self.expires_in
        return JSONResponse(answer | ({"refresh_token": self.refresh} if self.refresh else {}))

    async def _revoke(self, request: Request) -> Response:
        self.revoked.append(str((await request.form())["token"]))
        return Response()

    async def person(self, page: str, _why: str = "") -> bool:
        """Sign in at `page` and follow the way back, as a browser does."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(page).query).items()}
        self.pages.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        answer = urlencode({"code": code, "state": asked["state"], "iss": self.iss or self.url})
        network = Network()
        try:
            await network.request("GET", f"{asked['redirect_uri']}?{answer}")
        finally:
            await network.aclose()
        return True
