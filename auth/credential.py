"""The secret that proves who the user is, and the tokens that it gave so far."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auth.identity import Identity
from auth.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

EARLY = 60.0
"""Seconds before its end at which a token is renewed, give or take a sixth."""

SETTLING = 60.0
"""Seconds in which a server may learn to accept a token that was renewed because it refused one."""

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Held:
    """One access token.

    Attributes:
        token: The token.
        expires_at: When the issuer ends it, in seconds since 1970.
        renew_at: When to ask for the next one; the token is still good then.
        settled_at: Until when a server that refuses it is given time to learn of it; 0 for a token
            that replaced none that was refused.
    """

    token: Secret
    expires_at: float
    renew_at: float
    settled_at: float = 0.0

    @classmethod
    def received(
        cls, token: Secret, lifetime: float, now: float, *, after_refusal: bool = False
    ) -> Held:
        """A token that came `now` and lives for `lifetime` seconds.

        Its times are those of this computer's clock, so it does not matter what the issuer's says.
        The jitter keeps windows and machines from renewing in step. Of a short life at most a
        fifth is given up, so that a token of two minutes is not renewed at every call.
        """
        early = min(EARLY * random.uniform(5 / 6, 7 / 6), lifetime / 5)  # noqa: S311 - no secret.
        settled_at = now + SETTLING if after_refusal else 0.0
        return cls(token, now + lifetime, now + lifetime - early, settled_at)

    def usable(self, now: float) -> bool:
        """Whether the token is worth sending; in its last moments it may end on the way."""
        life = self.expires_at - self.renew_at
        return now < self.expires_at - min(5.0, life / 2)

    def fresh(self, now: float) -> bool:
        """Whether it is too early to ask for the next one."""
        return self.usable(now) and now < self.renew_at

    def refused_for(self, now: float) -> float | None:
        """Seconds since it replaced a refused token, while servers may still learn of it."""
        since = now - (self.settled_at - SETTLING)
        return since if 0 <= since < SETTLING else None


@dataclass(frozen=True, slots=True)
class Credential:
    """One sign-in.

    Attributes:
        identity: Whose it is.
        refresh: The refresh token, or None if the issuer gave none.
        tokens: Access tokens by `Terms.key`.
        id_token: The issuer's last verified statement of who signed in, to be shown to others.
    """

    identity: Identity
    refresh: Secret | None
    tokens: Mapping[str, Held]
    id_token: Held | None = None

    def renewed(self, key: str, held: Held, refresh: Secret | None = None) -> Credential:
        """This sign-in with one new token; without a new refresh token the old one stays."""
        return replace(self, refresh=refresh or self.refresh, tokens={**self.tokens, key: held})

    def to_json(self) -> dict[str, object]:
        """The content of the sealed store. It holds the tokens in clear."""
        who = self.identity
        return {
            "format": FORMAT,
            "subject": who.subject,
            "name": who.name,
            "groups": sorted(who.groups),
            "refresh": self.refresh.reveal() if self.refresh else None,
            "tokens": {key: _written(held) for key, held in self.tokens.items()},
            "id_token": _written(self.id_token) if self.id_token else None,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, object], issuer: str) -> Credential:
        """The sign-in that `to_json` wrote.

        Raises:
            ValueError: It is not one, or of another version of Portico.
        """
        if content.get("format") != FORMAT:
            msg = "it was written by another version of Portico."
            raise ValueError(msg)
        subject, name, groups, refresh, tokens = (
            content.get(part) for part in ("subject", "name", "groups", "refresh", "tokens")
        )
        if not (
            isinstance(subject, str)
            and isinstance(name, str)
            and isinstance(groups, list)
            and isinstance(refresh, str | None)
            and isinstance(tokens, dict)
        ):
            msg = "it does not hold a sign-in."
            raise ValueError(msg)  # noqa: TRY004 - the content is wrong, not the caller.
        return cls(
            Identity(issuer, subject, name, frozenset(str(group) for group in groups)),
            Secret(refresh) if refresh else None,
            {str(key): _held(value) for key, value in tokens.items()},
            _held(content["id_token"]) if content.get("id_token") else None,
        )


def _written(held: Held) -> list[object]:
    return [held.token.reveal(), held.expires_at, held.renew_at, held.settled_at]


def _held(value: object) -> Held:
    match value:
        case [str(token), *said]:
            times = [float(time) for time in said if isinstance(time, int | float)]
            if len(times) == len(said) and len(said) in {2, 3}:
                return Held(Secret(token), *times)
    msg = "it holds something that is not a token."
    raise ValueError(msg)
