"""A small OIDC issuer for the tests of this room: code with PKCE, rotation, reuse detection."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.network import Network

if TYPE_CHECKING:
    from starlette.requests import Request

CLIENT = "portico-test"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_OF_A_REFRESH = ("grant_type", "client_id", "refresh_token")


@dataclass
class IssuerDouble:
    """One issuer with one person. Tests turn its switches and read its counters."""

    url: str = ""
    groups: object = field(default_factory=lambda: ["ads-eng", "employees"])
    subject: str = "alice-sub"
    expires_in: object = 600
    changes: dict[str, object] = field(default_factory=dict)
    claims: dict[str, object] = field(default_factory=dict)
    algorithm: str = "ES256"
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    refreshes: list[str] = field(default_factory=list)
    named: list[dict[str, str]] = field(default_factory=list)
    exchanges: list[dict[str, str]] = field(default_factory=list)
    identity_renewed: bool = True
    identity_lifetime: int = 300
    revoked: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    canary: str = field(default_factory=lambda: f"canary{secrets.token_hex(8)}")
    refresh_allowed: bool = True
    rotated: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    family: str | None = None
    spent: set[str] = field(default_factory=set)
    codes: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    offers_codes: bool = False
    pending: list[str] = field(default_factory=list)
    devices: list[dict[str, str]] = field(default_factory=list)
    headers: dict[str, object] = field(default_factory=dict)
    fetched_keys: int = 0
    away: bool = False
    kid: str = "k1"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def __post_init__(self) -> None:
        """Let refreshes through until a test closes the gate."""
        self.gate.set()

    def application(self) -> Starlette:
        """The issuer as an ASGI application."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/token", self.token, methods=["POST"]),
                Route("/revoke", self.revoke, methods=["POST"]),
                Route("/device", self.device, methods=["POST"]),
            ]
        )

    async def discovery(self, _: Request) -> Response:
        """Say where everything is."""
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "revocation_endpoint": f"{self.url}/revoke",
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
                **(
                    {"device_authorization_endpoint": f"{self.url}/device"}
                    if self.offers_codes
                    else {}
                ),
                **self.changes,
            }
        )

    async def keys(self, _: Request) -> Response:
        """Publish the one key."""
        self.fetched_keys += 1
        if self.away:
            return Response(status_code=503)
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return JSONResponse({"keys": [{**public, "kid": self.kid, "use": "sig"}]})

    async def device(self, request: Request) -> Response:
        """Give a code to type; `pending` holds what is said before it counts as typed."""
        form = await request.form()
        self.devices.append({name: str(value) for name, value in form.items()})
        if self.answers:
            return self.answers.pop(0)
        return JSONResponse(
            {
                "device_code": f"device-{self.canary}",
                "user_code": "WDJB-MJHT",
                "verification_uri": f"{self.url}/enter",
                "expires_in": "600",
                "interval": "0",
            }
        )

    def approve(self, page: str) -> dict[str, str]:
        """Sign in at `page` as the person; the parameters that go back to the client."""
        asked = parse_qs(urlsplit(page).query)
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"][0], "iss": self.url}

    async def token(self, request: Request) -> Response:
        """Spend a code or a refresh token."""
        form = await request.form()
        if self.answers:
            return self.answers.pop(0)
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(str(form["code"]))
            digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
            assert (
                base64.urlsafe_b64encode(digest).decode().rstrip("=")
                == (asked["code_challenge"][0])
            )
            return self.issue(str(form.get("resource", "")), asked["nonce"][0])
        if "device_code" in form:
            if self.pending:
                return JSONResponse({"error": self.pending.pop(0)}, 400)
            return self.issue(str(form.get("resource", "")), None)
        if form["grant_type"] == EXCHANGE:
            return self.exchange({key: str(value) for key, value in form.items()})
        return await self.refresh({key: str(value) for key, value in form.items()})

    async def refresh(self, form: dict[str, str]) -> Response:
        """Spend a refresh token."""
        sent = form["refresh_token"]
        named = {key: value for key, value in form.items() if key not in _OF_A_REFRESH}
        self.named.append(named)
        self.refreshes.append(next(iter(named.values()), ""))
        if sent != self.family:
            self.family = None
            return JSONResponse({"error": "invalid_grant"}, 400)
        answer = self.issue(self.refreshes[-1], None)
        self.rotated.set()
        await self.gate.wait()
        return answer

    def exchange(self, form: dict[str, str]) -> Response:
        """Give another token for one of this issuer's (RFC 8693)."""
        self.exchanges.append(form)
        issued = form["requested_token_type"]
        if form["subject_token"] in self.spent:
            return JSONResponse({"error": "invalid_grant"}, 400)
        word = issued.endswith("id-jag")
        kind = "word" if word else "exchanged"
        return JSONResponse(
            {
                "access_token": f"{kind}-{self.canary}-{secrets.token_hex(8)}",
                "issued_token_type": issued,
                "token_type": "N_A" if word else "Bearer",
                "expires_in": 300,
            }
        )

    def issue(self, resource: str, nonce: str | None) -> Response:
        """Give tokens, with the next refresh token of the family."""
        self.family = f"refresh-{self.canary}-{secrets.token_hex(8)}"
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + self.identity_lifetime,
            "preferred_username": "alice",
            "groups": self.groups,
            **({"nonce": nonce} if nonce else {}),
            **self.claims,
        }
        key = self.key if self.algorithm == "ES256" else "a shared secret of at least 32 bytes"
        return JSONResponse(
            {
                "access_token": f"access-{self.canary}-{secrets.token_hex(8)}-{resource[8:11]}",
                "token_type": "bearer",
                "expires_in": self.expires_in,
                **({"refresh_token": self.family} if self.refresh_allowed else {}),
                **(
                    {
                        "id_token": jwt.encode(
                            claims, key, self.algorithm, {"kid": self.kid, **self.headers}
                        )
                    }
                    if nonce or ("nonce" not in claims and self.identity_renewed)
                    else {}
                ),
            }
        )

    async def revoke(self, request: Request) -> Response:
        """End the family."""
        form = await request.form()
        self.revoked.append(str(form["token"]))
        self.family = None
        return Response()

    def address(self, page: str) -> str:
        """Approve `page`; the address to which the browser is sent back."""
        back = parse_qs(urlsplit(page).query)["redirect_uri"][0]
        return f"{back}?{urlencode(self.approve(page))}"

    async def person(self, page: str) -> bool:
        """Open `page`, approve, and follow the way back, as a browser does."""
        network = Network()
        try:
            await network.request("GET", self.address(page))
        finally:
            await network.aclose()
        return True


class KeyringDouble:
    """A keyring in memory, with the two calls that Portico makes."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def lock_up(self) -> None:
        """Fail from now on, as a keyring does whose prompt was dismissed."""
        self.locked = True

    def get_password(self, service: str, username: str) -> str | None:
        """What was kept, or None."""
        if self.locked:
            raise PermissionError
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self.kept[service, username] = password


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        await asyncio.sleep(0)
        self.now += seconds
