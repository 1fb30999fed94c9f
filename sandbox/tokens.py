"""What the provider signs: ID tokens (OpenID Connect Core 2) and access tokens (RFC 9068)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.authorization import Authorization
    from sandbox.grants import Family
    from sandbox.keys import SigningKeys
    from sandbox.people import Person

ACCESS = "at+jwt"
IDENTITY = "JWT"

_ID_TOKEN_LIFETIME = 300


class Mint:
    """Signs tokens for one issuer.

    Args:
        issuer: The `iss` of every token.
        keys: What they are signed with.
        clock: Unix seconds.
    """

    def __init__(self, issuer: str, keys: SigningKeys, clock: Callable[[], float]) -> None:
        self._issuer = issuer
        self._keys = keys
        self._clock = clock

    def access_token(self, family: Family, audience: str, lifetime: float) -> str:
        """An access token for one audience, valid for `lifetime` seconds."""
        now = self._clock()
        claims = {
            "iss": self._issuer,
            "sub": family.person.login,
            "aud": audience,
            "exp": int(now) + int(lifetime),
            # To the fraction, so that two tokens of one second still have an order.
            "iat": now,
            "jti": secrets.token_urlsafe(12),
            "sid": family.key,
            "client_id": family.authorization.client_id,
            "scope": " ".join(family.authorization.scopes),
            "groups": list(family.person.groups),
        }
        return self._keys.sign(claims, kind=ACCESS)

    def id_token(self, family: Family, access_token: str) -> str:
        """Who signed in, for the client alone."""
        now = int(self._clock())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self._issuer,
            "aud": family.authorization.client_id,
            "exp": now + _ID_TOKEN_LIFETIME,
            "iat": now,
            "auth_time": int(family.at),
            "sid": family.key,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **personal(family.person, family.authorization),
        }
        if family.authorization.nonce:
            claims["nonce"] = family.authorization.nonce
        return self._keys.sign(claims, kind=IDENTITY)


def personal(person: Person, authorization: Authorization) -> dict[str, object]:
    """The claims about a person that the granted scopes cover."""
    scopes = authorization.scopes
    claims: dict[str, object] = {"sub": person.login}
    if "profile" in scopes:
        claims |= {"name": person.name, "preferred_username": person.login}
    if "profile" in scopes or "email" in scopes:
        claims["email"] = person.email
    if "groups" in scopes:
        claims["groups"] = list(person.groups)
    return claims
