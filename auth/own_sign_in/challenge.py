"""What a server says when it refuses a request for want of permission (RFC 6750 §3); pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

UNAUTHORIZED = 401
FORBIDDEN = 403

_FIELD = r'(?:^|[\s,]){}=(?:"([^"]*)"|([^\s,]+))'


@dataclass(frozen=True, slots=True)
class Challenge:
    """One refusal.

    Attributes:
        status: 401, or 403 for a token that may do too little.
        header: Its `WWW-Authenticate`; empty when there was none.
    """

    status: int
    header: str

    @property
    def wants_more(self) -> bool:
        """Whether the token is good and only its scopes are too few (`insufficient_scope`)."""
        return self.status == FORBIDDEN and self._field("error") == "insufficient_scope"

    @property
    def scopes(self) -> str:
        """The scopes that it names, separated by spaces; only printable ones, bounded."""
        named = self._field("scope")
        return " ".join(word for word in named[:200].split() if word.isprintable())

    def asks_beyond(self, granted: str) -> bool:
        """Whether it wants a scope that is not among those `granted`, separated by spaces.

        Where its issuer has granted all that a server asks for, another sign-in brings nothing.
        """
        named = set(self.scopes.split())
        return self.wants_more and (not named or not named <= set(granted.split()))

    def _field(self, name: str) -> str:
        found = re.search(_FIELD.format(name), self.header, re.IGNORECASE)
        return (found[1] or found[2] or "") if found else ""
