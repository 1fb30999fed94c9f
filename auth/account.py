"""The account of the person at this computer: sign in once, a token for everything.

This is the one door to the room: it says who is signed in, signs in and out, and gives grants.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from auth.authorization import SignInFailed
from auth.client import Client
from auth.discovery import Issuer
from auth.enterprise import Enterprise
from auth.exchange import Exchange
from auth.fault import Fault
from auth.grant import AccountGrant
from auth.lock_file import LockHeld
from auth.reach import Flow, Reach
from auth.refresh import Refresh
from auth.round_trip import RoundTrip
from auth.sign_in import NoSignInWaits
from auth.signing import Signing
from auth.supply import Supply
from auth.terms import Terms
from auth.token_endpoint import revoke
from auth.wallet import Wallet

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from auth.client import Naming, Subject
    from auth.identity import Identity
    from auth.network import Network
    from auth.reach import OpenPage
    from auth.sealed_store import SealedStore
    from auth.secret import Secret
    from auth.sign_in import Welcome
    from auth.supply import Source
    from auth.terms import Way
    from auth.walk import ChainLink

logger = logging.getLogger(__name__)

REOPEN_AFTER = 10.0


class Account:
    """One person at one issuer.

    Args:
        issuer: The OIDC issuer URL of the company's configuration.
        client_id: Portico's public client there.
        scopes: What to ask for; `offline_access` is what keeps a person signed in.
        groups_claim: The claim of the ID token that holds the business groups.
        audiences: Every audience for which `grant` may be asked by refresh.
        redirect_port: The one port of loopback that the issuer sends browsers back to; 0: any.
        naming: How the issuer is told an audience; as an RFC 8707 resource without it.
        subject: What is shown where tokens are exchanged.
        origins: Where else than to the issuer something of the sign-in may be sent.
        network: How to reach the issuer.
        store: Where the sign-in survives; bind it to issuer and client id.
        clock: Seconds since 1970.
        sleep: Waits so many seconds, for a server that must still learn of a new token.

    Attributes:
        on_change: Called, each without arguments, after the identity changed: signed in or out,
            other groups, or a sign-in that has ended.
        welcome: What more to show to whoever has just signed in, on the page that ends it.
    """

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        scopes: Sequence[str],
        groups_claim: str,
        audiences: Collection[str],
        redirect_port: int = 0,
        naming: Naming | None = None,
        subject: Subject = "access-token",
        origins: Collection[str] = (),
        network: Network,
        store: SealedStore,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = Client.registered(
            issuer=issuer,
            client_id=client_id,
            scopes=scopes,
            groups_claim=groups_claim,
            audiences=audiences,
            redirect_port=redirect_port,
            naming=naming,
            subject=subject,
            origins=origins,
        )
        self._clock = clock
        self._issuer = Issuer(issuer, network)
        self._wallet = Wallet(issuer, store)
        refresh = Refresh(self._client, self._issuer, self._wallet, clock)
        self._refresh = refresh
        exchange = Exchange(self._client, self._issuer, self._wallet, refresh, clock)
        enterprise = Enterprise(self._client, exchange, self._wallet, network, clock)
        sources: dict[Way, Source] = {
            "refresh": refresh,
            "exchange": exchange,
            "enterprise": enterprise,
        }
        self._supply = Supply(self._client, self._wallet, sources, clock, sleep)
        self._signing: tuple[float, Signing, asyncio.Task[Identity]] | None = None
        self.on_change: list[Callable[[], None]] = self._wallet.on_change
        self.welcome: Welcome | None = None

    @property
    def identity(self) -> Identity | None:
        """Who is signed in, or None."""
        return self._wallet.identity

    @property
    def storage(self) -> str:
        """Where the sign-in survives, see `sealed_store.Kind`."""
        return self._wallet.storage

    async def load(self) -> None:
        """Take over the sign-in of an earlier run. Never fails: without one, nobody is in."""
        await self._wallet.load()

    async def walk(self, terms: Terms | None = None) -> list[ChainLink]:
        """Try every link of the chain that the sign-in hangs on, one refresh among them.

        Args:
            terms: What to refresh; None for whatever the issuer gives.
        """
        from auth.walk import Walk  # only somebody who looks for trouble waits for it

        audience = next(iter(sorted(self._client.audiences)), "")
        wanted = terms or Terms(audience)

        async def renew() -> object:
            held = self._wallet.held(wanted.key)
            return await self._refresh.renewed(wanted, held.token if held else None)

        async def storage() -> str:
            await self._wallet.load()
            return self._wallet.storage

        able = renew if self._wallet.credential is not None else None
        return await Walk(self._issuer, storage, able, self._clock).links()

    async def reach(self) -> None:
        """See whether the issuer answers now.

        Raises:
            Fault: It does not, or not as an issuer does.
        """
        await self._issuer.provider(anew=True)

    async def sign_in(
        self, open_page: OpenPage, reach: Reach | None = None, *, patience: float = 300.0
    ) -> Identity:
        """Let the person sign in, and return who it is.

        A sign-in that is under way is joined. Whoever asks again after ten seconds has probably
        closed the page, and is shown it once more; whoever asks for another flow gets that instead.

        Args:
            open_page: Shows a URL to the person; False means that it could not.
            reach: What else can be shown to them, and where they are.
            patience: Seconds to wait for the person.

        Raises:
            SignInFailed: Nothing could be shown, or the person did not come back with a yes.
            Fault: The issuer could not be reached, or is not what the configuration says.
        """
        reach = reach or Reach()
        if self._signing is not None and reach.flow not in {Flow.BEST, self._signing[1].flow}:
            if reach.flow is Flow.PASTE and self._signing[1].takes_addresses:
                return await self._pasted(reach)
            await self._end_signing()
        if self._signing is None:
            signing = Signing(self._client, self._issuer, self._clock, self.welcome, reach)
            task = asyncio.create_task(self._sign_in(signing, open_page, patience))
            self._signing = (time.monotonic(), signing, task)
            task.add_done_callback(self._signed)
        else:
            since, signing, task = self._signing
            if reach.flow is Flow.PASTE:
                return await self._pasted(reach)
            if time.monotonic() - since > REOPEN_AFTER:
                await signing.reopen(open_page)
        # Shielded, because another window may be waiting for the same person.
        return await asyncio.shield(task)

    async def _pasted(self, reach: Reach) -> Identity:
        """Join the sign-in under way, and have its page's last address pasted meanwhile."""
        if self._signing is None or reach.ask_address is None:
            msg = "The address can be pasted in a terminal alone."
            raise NoSignInWaits(msg)
        _, signing, task = self._signing
        asking = asyncio.ensure_future(signing.paste(reach.ask_address))
        try:
            await asyncio.wait({asking, task}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                asking.result()
            return await asyncio.shield(task)
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    def answer(self, pasted: str) -> None:
        """Take the address at which the browser of the sign-in under way stopped.

        Raises:
            NoSignInWaits: No sign-in waits for one.
            NotTheAnswer: It is no answer to this sign-in.
        """
        if self._signing is None:
            msg = "No sign-in is under way."
            raise NoSignInWaits(msg)
        self._signing[1].answer(pasted)

    async def _end_signing(self) -> None:
        """End the sign-in under way; whoever waits for it is told that another one took over."""
        if self._signing is not None:
            task = self._signing[2]
            task.cancel()
            await asyncio.wait([task])

    async def _sign_in(self, signing: Signing, open_page: OpenPage, patience: float) -> Identity:
        try:
            credential = await signing.run(open_page, patience)
        except asyncio.CancelledError:
            msg = "Another sign-in took the place of this one."
            raise SignInFailed(msg) from None
        async with self._wallet.turn():
            await self._wallet.keep(credential)
        return credential.identity

    def _signed(self, task: asyncio.Task[Identity]) -> None:
        self._signing = None
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.info("The sign-in did not succeed: %s", error)

    def round_trip(self) -> RoundTrip:
        """A look at who is at a browser now, by the same issuer; it changes nothing here."""
        return RoundTrip(self._client, self._issuer)

    async def sign_out(self) -> None:
        """Forget the sign-in, whatever happens; then ask the issuer to end it too (RFC 7009)."""
        try:
            async with self._wallet.turn():
                ended = self._wallet.credential
                await self._wallet.forget()
        except LockHeld as held:
            logger.warning("Signing out without waiting for another process: %s", held)
            ended = self._wallet.credential
            await self._wallet.forget()
        if ended is not None and ended.refresh is not None:
            await self._revoke(ended.refresh)

    async def _revoke(self, refresh: Secret) -> None:
        try:
            provider = await self._issuer.provider()
            if provider.revocation is None:
                logger.info("The issuer offers no way to end a sign-in early.")
                return
            agreed = await revoke(
                self._issuer.network, provider.revocation, self._client.client_id, refresh
            )
        except Fault as fault:
            logger.warning("The issuer was not told of the sign-out: %s", fault)
        else:
            if not agreed:
                logger.warning("The issuer did not end the sign-in; it ends by itself.")

    def grant(self, terms: Terms | str) -> AccountGrant:
        """The permission to use what accepts tokens of `terms`; whether there is one shows at use.

        Args:
            terms: Its terms, or an audience for which a refresh brings tokens.
        """
        return AccountGrant(
            self._supply, Terms(terms) if isinstance(terms, str) else terms, self._issuer
        )

    async def aclose(self) -> None:
        """End a sign-in that still waits for the person; let a refresh under way finish."""
        await self._end_signing()
        await self._supply.settle()
