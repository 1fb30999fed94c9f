"""One refresh at a time: a token for each audience from one sign-in.

A refresh token that rotates can be spent once. Whoever needs a token therefore waits for the
refresh that is under way, and for its turn among this user's processes; what another process
received meanwhile is used instead of asking again.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from auth.credential import Credential, Held
from auth.fault import Fault, Who
from auth.id_token import identify
from auth.token_endpoint import GrantGone, IssuerRefused, spend

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auth.client import Client
    from auth.discovery import Issuer, Provider
    from auth.secret import Secret
    from auth.token_endpoint import Tokens
    from auth.wallet import Wallet

logger = logging.getLogger(__name__)

FORCED_EVERY = 10.0
REST = 5.0


class SignInNeeded(Fault):
    """Nobody is signed in, or the sign-in has ended."""

    reference = "sign-in-needed"
    who = Who.PERSON
    remedy = "Sign in: run `portico login`, or use your editor's sign-in."


class TokenNotAccepted(Fault):
    """A server refuses a token that the issuer gave moments ago.

    Usually a gateway has not yet fetched the issuer's new keys. A new sign-in would not help.
    """

    reference = "token-not-accepted"
    who = Who.COMPANY
    remedy = "Try again in a few seconds; if it lasts, tell your platform team."


class RefreshNotGranted(Fault):
    """The issuer gave no refresh token, so there is one token for one audience and no more."""

    reference = "refresh-not-granted"
    who = Who.COMPANY
    remedy = "Ask your platform team to allow Portico's client refresh tokens (offline_access)."


class Refresh:
    """Hands out access tokens.

    Args:
        client: What the company registered.
        issuer: Where tokens come from.
        wallet: Whose they are.
        clock: Seconds since 1970.
    """

    def __init__(
        self, client: Client, issuer: Issuer, wallet: Wallet, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._issuer = issuer
        self._wallet = wallet
        self._clock = clock
        self._flights: dict[str, asyncio.Task[Secret]] = {}
        self._refused: dict[str, Secret] = {}
        self._forced_at: dict[str, float] = {}
        self._rest_until: dict[str, float] = {}

    async def token(self, audience: str, scopes: Sequence[str]) -> Secret:
        """A token that is valid now; one that ends soon is renewed behind it.

        Raises:
            GrantNotConfigured: The company did not configure this audience or scope.
            SignInNeeded: Nobody is signed in, or the sign-in has ended.
            TokenNotAccepted: The token was refused, and so was, or may be, the one before it.
            RefreshNotGranted: The issuer gave no refresh token to get this one with.
            Fault: The issuer did not give one.
        """
        key = self._client.key(audience, scopes)
        held = self._usable(key)
        if held is None:
            return await self._obtained(key, audience, scopes)
        now = self._clock()
        if now >= held.renew_at and now >= self._rest_until.get(key, 0.0):
            self._flight(key, audience, scopes)
        return held.token

    def refused(self, token: Secret) -> None:
        """A server answered 401 to `token`: it is not handed out again."""
        credential = self._wallet.credential
        for key, held in (credential.tokens if credential else {}).items():
            if held.token == token:
                self._refused[key] = token

    async def settle(self) -> None:
        """Wait for refreshes under way: one that is cut off loses the token it rotated."""
        if self._flights:
            await asyncio.wait(tuple(self._flights.values()), timeout=15.0)

    def _held(self, key: str) -> Held | None:
        credential = self._wallet.credential
        return credential.tokens.get(key) if credential else None

    def _usable(self, key: str) -> Held | None:
        held = self._held(key)
        good = held is not None and held.usable(self._clock()) and not self._is_refused(key)
        return held if good else None

    def _is_refused(self, key: str) -> bool:
        held = self._held(key)
        return held is not None and held.token == self._refused.get(key)

    async def _obtained(self, key: str, audience: str, scopes: Sequence[str]) -> Secret:
        if key not in self._flights:
            if self._wallet.credential is None:
                msg = "You are not signed in."
                raise SignInNeeded(msg)
            self._check_lag(key, audience)
        # Shielded, because the refresh belongs to everybody who waits, not to one caller.
        return await asyncio.shield(self._flight(key, audience, scopes))

    def _check_lag(self, key: str, audience: str) -> None:
        """A token that is refused fresh from the issuer is not cured by yet another one."""
        since = self._clock() - self._forced_at.get(audience, float("-inf"))
        if self._is_refused(key) and 0 <= since < FORCED_EVERY:
            msg = f"The server behind {audience} does not accept the token it should accept."
            raise TokenNotAccepted(msg)

    def _flight(self, key: str, audience: str, scopes: Sequence[str]) -> asyncio.Task[Secret]:
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(self._fly(key, audience, scopes))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        return flight

    def _landed(self, key: str, flight: asyncio.Task[Secret]) -> None:
        del self._flights[key]
        if not flight.cancelled() and (error := flight.exception()) is not None:
            # Logged here, because nobody may be waiting: the token was renewed early.
            self._rest_until[key] = self._clock() + REST
            logger.warning("A token was not renewed: %s", error)

    async def _fly(self, key: str, audience: str, scopes: Sequence[str]) -> Secret:
        # Before the turn, so that a slow discovery makes no other process wait.
        provider = await self._issuer.provider()
        async with self._wallet.turn():
            held = self._usable(key)
            if held is not None and self._clock() < held.renew_at:
                return held.token
            forced = self._is_refused(key)
            credential, tokens = await self._redeem(provider, audience, scopes)
            received = Held.received(tokens.access, tokens.lifetime, self._clock())
            renewed = credential.renewed(key, received, tokens.refresh)
            # First of all: from here on the old refresh token is worth nothing.
            await self._wallet.keep(renewed)
            if forced:
                self._forced_at[audience] = self._clock()
            if tokens.id_token is not None:
                await self._check_identity(renewed, tokens.id_token)
        return received.token

    async def _redeem(
        self, provider: Provider, audience: str, scopes: Sequence[str]
    ) -> tuple[Credential, Tokens]:
        """Spend the refresh token; look for a newer one before the sign-in is given up."""
        again = True
        while True:
            credential = self._wallet.credential
            if credential is None:
                msg = "You are not signed in."
                raise SignInNeeded(msg)
            refresh = credential.refresh
            if refresh is None:
                raise await self._no_refresh(credential, self._client.key(audience, scopes))
            form: list[tuple[str, str | Secret]] = [
                ("grant_type", "refresh_token"),
                ("client_id", self._client.client_id),
                ("refresh_token", refresh),
                ("resource", audience),
            ]
            if scopes:
                form.append(("scope", " ".join(scopes)))
            try:
                return credential, await spend(self._issuer.network, provider.token, form)
            except GrantGone as gone:
                await self._wallet.load()
                now = self._wallet.credential
                if again and now is not None and now.refresh not in {None, refresh}:
                    again = False
                    continue
                await self._wallet.forget()
                msg = f"Your sign-in has ended. {gone}"
                raise SignInNeeded(msg) from gone

    async def _no_refresh(self, credential: Credential, key: str) -> Fault:
        if key in credential.tokens:
            await self._wallet.forget()
            return SignInNeeded("Your sign-in has ended, and the issuer allows no renewal.")
        return RefreshNotGranted("The issuer gave no refresh token at your sign-in.")

    async def _check_identity(self, credential: Credential, id_token: Secret) -> None:
        """Follow a changed name or changed groups (OpenID Connect Core 1.0 §12.2).

        A statement that cannot be verified changes nothing: the old one still stands.

        Raises:
            IssuerRefused: The tokens belong to another person; they are dropped.
        """
        try:
            found = await identify(id_token, self._issuer, self._client, None)
        except Fault as fault:
            logger.warning("The issuer's news of who is signed in is not used: %s", fault)
            return
        if found.subject != credential.identity.subject:
            await self._wallet.forget()
            msg = "The issuer renewed your sign-in with somebody else's."
            raise IssuerRefused(msg)
        if found != credential.identity:
            await self._wallet.keep(Credential(found, credential.refresh, credential.tokens))
