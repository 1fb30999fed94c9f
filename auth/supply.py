"""Hands out access tokens: the one at hand while it is good, else a new one, got once for all.

Whoever needs a token waits for the one that is on its way. A token that a server refuses is renewed
once; a server that refuses the new one as well has not learned of it yet, and is given time.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

from auth.fault import Fault, Who
from auth.refresh import SignInNeeded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from auth.client import Client
    from auth.credential import Held
    from auth.secret import Secret
    from auth.terms import Terms, Way
    from auth.wallet import Wallet

logger = logging.getLogger(__name__)

PAUSES = (2.0, 5.0, 10.0)
"""Seconds before each further attempt with a new token: gateways fetch an issuer's keys by and by,
and each of their workers does so by itself."""

REST = 5.0
"""Seconds after a failed early renewal in which none is begun."""


class TokenNotAccepted(Fault):
    """A server refuses a token that the issuer gave moments ago.

    Usually a gateway has not yet fetched the issuer's new keys. A new sign-in would not help.
    """

    reference = "token-not-accepted"
    who = Who.COMPANY
    remedy = "Try again in a few seconds; if it lasts, tell your platform team."


class Source(Protocol):
    """One way to a token."""

    async def renewed(self, terms: Terms, refused: Secret | None) -> Secret:
        """A token of `terms` other than `refused`; it is in the wallet by then.

        What another process received meanwhile will do, if it need not be renewed soon.

        Raises:
            SignInNeeded: Nobody is signed in, or the sign-in has ended.
            Fault: There is none; the fault says who must act.
        """


class Supply:
    """The tokens of one account.

    Args:
        client: What the company registered.
        wallet: Whose tokens they are.
        sources: Where they come from.
        clock: Seconds since 1970.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        client: Client,
        wallet: Wallet,
        sources: Mapping[Way, Source],
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._wallet = wallet
        self._sources = sources
        self._clock = clock
        self._sleep = sleep
        self._flights: dict[str, asyncio.Task[Secret]] = {}
        self._refused: dict[str, Secret] = {}
        self._rest_until: dict[str, float] = {}
        self._faults: dict[str, Fault] = {}

    async def token(self, terms: Terms) -> Secret:
        """A token that is valid now; one that ends soon is renewed behind it.

        Raises:
            GrantNotConfigured: The company did not configure this audience or scope.
            SignInNeeded: Nobody is signed in, or the sign-in has ended.
            Fault: There is none; the fault says who must act.
        """
        self._client.check(terms)
        key, now, held = terms.key, self._clock(), self.held(terms)
        if held is None:
            return await self._obtained(terms)
        if now >= held.renew_at and now >= self._rest_until.get(key, 0.0):
            self._flight(terms)
        return held.token

    async def again(self, terms: Terms, token: Secret) -> Secret:
        """A server answered 401 to `token`: what to try next, after a while where that helps.

        Raises:
            TokenNotAccepted: The token is new, and time did not help.
            Fault: There is no other; the fault says who must act.
        """
        held = self._wallet.held(terms.key)
        if held is not None and held.token == token:
            since = held.refused_for(self._clock())
            if since is not None:
                await self._sleep(self._pause(terms, since))
                return await self.token(terms)
            self._refused[terms.key] = token
        return await self.token(terms)

    def _pause(self, terms: Terms, since: float) -> float:
        """Seconds until the next attempt with a token that is `since` seconds old.

        All who wait share the moments at which they try again, so that the last one comes a known
        time after the renewal, in whichever process it was.
        """
        due = 0.0
        for pause in PAUSES:
            due += pause
            if since < due:
                return due - since
        msg = f"The server behind {terms.audience} does not accept the token it should accept."
        raise TokenNotAccepted(msg)

    def held(self, terms: Terms) -> Held | None:
        """The token of these terms that is worth sending, if there is one."""
        held = self._wallet.held(terms.key)
        if held is None or not held.usable(self._clock()):
            return None
        return held if held.token != self._refused.get(terms.key) else None

    def fault(self, terms: Terms) -> Fault | None:
        """Why the last attempt to get a token of these terms failed, if it did."""
        return self._faults.get(terms.key)

    async def settle(self) -> None:
        """Wait for what is on its way: a refresh that is cut off loses the token it rotated."""
        if self._flights:
            await asyncio.wait(tuple(self._flights.values()), timeout=15.0)

    async def _obtained(self, terms: Terms) -> Secret:
        if terms.key not in self._flights and self._wallet.credential is None:
            await self._wallet.look()
        if terms.key not in self._flights and self._wallet.credential is None:
            msg = "You are not signed in."
            raise SignInNeeded(msg)
        # Shielded, because the token belongs to everybody who waits, not to one caller.
        return await asyncio.shield(self._flight(terms))

    def _flight(self, terms: Terms) -> asyncio.Task[Secret]:
        key = terms.key
        flight = self._flights.get(key)
        if flight is None:
            coming = self._sources[terms.way].renewed(terms, self._refused.get(key))
            flight = self._flights[key] = asyncio.ensure_future(coming)
            flight.add_done_callback(lambda done: self._landed(key, done))
        return flight

    def _landed(self, key: str, flight: asyncio.Task[Secret]) -> None:
        del self._flights[key]
        if flight.cancelled():
            return
        error = flight.exception()
        if error is None:
            self._faults.pop(key, None)
            return
        # Logged here, because nobody may be waiting: the token was renewed early.
        self._rest_until[key] = self._clock() + REST
        logger.warning("A token was not renewed: %s", error)
        if isinstance(error, Fault):
            self._faults[key] = error
