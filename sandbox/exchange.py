"""What the provider gives for a token that it gave before (RFC 8693).

An access token for another audience; or, for the ID token, an assertion with which a vendor's own
authorization server gives one (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.authorization import Refused
from sandbox.tokens import ACCESS, IDENTITY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sandbox.grants import Family, Grants
    from sandbox.keys import SigningKeys
    from sandbox.tokens import Mint

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_JAG = "urn:ietf:params:oauth:token-type:id-jag"
ASSERTION = "oauth-id-jag+jwt"

_ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - it names a type.
_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - it names a type.
_KINDS = {_ACCESS_TOKEN: ACCESS, _ID_TOKEN: IDENTITY}
_ASSERTION_LIFETIME = 300


@dataclass(frozen=True, slots=True)
class Partners:
    """For whom tokens are exchanged.

    Attributes:
        audiences: Those of access tokens.
        vendors: Issuer of an authorization server -> what it calls the client.
    """

    audiences: frozenset[str] = frozenset()
    vendors: Mapping[str, str] = field(default_factory=dict)


class Exchange:
    """The grant of one provider.

    Args:
        issuer: The `iss` of what is signed.
        partners: For whom it is.
        keys: What it is signed with.
        mint: Makes access tokens.
        grants: What was given out so far.
        clock: Unix seconds.
    """

    def __init__(
        self,
        issuer: str,
        partners: Partners,
        *,
        keys: SigningKeys,
        mint: Mint,
        grants: Grants,
        clock: Callable[[], float],
    ) -> None:
        self._issuer = issuer
        self._partners = partners
        self._keys = keys
        self._mint = mint
        self._grants = grants
        self._clock = clock

    def answer(
        self, given: Mapping[str, str], resources: Sequence[str], lifetime: float
    ) -> dict[str, object]:
        """The token endpoint's answer (RFC 8693 §2.2); nothing is spent by it.

        Args:
            given: The form's fields, from the registered client.
            resources: Its `resource` fields.
            lifetime: Seconds that an access token is valid.

        Raises:
            Refused: The token that is shown is not good, or what is asked for is nobody's here.
        """
        family = self._subject(given)
        if given.get("requested_token_type", _ACCESS_TOKEN) == ID_JAG:
            return self._assertion(given, resources, family)
        wanted = [*resources, *filter(None, [given.get("audience")])]
        if len(wanted) != 1 or wanted[0] not in self._partners.audiences:
            raise Refused("invalid_target", "No token is exchanged for this audience.")
        return {
            "access_token": self._mint.access_token(family, wanted[0], lifetime),
            "issued_token_type": _ACCESS_TOKEN,
            "token_type": "Bearer",
            "expires_in": int(lifetime),
        }

    def _subject(self, given: Mapping[str, str]) -> Family:
        """The sign-in that the shown token is of."""
        kind = _KINDS.get(given.get("subject_token_type", ""))
        claims = self._keys.read(given.get("subject_token", ""), kind=kind) if kind else None
        if claims is None:
            raise Refused("invalid_request", "Show an access token or an ID token of this issuer.")
        until = claims["exp"]
        alive = isinstance(until, int) and self._clock() < until
        client = claims.get("client_id", claims.get("aud"))
        if not alive or client != given.get("client_id"):
            raise Refused("invalid_grant", "The token that is shown has ended, or is not yours.")
        family = self._grants.family(str(claims["sid"]))
        if family is None:
            raise Refused("invalid_grant", "The sign-in of the token that is shown has ended.")
        return family

    def _assertion(
        self, given: Mapping[str, str], resources: Sequence[str], family: Family
    ) -> dict[str, object]:
        vendor = given.get("audience", "")
        if given.get("subject_token_type") != _ID_TOKEN:
            raise Refused("invalid_request", "For an assertion, show the ID token.")
        if vendor not in self._partners.vendors or len(resources) != 1:
            raise Refused("invalid_target", "The company vouches for nobody there.")
        now = int(self._clock())
        claims = {
            "iss": self._issuer,
            "sub": family.person.login,
            "aud": vendor,
            "resource": resources[0],
            "client_id": self._partners.vendors[vendor],
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "exp": now + _ASSERTION_LIFETIME,
            "scope": given.get("scope", ""),
            "groups": list(family.person.groups),
        }
        return {
            "access_token": self._keys.sign(claims, kind=ASSERTION),
            "issued_token_type": ID_JAG,
            "token_type": "N_A",
            "expires_in": _ASSERTION_LIFETIME,
        }
