"""A client of the sandbox's provider, as the real one is."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import jwt

from sandbox.browser import sign_in
from sandbox.company import AUDIENCE, CLIENT_ID, REGISTRY_AUDIENCE, SCOPES, Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.types import ASGIApp

NOW = 1_800_000_000.0


class Portico:
    """A client of the provider as the real one is: public, on loopback, with PKCE."""

    def __init__(self, company: Company, http: httpx2.AsyncClient) -> None:
        self.company = company
        self.http = http
        self.now = [NOW]
        self.answers: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.redirect = ""
        self.verifier = secrets.token_urlsafe(40)

    def url(self, **changes: str | None) -> str:
        """An authorization URL; a change to None leaves a parameter out."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        given: dict[str, str | None] = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "redirect_uri": self.redirect,
            "scope": " ".join(SCOPES),
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **changes,
        }
        pairs = [(k, v) for k, v in given.items() if v is not None]
        if "resource" not in changes:
            pairs += [("resource", AUDIENCE), ("resource", REGISTRY_AUDIENCE)]
        return f"{self.company.issuer}/authorize?{urlencode(pairs)}"

    async def authorize(self, user: str | None = "alice", **changes: str | None) -> dict[str, str]:
        """What comes back to the loopback listener after a person chose."""
        await sign_in(self.url(**changes), user or "")
        return self.answers.get_nowait()

    async def token(self, **fields: str) -> httpx2.Response:
        """A request at the token endpoint."""
        data = {"client_id": CLIENT_ID, **fields}
        return await self.http.post(f"{self.company.issuer}/token", data=data)

    async def redeem(self, code: str, **changes: str) -> httpx2.Response:
        """A code for tokens."""
        fields = {"redirect_uri": self.redirect, "code_verifier": self.verifier, **changes}
        return await self.token(grant_type="authorization_code", code=code, **fields)

    async def refresh(self, token: str, **changes: str) -> httpx2.Response:
        """A refresh token for new ones."""
        return await self.token(grant_type="refresh_token", refresh_token=token, **changes)

    async def signed_in(self) -> dict[str, Any]:
        """The tokens of a fresh sign-in."""
        answer: dict[str, Any] = (await self.redeem((await self.authorize())["code"])).json()
        return answer

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        """A token's claims, checked against the published keys."""
        found = (await self.http.get(f"{self.company.issuer}/jwks")).json()["keys"]
        keys = {key["kid"]: jwt.PyJWK.from_dict(key) for key in found}
        return jwt.decode(
            token,
            keys[jwt.get_unverified_header(token)["kid"]],
            algorithms=["ES256"],
            audience=audience,
            issuer=self.company.issuer,
            options={"verify_exp": False, "verify_iat": False},
        )

    async def heard(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one redirect."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.answers.put_nowait(dict(parse_qsl(urlsplit(head.split()[1].decode()).query)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def portico(
    applications: Mapping[str, ASGIApp] | None = None,
) -> AsyncIterator[Portico]:
    """A client of a company, without servers unless given, whose clock the test moves."""
    now = [NOW]
    async with (
        Company(clock=lambda: now[0], applications=applications or {}) as company,
        httpx2.AsyncClient(trust_env=False) as http,
    ):
        client = Portico(company, http)
        client.now = now
        async with await asyncio.start_server(client.heard, "127.0.0.1", 0) as listener:
            port = listener.sockets[0].getsockname()[1]
            client.redirect = f"http://127.0.0.1:{port}/callback"
            yield client
