"""The terms of a grant: what a token is for, and how it comes about; plain values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from auth.own_sign_in.registration import Registration

Way = Literal["refresh", "exchange", "enterprise"]
"""How one sign-in becomes a token of an audience.

`refresh` asks the company's issuer with the refresh token (RFC 6749 §6), `exchange` with a token
that it gave before (RFC 8693). `enterprise` has it vouch for the person to the server's own
authorization server (Enterprise-Managed Authorization, MCP SEP-990).
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """One kind of token.

    Attributes:
        audience: Whom the token is for; with `enterprise` the server's resource identifier
            (RFC 9728).
        scopes: What it should permit; what the audience always permits where there are none.
        way: How it comes about.
        at: What the server's own authorization server knows Portico as, with `enterprise` alone.
    """

    audience: str
    scopes: tuple[str, ...] = ()
    way: Way = "refresh"
    at: Registration | None = None

    @property
    def key(self) -> str:
        """The name under which tokens of these terms are kept."""
        place = (self.at.issuer, self.at.client_id) if self.at else ()
        return json.dumps([self.way, self.audience, sorted(set(self.scopes)), *place])
