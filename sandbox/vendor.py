"""The authorization server of the vendor that runs Knowledge for Example Corp.

It knows no person and shows no page. It trusts the company's issuer: whoever brings its assertion
(ID-JAG) gets an access token for the vendor's server (RFC 7523 §2.1).
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import jwt
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.authorization import Refused, single
from sandbox.exchange import ASSERTION
from sandbox.forms import form, refusal
from sandbox.keys import ALGORITHM, SigningKeys
from sandbox.tokens import ACCESS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.requests import Request

    from sandbox.keys import KeySet

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 300

_UNSTORED = {"Cache-Control": "no-store"}


class Vendor:
    """The authorization server.

    Args:
        issuer: Its own URL, without a trailing slash.
        trusted: The issuer whose assertions it takes.
        keys: Reads that one's key set afresh.
        audience: The resource identifier of the vendor's server.
        client_id: What it calls the one client that it knows.
        clock: Unix seconds.

    Attributes:
        application: The ASGI application.
        given: How many tokens it gave so far.
    """

    def __init__(
        self,
        issuer: str,
        *,
        trusted: str,
        keys: Callable[[], Awaitable[KeySet]],
        audience: str,
        client_id: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = issuer
        self.given = 0
        self._trusted = trusted
        self._fetch = keys
        self._audience = audience
        self._client_id = client_id
        self._clock = clock
        self._keys = SigningKeys()
        self._seen: set[str] = set()
        self.application = Starlette(
            routes=[
                Route("/.well-known/oauth-authorization-server", self._metadata),
                Route("/jwks", self._jwks),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def access_token(self, user: str, groups: Sequence[str]) -> str:
        """A token without the company's word, for tests of what stands behind."""
        now = self._clock()
        claims = {
            "iss": self.issuer,
            "sub": user,
            "aud": self._audience,
            "iat": now,
            "exp": int(now) + LIFETIME,
            "jti": secrets.token_urlsafe(12),
            "client_id": self._client_id,
            "groups": list(groups),
        }
        return self._keys.sign(claims, kind=ACCESS)

    async def _metadata(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "grant_types_supported": [GRANT_TYPE],
                "response_types_supported": [],
                "token_endpoint_auth_methods_supported": ["none"],
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self._keys.public())

    async def _token(self, request: Request) -> Response:
        try:
            claims = await self._claims(single(await form(request)))
        except Refused as no:
            return refusal(no)
        self.given += 1
        groups = claims.get("groups")
        token = self.access_token(str(claims["sub"]), groups if isinstance(groups, list) else [])
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME}
        return JSONResponse(answer, headers=_UNSTORED)

    async def _claims(self, given: Mapping[str, str]) -> Mapping[str, object]:
        """What the assertion in a form says.

        Raises:
            Refused: It is no good, or not brought as it must be.
        """
        if given.get("grant_type") != GRANT_TYPE:
            raise Refused("unsupported_grant_type", "Bring an assertion of the company.")
        if given.get("client_id") != self._client_id:
            raise Refused("invalid_client", "No public client has this client_id.")
        return await self._read(given.get("assertion", ""))

    async def _read(self, assertion: str) -> Mapping[str, object]:
        """What an assertion says that is the company's, made for us, this client and now."""
        published = {key["kid"]: jwt.PyJWK.from_dict(key) for key in (await self._fetch())["keys"]}
        try:
            header = jwt.get_unverified_header(assertion)
            key = published.get(str(header.get("kid")))
            if key is None or header.get("typ") != ASSERTION:
                raise Refused("invalid_grant", "The assertion is not one of the company's.")
            claims: dict[str, object] = jwt.decode(
                assertion,
                key,
                algorithms=[ALGORITHM],
                audience=self.issuer,
                issuer=self._trusted,
                options={
                    "require": ["iss", "sub", "aud", "exp", "iat", "jti"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidTokenError as broken:
            raise Refused("invalid_grant", "The assertion is not for this server.") from broken
        until = claims["exp"]
        if not isinstance(until, int) or self._clock() >= until or claims["jti"] in self._seen:
            raise Refused("invalid_grant", "The assertion has ended, or was used before.")
        if claims.get("client_id") != self._client_id or claims.get("resource") != self._audience:
            raise Refused("invalid_grant", "The assertion is for another client or server.")
        self._seen.add(str(claims["jti"]))
        return claims
