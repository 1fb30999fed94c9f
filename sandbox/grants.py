"""What the provider remembers: pending sign-ins, codes, and families of refresh tokens.

A *family* is everything that grew out of one sign-in. Each refresh token works once; using one
again means that two parties hold it, so the whole family dies (RFC 9700 4.14.2). The same goes for
a code that is redeemed twice (RFC 6749 4.1.2).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.authorization import Refused

if TYPE_CHECKING:
    from sandbox.authorization import Authorization
    from sandbox.clock import Clock
    from sandbox.people import Person

PATIENCE = 600.0
"""Seconds a sign-in page may stay open."""

CODE_LIFETIME = 60.0
"""Seconds between the redirect and the redemption of its code."""

_MOST_PENDING = 1000


@dataclass(slots=True)
class Family:
    """One sign-in and all the tokens that came of it.

    Attributes:
        key: The `sid` of its ID tokens.
        at: Unix seconds of the sign-in.
        alive: False once it was revoked, or once a token was used twice.
        redeemed: Whether its code was.
        current: The one refresh token that still works, or "".
        previous: The one before, and `rotated` when it was spent, in Unix seconds.
    """

    key: str
    person: Person
    authorization: Authorization
    at: float
    alive: bool = True
    redeemed: bool = False
    current: str = ""
    previous: str = ""
    rotated: float = 0.0

    def audience(self, resources: list[str]) -> str:
        """The audience of the next access token.

        Raises:
            Refused: More than one resource is asked for, or one that the sign-in did not cover.
        """
        granted = self.authorization.audiences
        if len(resources) > 1:
            raise Refused("invalid_target", "Ask for one resource at a time.")
        if resources and resources[0] not in granted:
            raise Refused("invalid_target", "The sign-in did not ask for this resource.")
        return resources[0] if resources else granted[0]


class Grants:
    """Everything the provider gave out.

    Args:
        clock: What ages are read from.

    Attributes:
        reuses: How often a spent token or code was used again.
        lifetime: Seconds from a sign-in to its end, however often it is refreshed.
        grace: Seconds in which the last refresh token may be used again, as some providers allow.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pending: dict[str, tuple[float, Authorization]] = {}
        self._codes: dict[str, Family] = {}
        self._refresh: dict[str, Family] = {}
        self._families: dict[str, Family] = {}
        self.reuses = 0
        self.lifetime = math.inf
        self.grace = 0.0

    def pend(self, authorization: Authorization) -> str:
        """Keep a request while a person looks at the sign-in page; returns its transaction."""
        while len(self._pending) >= _MOST_PENDING:
            del self._pending[next(iter(self._pending))]
        transaction = secrets.token_urlsafe(24)
        self._pending[transaction] = (self._clock() + PATIENCE, authorization)
        return transaction

    def take(self, transaction: str) -> Authorization | None:
        """The pending request, once; None when it is unknown, used or too old."""
        until, authorization = self._pending.pop(transaction, (0.0, None))
        return authorization if self._clock() <= until else None

    def code(self, authorization: Authorization, person: Person) -> str:
        """A code for a person who just signed in."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = self.sign_in(authorization, person)
        return code

    def sign_in(self, authorization: Authorization, person: Person) -> Family:
        """A new family."""
        family = Family(secrets.token_urlsafe(12), person, authorization, self._clock())
        self._families[family.key] = family
        return family

    def redeem(self, code: str, *, redirect_uri: str, verifier: str) -> Family:
        """The family of a code.

        Raises:
            Refused: `invalid_grant`: unknown, spent, late, or not this client's.
        """
        family = self._codes.get(code)
        if family is None:
            raise Refused("invalid_grant", "The code is unknown.")
        if family.redeemed:
            self._reused(family)
            raise Refused("invalid_grant", "The code was used before.")
        family.redeemed = True
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        late = self._clock() > family.at + CODE_LIFETIME
        if late or redirect_uri != family.authorization.redirect_uri or not family.alive:
            raise Refused("invalid_grant", "The code is too old, or for another redirect_uri.")
        if not hmac.compare_digest(challenge, family.authorization.challenge):
            raise Refused("invalid_grant", "code_verifier does not match the challenge.")
        return family

    def holder(self, token: str) -> Family:
        """The family of a refresh token that may be used now; nothing is spent yet.

        Raises:
            Refused: `invalid_grant`: unknown, revoked or spent; a spent one kills its family.
        """
        family = self._refresh.get(token)
        if family is None or not self.alive(family.key):
            raise Refused("invalid_grant", "The refresh token is unknown, revoked or too old.")
        late = self._clock() >= family.rotated + self.grace
        if family.current != token and (family.previous != token or late):
            self._reused(family)
            raise Refused("invalid_grant", "The refresh token was used before; all are revoked.")
        return family

    def rotate(self, family: Family) -> str:
        """The family's next refresh token; the one before is spent."""
        family.previous, family.rotated = family.current, self._clock()
        family.current = secrets.token_urlsafe(32)
        self._refresh[family.current] = family
        return family.current

    def revoke_token(self, token: str) -> None:
        """End the family of a refresh token, spent or not; an unknown token is no error."""
        family = self._refresh.get(token)
        if family is not None:
            family.alive = False

    def revoke_family(self, key: str) -> None:
        """End one family by its key; an unknown key is no error."""
        if key in self._families:
            self._families[key].alive = False

    def revoke_all(self) -> None:
        """End every sign-in at once, as an administrator would."""
        for family in self._families.values():
            family.alive = False

    def family(self, key: str) -> Family | None:
        """A family that is there and not revoked."""
        return self._families[key] if self.alive(key) else None

    def alive(self, key: str) -> bool:
        """Whether a family is there, not revoked, and not too old."""
        family = self._families.get(key)
        return family is not None and family.alive and self._clock.age(family.at) < self.lifetime

    def _reused(self, family: Family) -> None:
        self.reuses += 1
        family.alive = False
