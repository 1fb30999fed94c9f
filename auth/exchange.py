"""Tokens by exchange: the issuer gives another one for a token that it gave before (RFC 8693).

Nothing is spent by it, so nobody waits for a turn; two processes that exchange at once get a token
each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auth.credential import Held
from auth.fault import Fault, Who
from auth.refresh import IdentityNotRenewed, RefreshNotGranted, SignInNeeded
from auth.terms import Terms
from auth.token_endpoint import GrantGone, IssuerRefused, spend

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.client import Client, Parameters, Subject
    from auth.discovery import Issuer
    from auth.refresh import Refresh
    from auth.secret import Secret
    from auth.token_endpoint import Tokens
    from auth.wallet import Wallet

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - it names a type.
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - it names a type.


class ExchangeRefused(Fault):
    """The issuer does not exchange the user's sign-in for what a server wants."""

    reference = "exchange-refused"
    who = Who.COMPANY
    remedy = (
        "Ask your platform team to let Portico's client exchange tokens for this server, and you "
        "to use it."
    )


class Exchange:
    """Exchanges what the sign-in brought.

    Args:
        client: What the company registered.
        issuer: Where tokens are exchanged.
        wallet: Whose they are.
        refresh: Renews what is exchanged.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        client: Client,
        issuer: Issuer,
        wallet: Wallet,
        refresh: Refresh,
        clock: Callable[[], float],
    ) -> None:
        self._client = client
        self._issuer = issuer
        self._wallet = wallet
        self._refresh = refresh
        self._clock = clock

    async def renewed(self, terms: Terms, refused: Secret | None) -> Secret:
        """A token other than `refused`; see `supply.Source`.

        Raises:
            ExchangeRefused: The issuer does not give one.
            Fault: As for a refresh.
        """
        subject: Subject = self._client.subject if self._client.audiences else "id-token"
        asked = [("requested_token_type", ACCESS_TOKEN), *self._asking(terms)]
        tokens = await self.exchanged(terms.audience, asked, subject, ACCESS_TOKEN)
        return await keep(self._wallet, terms, tokens, refused, self._clock())

    def _asking(self, terms: Terms) -> Parameters:
        """RFC 8693 §2.1: a resource is an address, and an audience a name."""
        if self._client.naming.of(terms.audience) != "resource" or "://" in terms.audience:
            return self._client.asking(terms.audience, terms.scopes)
        scopes = [("scope", " ".join(terms.scopes))] if terms.scopes else []
        return [("audience", terms.audience), *scopes]

    async def exchanged(
        self, audience: str, asked: Parameters, subject: Subject, wanted: str
    ) -> Tokens:
        """What the issuer gives for the person's token, of the type `wanted`.

        Raises:
            ExchangeRefused: It gives nothing.
            Fault: As for a refresh.
        """
        provider = await self._issuer.provider()
        before: GrantGone | None = None
        refused: Secret | None = None
        while True:
            shown = await self._shown(audience, subject, refused, before)
            form: list[tuple[str, str | Secret]] = [
                ("grant_type", GRANT_TYPE),
                ("client_id", self._client.client_id),
                ("subject_token", shown),
                ("subject_token_type", ID_TOKEN if subject == "id-token" else ACCESS_TOKEN),
                *asked,
            ]
            try:
                return await spend(self._issuer.network, provider.token, form, issued=wanted)
            except GrantGone as gone:
                # What was shown may have been revoked before its time, so a newer one is tried.
                if before is not None:
                    raise _refusal(audience, gone) from gone
                before, refused = gone, shown
            except IssuerRefused as no:
                raise _refusal(audience, no) from no

    async def _shown(
        self, audience: str, subject: Subject, refused: Secret | None, because: GrantGone | None
    ) -> Secret:
        """What is exchanged, another one than was `refused`."""
        if self._wallet.credential is None:
            msg = "You are not signed in."
            raise SignInNeeded(msg)
        try:
            if subject == "id-token":
                return await self._refresh.identity(refused)
            return await self._refresh.renewed(Terms(self._client.audiences[0]), refused)
        except (IdentityNotRenewed, RefreshNotGranted):
            if because is None:
                raise
            raise _refusal(audience, because) from because


def _refusal(audience: str, no: Fault) -> ExchangeRefused:
    msg = f"Your sign-in was not exchanged for one at {audience}: {no}"
    return ExchangeRefused(msg, data=no.data)


async def keep(
    wallet: Wallet, terms: Terms, tokens: Tokens, refused: Secret | None, now: float
) -> Secret:
    """Keep a token that came without spending anything.

    Raises:
        SignInNeeded: The person has signed out meanwhile.
    """
    async with wallet.turn():
        credential = wallet.credential
        if credential is None:
            msg = "You are not signed in."
            raise SignInNeeded(msg)
        before = credential.tokens.get(terms.key)
        after_refusal = before is not None and before.token == refused
        held = Held.received(tokens.access, tokens.lifetime, now, after_refusal=after_refusal)
        await wallet.keep(credential.renewed(terms.key, held))
    return tokens.access
