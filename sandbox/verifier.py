"""Checking access tokens as a gateway does: signature, issuer, audience and expiry, by key set.

The words of a refusal are those of Envoy's `jwt_authn` filter, because that is what a company's
gateway is likely to answer with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2
import jwt

from sandbox.keys import ALGORITHM

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.clock import Clock
    from sandbox.keys import KeySet

_MOST_REMEMBERED = 1024
_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours.
    """A request that may not pass: the HTTP `status` and the `reason` in the gateway's words."""

    def __init__(self, status: int, reason: str, *, user: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.user = user


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a valid token speaks for; it is good for `lifetime` seconds from `issued`."""

    user: str
    groups: tuple[str, ...]
    issued: float
    lifetime: float


class Verifier:
    """Checks the tokens of one issuer for one audience.

    Args:
        issuer: The only accepted `iss`.
        audience: The only accepted `aud`.
        keys: Reads the issuer's key set afresh.
        clock: What a token's age is read from.
    """

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        keys: Callable[[], Awaitable[KeySet]],
        clock: Clock,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._fetch = keys
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._callers: dict[str, Caller] = {}

    async def caller(self, authorization: list[str]) -> Caller:
        """Whom a request's `Authorization` headers speak for.

        Raises:
            Refusal: 401 without a valid token, 403 with one for somebody else's door.
        """
        scheme, _, token = authorization[0].partition(" ") if authorization else ("", "", "")
        if scheme.lower() != "bearer" or not token:
            raise Refusal(401, "Jwt_is_missing")
        if len(authorization) > 1:
            raise Refusal(401, "Jwt_header_is_sent_twice")
        # A valid token stays valid until it expires, so its signature is checked once.
        caller = self._callers.get(token)
        if caller is None:
            caller = self._read(token, await self._key(token))
            if len(self._callers) >= _MOST_REMEMBERED:
                self._callers.clear()
            self._callers[token] = caller
        if self._clock.age(caller.issued) >= caller.lifetime:
            raise Refusal(401, "Jwt_is_expired")
        return caller

    def forget(self) -> None:
        """Check everything anew, by a key set that is read afresh."""
        self._keys.clear()
        self._callers.clear()

    async def _key(self, token: str) -> jwt.PyJWK:
        try:
            kid = str(jwt.get_unverified_header(token).get("kid"))
        except jwt.InvalidTokenError as malformed:
            raise Refusal(401, "Jwt_is_not_in_the_form_of_Header.Payload.Signature") from malformed
        if kid not in self._keys:
            found = await self._fetch()
            self._keys = {key["kid"]: jwt.PyJWK.from_dict(key) for key in found["keys"]}
        if kid not in self._keys:
            raise Refusal(401, "Jwks_doesnt_have_key_to_match_kid")
        return self._keys[kid]

    def _read(self, token: str, key: jwt.PyJWK) -> Caller:
        try:
            if jwt.get_unverified_header(token).get("typ") != "at+jwt":
                raise Refusal(401, "Jwt_is_not_an_access_token")
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                # The expiry is checked by our own clock, which people move.
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidAudienceError as other_door:
            raise Refusal(403, "Audiences_in_Jwt_are_not_allowed") from other_door
        except jwt.InvalidIssuerError as stranger:
            raise Refusal(401, "Jwt_issuer_is_not_configured") from stranger
        except jwt.InvalidTokenError as broken:
            raise Refusal(401, "Jwt_verification_fails") from broken
        groups = claims.get("groups", [])
        issued, until = float(claims["iat"]), float(claims["exp"])
        return Caller(str(claims["sub"]), tuple(map(str, groups)), issued, until - issued)


def published(issuer: str, transport: httpx2.AsyncHTTPTransport) -> Callable[[], Awaitable[KeySet]]:
    """A reader of the key set that `issuer` publishes, over HTTP as in real life."""

    async def fetch() -> KeySet:
        response = await transport.handle_async_request(httpx2.Request("GET", f"{issuer}/jwks"))
        try:
            found: KeySet = json.loads(await response.aread())
        finally:
            await response.aclose()
        return found

    return fetch
