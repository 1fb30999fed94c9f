"""The permission to use what accepts certain tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth.token_endpoint import UNAUTHORIZED

if TYPE_CHECKING:
    from auth.discovery import Issuer
    from auth.fault import Fault
    from auth.secret import Secret
    from auth.supply import Supply
    from auth.terms import Terms

MOST_TRIES = 6
"""Refusals after which a request is given up, whatever the clock says."""


@dataclass(frozen=True, slots=True)
class GrantState:
    """How a grant stands, without asking anybody.

    Attributes:
        held: Whether there is a token that is worth sending.
        expires_at: When that one ends, in seconds since 1970; None where nobody said.
        fault: Why there is none, if that was tried.
    """

    held: bool
    expires_at: float | None = None
    fault: Fault | None = None


class AccountGrant:
    """A bearer token of certain terms, fresh whenever it is asked for."""

    __slots__ = ("_issuer", "_supply", "terms")

    def __init__(self, supply: Supply, terms: Terms, issuer: Issuer) -> None:
        self._supply = supply
        self.terms = terms
        self._issuer = issuer

    @property
    def state(self) -> GrantState:
        """How it stands."""
        held = self._supply.held(self.terms)
        if held is None:
            return GrantState(held=False, fault=self._supply.fault(self.terms))
        return GrantState(held=True, expires_at=held.expires_at)

    async def token(self) -> Secret:
        """A token that is valid now.

        Raises:
            Offline: Portico is offline: the token of a company stays where it is.
            Fault: There is none; the fault says who must act.
        """
        self._issuer.network.admit(self._issuer.url)
        return await self._supply.token(self.terms)

    async def again(
        self,
        token: Secret | None,
        status: int,
        header: str,  # noqa: ARG002 - what else the server says is for grants of its own.
        tried: int = 0,
    ) -> Secret | None:
        """What to try after a token was refused with 401, or None; see `Supply.again`.

        Raises:
            Fault: There is no other; the fault says who must act.
        """
        if status != UNAUTHORIZED or token is None or tried >= MOST_TRIES:
            return None
        return await self._supply.again(self.terms, token)
