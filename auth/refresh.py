"""Tokens by refresh: each spends the refresh token, so they come one after the other.

A refresh token that rotates can be spent once. Whoever spends it therefore waits for their turn
among this user's processes; what another process received meanwhile is used instead of asking
again.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from auth.credential import Credential, Held
from auth.fault import Fault, Who
from auth.id_token import identify, remaining
from auth.terms import Terms
from auth.token_endpoint import GrantGone, IssuerRefused, spend

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.client import Client
    from auth.discovery import Issuer, Provider
    from auth.secret import Secret
    from auth.token_endpoint import Tokens
    from auth.wallet import Wallet

logger = logging.getLogger(__name__)


class SignInNeeded(Fault):
    """Nobody is signed in, or the sign-in has ended."""

    reference = "sign-in-needed"
    who = Who.PERSON
    remedy = "Sign in: run `portico login`, or use your editor's sign-in."


class RefreshNotGranted(Fault):
    """The issuer gave no refresh token, so there is one token for one audience and no more."""

    reference = "refresh-not-granted"
    who = Who.COMPANY
    remedy = "Ask your platform team to allow Portico's client refresh tokens (offline_access)."


class AudienceNotGiven(IssuerRefused):
    """The issuer gives no token of this audience by refresh (`invalid_target`)."""

    reference = "audience-not-given"
    who = Who.COMPANY
    remedy = (
        "Ask your platform team to let Portico's client have it; an issuer that binds a sign-in to "
        "one audience wants `registry_audience` and `audience` in portico.toml to be the same."
    )


class IdentityNotRenewed(Fault):
    """The issuer gives no new ID token with a refresh, and the one at hand has ended."""

    reference = "identity-not-renewed"
    who = Who.PERSON
    remedy = (
        "Sign in again with `portico login`; your platform team can let the issuer give an ID "
        "token with every refresh."
    )


class Refresh:
    """Spends the refresh token.

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

    async def renewed(self, terms: Terms, refused: Secret | None) -> Secret:
        """A token other than `refused`, which need not be renewed soon; see `supply.Source`."""
        # Before the turn, so that a slow discovery makes no other process wait.
        provider = await self._issuer.provider()
        async with self._wallet.turn():
            held = self._wallet.held(terms.key)
            if held is not None and held.token != refused and held.fresh(self._clock()):
                return held.token
            again = held is not None and held.token == refused
            return await self._turned_in(provider, terms, after_refusal=again)

    async def identity(self, refused: Secret | None) -> Secret:
        """An ID token other than `refused` that is good for a while.

        Raises:
            IdentityNotRenewed: The issuer gives none without a new sign-in.
            Fault: As for a token.
        """
        provider = await self._issuer.provider()
        # A refresh for no audience in particular where the company names none.
        terms = Terms(next(iter(self._client.audiences), ""))
        async with self._wallet.turn():
            found = self._identity(refused)
            if found is None and (credential := self._wallet.credential) and credential.refresh:
                await self._turned_in(provider, terms)
                found = self._identity(refused)
        if found is not None:
            return found
        if self._wallet.credential is None:
            msg = "You are not signed in."
            raise SignInNeeded(msg)
        msg = "Your issuer's statement of who you are has ended, and it gives no new one."
        raise IdentityNotRenewed(msg)

    def _identity(self, refused: Secret | None) -> Secret | None:
        credential = self._wallet.credential
        held = credential.id_token if credential else None
        good = held is not None and held.token != refused and held.usable(self._clock())
        return held.token if held is not None and good else None

    async def _turned_in(
        self, provider: Provider, terms: Terms, *, after_refusal: bool = False
    ) -> Secret:
        """Spend the refresh token in a turn, and keep what came for it."""
        credential, tokens = await self._redeem(provider, terms)
        now = self._clock()
        received = Held.received(tokens.access, tokens.lifetime, now, after_refusal=after_refusal)
        renewed = credential.renewed(terms.key, received, tokens.refresh)
        # First of all: from here on the old refresh token is worth nothing.
        await self._wallet.keep(renewed)
        if tokens.id_token is not None:
            await self._check_identity(renewed, tokens.id_token)
        return received.token

    async def _redeem(self, provider: Provider, terms: Terms) -> tuple[Credential, Tokens]:
        """Spend the refresh token; look for a newer one before the sign-in is given up."""
        again = True
        while True:
            credential = self._wallet.credential
            if credential is None:
                msg = "You are not signed in."
                raise SignInNeeded(msg)
            refresh = credential.refresh
            if refresh is None:
                raise await self._no_refresh(credential, terms.key)
            named = self._client.asking(terms.audience, terms.scopes) if terms.audience else []
            form: list[tuple[str, str | Secret]] = [
                ("grant_type", "refresh_token"),
                ("client_id", self._client.client_id),
                ("refresh_token", refresh),
                *named,
            ]
            try:
                return credential, await spend(self._issuer.network, provider.token, form)
            except GrantGone as gone:
                await self._wallet.load()
                now = self._wallet.credential
                if again and now is not None and now.refresh not in {None, refresh}:
                    again = False
                    continue
                # Erased before anybody else gets their turn, so that nobody spends it again: an
                # issuer that sees a spent token once more may end more than this one sign-in.
                await self._wallet.forget()
                msg = f"Your sign-in has ended. {gone}"
                raise SignInNeeded(msg) from gone
            except IssuerRefused as refused:
                if refused.data.get("error") == "invalid_target":
                    msg = f"{refused} The audience was {terms.audience}."
                    raise AudienceNotGiven(msg, data=refused.data) from refused
                raise

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
        held = Held.received(id_token, remaining(id_token), self._clock())
        await self._wallet.keep(replace(credential, identity=found, id_token=held))
