"""The user of a hub: who they are, how they sign in and out, and who hears of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from auth.reach import Flow, Reach
from proxy.audit import Event, Record
from proxy.fault import NothingToSignInTo
from proxy.plain import plain
from proxy.sign_in_again import SignInAgain

if TYPE_CHECKING:
    from auth.account import Account
    from auth.fault import Fault
    from auth.identity import Identity
    from proxy.hub import Hub
    from proxy.remembered import Remembered
    from proxy.session import Session


def no_company(hub: Hub, so: str = "") -> Fault:
    """Why nobody can sign in: the company's set-up does not count, or there is no company.

    Args:
        hub: Whose account is missing.
        so: What follows from it, as the end of a sentence.
    """
    if hub.setup is not None and hub.setup.fault is not None:
        return hub.setup.fault
    return NothingToSignInTo(f"There is no company to sign in to{so}.")


class User:
    """Whoever uses one hub, signed in or not.

    Args:
        hub: What follows who is signed in.
        remembered: Who was signed in last.
    """

    def __init__(self, hub: Hub, remembered: Remembered) -> None:
        self._hub = hub
        self._remembered = remembered
        self._hint: Identity | None = None
        self._told = ""
        self._again = SignInAgain(hub)
        self.certain = asyncio.Event()
        """Set once it is certain who is signed in, or that nobody is."""

    @property
    def identity(self) -> Identity | None:
        """Who is signed in; until the sealed sign-in is open, who was signed in last."""
        account = self._hub.account
        if account is not None and self.certain.is_set():
            return account.identity
        return self._hint

    @property
    def _key(self) -> str:
        return self.identity.key if self.identity else ""

    @property
    def _account(self) -> Account:
        if self._hub.account is None:
            raise no_company(self._hub)
        return self._hub.account

    def recall(self) -> None:
        """Take who was signed in last, until the sealed sign-in is open; waits for nobody."""
        company = self._hub.configuration.company
        if self._hub.account is not None and company is not None:
            self._hint = self._remembered.load(company.issuer)
            self._hub.account.on_change.append(self._changed)

    async def open(self) -> None:
        """Open what is sealed, after which it is certain who is signed in, and by whose rules.

        A set-up that is not the one that was accepted opens nothing.
        """
        hub = self._hub
        ill = await hub.setup.confirm() if hub.setup is not None else None
        if hub.registry is not None:
            await hub.registry.unseal()
        if hub.account is not None and ill is None:
            await hub.account.load()
        self.certain.set()
        self._told = self._key
        if self.identity != self._hint:
            self._remembered.save(self.identity)
        # Also for the same person: what the registry last said may have turned out not to be its.
        hub.adopt()
        await hub.pairings.load()
        hub.pairings.adopt(self._key)

    async def sign_in(self, session: Session, flow: Flow = Flow.BEST) -> Identity:
        """Sign the user in where `session`'s window reaches them, and meet the registry.

        Args:
            session: The window in which the user asked for it.
            flow: How.

        Raises:
            Fault: There is no company, or the sign-in did not succeed.
        """
        account, setup = self._account, self._hub.setup
        await self._hub.loaded()
        if setup is not None and setup.fault is not None:
            raise setup.fault
        window = session.window

        async def open_page(url: str) -> bool:
            return window is not None and await window.open_url(url)

        reach = session.reach(flow) if session.reach is not None else Reach(flow)
        identity = await account.sign_in(open_page, reach)
        reach.tell("Asking the registry what is yours")
        await self._hub.upkeep.ask_registry()
        self._note(Event.SIGNED_IN, identity, session)
        return identity

    def take_address(self, pasted: str) -> None:
        """Take the address at which the browser of the sign-in under way stopped.

        Raises:
            Fault: No sign-in waits for one, or it is another's.
        """
        self._account.answer(pasted)

    async def sign_out(self, session: Session) -> None:
        """Forget the sign-in here and, where it can be reached, at the issuer."""
        account = self._hub.account
        if account is None:
            return
        await self._hub.loaded()
        identity = account.identity
        if identity is not None:
            await self._hub.pairings.forget()
            self._again.expect_end()
            await account.sign_out()
            self._note(Event.SIGNED_OUT, identity, session)

    async def sign_in_at(self, server: str, session: Session) -> None:
        """Sign the user in at a server that runs its own OAuth, see `OwnSignIns.sign_in`."""
        await self._hub.loaded()
        await self._hub.own_sign_ins.sign_in(self._hub.catalog, server, session)
        self._note(Event.SIGNED_IN, self.identity, session, server)

    async def sign_out_at(self, server: str, session: Session) -> None:
        """Forget the user's sign-in at such a server."""
        await self._hub.loaded()
        await self._hub.own_sign_ins.sign_out(self._hub.catalog, server)
        self._note(Event.SIGNED_OUT, self.identity, session, server)

    def _note(
        self, event: Event, identity: Identity | None, session: Session, server: str = ""
    ) -> None:
        user, host = identity.subject if identity else "", plain(session.host, 80)
        record = Record(self._hub.clock(), event, user=user, host=host, server=server)
        self._hub.journal.note(record)

    def _changed(self) -> None:
        hub = self._hub
        identity = hub.account.identity if hub.account else None
        self._tell(identity)
        self._again.follow(identity)
        self.certain.set()
        self._remembered.save(identity)
        hub.pairings.adopt(identity.key if identity else "")
        hub.adopt()
        hub.catalog.retry()
        hub.upkeep.hurry()

    def _tell(self, identity: Identity | None) -> None:
        """Have editors write down that somebody is signed in, or nobody any more."""
        key = identity.key if identity else ""
        if key != self._told:
            who = f"Signed in as {plain(identity.name, 80)}." if identity else "Signed out."
            self._hub.sessions.log(who)
        self._told = key
