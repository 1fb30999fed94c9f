"""Who signed in, read from an ID token that is verified first.

Source: OpenID Connect Core 1.0 §3.1.3.7 and §12.2. Access tokens are never read: they are the
gateway's to understand.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from auth.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auth.client import Client
    from auth.discovery import Issuer
    from auth.secret import Secret

ALGORITHMS = {"ES256": "EC", "RS256": "RSA", "PS256": "RSA", "EdDSA": "OKP"}
"""Signatures that are accepted, and the type of key each needs (RFC 7518, RFC 8037)."""

LEEWAY = 60
LONGEST_NAME = 100


class IdTokenRefused(Fault):
    """The issuer's statement of who signed in cannot be trusted."""

    reference = "id-token-refused"
    who = Who.COMPANY
    remedy = "Check this computer's clock, then show your platform team this message."


async def identify(token: Secret, issuer: Issuer, client: Client, nonce: str | None) -> Identity:
    """The person that `token` names, after its signature and every claim were checked.

    Args:
        token: The ID token.
        issuer: Where its keys are.
        client: For whom it must have been made.
        nonce: What this sign-in sent, or None after a refresh, which repeats no nonce.

    Raises:
        IdTokenRefused: It is not a valid statement of this issuer for this client and sign-in.
        IssuerMisconfigured: The issuer publishes no keys.
        Unreachable: The keys could not be fetched.
    """
    keys = await issuer.keys()
    # PyJWT takes 60 ms to import and a signature some more, which only a thread may spend.
    header = await asyncio.to_thread(_header, token)
    key = _pick(keys, header)
    if key is None:
        # The issuer may have begun to sign with a key that it published after we looked.
        key = _pick(await issuer.keys(anew=True), header)
    if key is None:
        msg = "The ID token is signed with a key that the issuer does not publish."
        raise IdTokenRefused(msg)
    claims = await asyncio.to_thread(_verify, token, key, header["alg"], client)
    if nonce is not None and not _same(claims.get("nonce"), nonce):
        msg = "The ID token answers another sign-in (its nonce differs)."
        raise IdTokenRefused(msg)
    return read_identity(claims, client)


def _header(token: Secret) -> dict[str, str]:
    import jwt

    try:
        header = jwt.get_unverified_header(token.reveal())
    except jwt.PyJWTError as broken:
        msg = f"The ID token is not one ({type(broken).__name__})."
        raise IdTokenRefused(msg) from None
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        msg = f"The ID token is signed in a way that Portico does not accept ({algorithm!r:.40})."
        raise IdTokenRefused(msg)
    return {name: str(header[name]) for name in ("alg", "kid") if name in header}


def _pick(keys: list[dict[str, object]], header: Mapping[str, str]) -> dict[str, object] | None:
    """The published key that `header` means: by its id, and of the type its algorithm needs.

    A token without a key id is accepted only if a single key fits, so that nothing is guessed.
    """
    kind = ALGORITHMS[header["alg"]]
    fitting = [
        key
        for key in keys
        if key.get("kty") == kind
        and key.get("use", "sig") == "sig"
        and key.get("alg", header["alg"]) == header["alg"]
        and ("kid" not in header or key.get("kid") == header["kid"])
    ]
    return fitting[0] if len(fitting) == 1 or (fitting and "kid" in header) else None


def _verify(
    token: Secret, key: dict[str, object], algorithm: str, client: Client
) -> dict[str, object]:
    import jwt

    try:
        claims: dict[str, object] = jwt.decode(
            token.reveal(),
            jwt.PyJWK(key, algorithm),
            algorithms=[algorithm],
            audience=client.client_id,
            issuer=client.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as broken:
        # PyJWT's sentences name claims, never the token; "from None" keeps the key out as well.
        msg = f"The ID token is not valid: {str(broken)[:100]} ({type(broken).__name__})."
        raise IdTokenRefused(msg) from None
    party = claims.get("azp")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or party is not None) and party != client.client_id:
        msg = "The ID token was made for another client (azp)."
        raise IdTokenRefused(msg)
    return claims


def remaining(token: Secret) -> float:
    """Seconds for which a *verified* token was issued; none where it does not say.

    Counted from when it came, they need no agreement between this computer's clock and another.
    """
    try:
        _, claims, _ = token.reveal().split(".")
        said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return max(0.0, float(said["exp"]) - float(said["iat"]))
    except (ValueError, KeyError, TypeError):
        return 0.0


def _same(value: object, expected: str) -> bool:
    return isinstance(value, str) and hmac.compare_digest(value.encode(), expected.encode())


def read_identity(claims: Mapping[str, object], client: Client) -> Identity:
    """The person in verified `claims`, with a name that is safe to show.

    Raises:
        IdTokenRefused: The subject is empty.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        msg = "The ID token names nobody."
        raise IdTokenRefused(msg)
    names = (claims.get(part) for part in ("preferred_username", "email", "name", "sub"))
    name = next((shown for given in names if (shown := _shown(given))), subject)
    groups = frozenset(read_groups(claim(claims, client.groups_claim)))
    return Identity(client.issuer, subject, name, groups)


def _shown(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())[:LONGEST_NAME]


def claim(claims: Mapping[str, object], name: str) -> object:
    """The claim that a configuration means by `name`, in any of the places where issuers put it.

    As it is written; else as a path into nested claims (`realm_access.roles`); else the only claim
    that carries the name at the end of a URL of the issuer's own (`https://corp.example/groups`),
    as issuers do that admit no other custom names.
    """
    if name in claims:
        return claims[name]
    inner: object = claims
    for part in name.split("."):
        inner = inner.get(part) if isinstance(inner, dict) else None
    if inner is not None:
        return inner
    spaced = [key for key in claims if "://" in key and key.rpartition("/")[2] == name]
    return claims[spaced[0]] if len(spaced) == 1 else None


def read_groups(value: object) -> list[str]:
    """The groups in a claim that is a list of names, or one string with commas between them."""
    found = value.split(",") if isinstance(value, str) else value
    if not isinstance(found, list):
        return []
    return [name.strip() for name in found if isinstance(name, str) and name.strip()]
