"""The provider's signing keys: ES256, published as a JWK set (RFC 7517), rotated on request."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, TypedDict

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM = "ES256"


class KeySet(TypedDict):
    """A JWK set as it travels."""

    keys: list[dict[str, str]]


class SigningKeys:
    """The keys of one issuer; the newest signs, all of them are published."""

    def __init__(self) -> None:
        self._keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.rotate()

    def rotate(self, *, keep: bool = True) -> None:
        """Sign with a new key from now on.

        Args:
            keep: Whether tokens of the previous key still verify. False is the emergency: every
                token out there becomes invalid where the key set is read afresh.
        """
        kept = dict(list(self._keys.items())[-1:]) if keep else {}
        # Random key ids, because a relying party may keep a key set longer than this process lives.
        self._keys = {**kept, secrets.token_hex(6): ec.generate_private_key(ec.SECP256R1())}

    def sign(self, claims: Mapping[str, object], *, kind: str) -> str:
        """A signed JWT with the header `typ` set to `kind`."""
        kid, key = next(reversed(self._keys.items()))
        return jwt.encode(dict(claims), key, algorithm=ALGORITHM, headers={"kid": kid, "typ": kind})

    def public(self) -> KeySet:
        """The JWK set that anybody may read."""
        found: list[dict[str, str]] = []
        for kid, key in self._keys.items():
            numbers: dict[str, str] = json.loads(ECAlgorithm.to_jwk(key.public_key()))
            found.append({**numbers, "kid": kid, "use": "sig", "alg": ALGORITHM})
        return {"keys": found}

    def read(self, token: str, *, kind: str) -> dict[str, object] | None:
        """The claims of a token that these keys signed as `kind`, whatever its age, else None."""
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.get(str(header.get("kid")))
            if key is None or header.get("typ") != kind:
                return None
            claims: dict[str, object] = jwt.decode(
                token,
                key.public_key(),
                algorithms=[ALGORITHM],
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            return None
        return claims
