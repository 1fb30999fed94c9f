"""What is kept of one server's own sign-in, as the sealed store holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from auth.secret import Secret

FORMAT = 1
EARLY = 30.0
"""Seconds before its end at which a token is no longer used; at most a fifth of its life."""

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Holding:
    """One server's tokens, and what is needed to renew them.

    Attributes:
        access: The access token, or None.
        refresh: The refresh token, or None.
        usable_until: When to renew it, in seconds since 1970; None when the issuer did not say.
        scope: The scopes granted, separated by spaces.
        client: What the issuer registered Portico as (RFC 7591); empty when it did not.
        metadata: What the issuer says of itself (RFC 8414); empty when it says nothing.
        resource: What the server says of itself (RFC 9728); empty when it says nothing.
        issuer: The issuer that the server named; empty when it named none.
    """

    access: Secret | None = None
    refresh: Secret | None = None
    usable_until: float | None = None
    scope: str = ""
    client: Document = field(default_factory=dict)
    metadata: Document = field(default_factory=dict)
    resource: Document = field(default_factory=dict)
    issuer: str = ""

    def usable(self, now: float) -> bool:
        """Whether there is a token that is worth sending."""
        return self.access is not None and (self.usable_until is None or now < self.usable_until)

    def signed_out(self) -> Holding:
        """What stays when the tokens go: the registration, so that none is made twice."""
        return replace(self, access=None, refresh=None, usable_until=None, scope="")

    def to_json(self) -> dict[str, object]:
        """The content of the sealed store. It holds the tokens in clear."""
        return {
            "format": FORMAT,
            "access": self.access.reveal() if self.access else None,
            "refresh": self.refresh.reveal() if self.refresh else None,
            "usable_until": self.usable_until,
            "scope": self.scope,
            "client": dict(self.client),
            "metadata": dict(self.metadata),
            "resource": dict(self.resource),
            "issuer": self.issuer,
        }

    @classmethod
    def from_json(cls, content: Document) -> Holding:
        """The holding that `to_json` wrote; one of another version counts as none."""
        if content.get("format") != FORMAT:
            return cls()
        access, refresh, until = (content.get(k) for k in ("access", "refresh", "usable_until"))
        return cls(
            access=Secret(access) if isinstance(access, str) else None,
            refresh=Secret(refresh) if isinstance(refresh, str) else None,
            usable_until=float(until) if isinstance(until, int | float) else None,
            scope=str(content.get("scope") or ""),
            client=_document(content.get("client")),
            metadata=_document(content.get("metadata")),
            resource=_document(content.get("resource")),
            issuer=str(content.get("issuer") or ""),
        )


def until(lifetime: float | None, now: float) -> float | None:
    """Until when a token is used that came `now` and lives for `lifetime` seconds."""
    return None if lifetime is None else now + lifetime - min(EARLY, lifetime / 5)


def _document(value: object) -> Document:
    return value if isinstance(value, dict) else {}
