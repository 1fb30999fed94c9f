"""Signing in at servers that run their own OAuth: which of them, and which window shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from auth.own_sign_in.registration import Registration, Server
from proxy.plain import plain
from proxy.policy.offering import Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.own_sign_in.account import ServerAccount
    from auth.own_sign_in.accounts import ServerAccounts
    from proxy.catalog import Catalog
    from proxy.policy.offering import Offering
    from proxy.session import Session


class NoOwnSignIn(Fault):
    """No server of that short name, that this user may use, has a sign-in of its own."""

    reference = "no-own-sign-in"
    who = Who.PERSON
    remedy = "List the servers with `portico servers`; `portico login` alone is your company's."


class OwnSignIns:
    """The sign-ins of one hub's servers, apart from the company's.

    Args:
        accounts: Makes what holds them, once a server needs it.
    """

    def __init__(self, accounts: Callable[[], ServerAccounts]) -> None:
        self._make = accounts
        self._accounts: ServerAccounts | None = None

    def at(self, offering: Offering) -> ServerAccount | None:
        """The account at a server; None for one that has no sign-in of its own."""
        if offering.auth != "oauth":
            return None
        if self._accounts is None:
            self._accounts = self._make()
        title, team = plain(offering.title, 80), plain(offering.owner.team, 80)
        server = Server(offering.server, title, offering.url, team)
        return self._accounts.of(server, offering.registration or Registration())

    async def sign_in(self, catalog: Catalog, server: str, session: Session) -> None:
        """Let the person sign in at a server, on a page that `session`'s window shows.

        The server is asked first: it alone says what it wants, and it may want nothing.

        Raises:
            NoOwnSignIn: It has none, or is not this user's.
            Fault: The sign-in did not succeed, or the server cannot be reached.
        """
        account = self._of(catalog, server)
        window = session.window

        async def open_page(url: str, why: str) -> bool:
            return window is not None and await window.open_url(url, why)

        if not account.needs_a_person:
            await catalog.relist(server)
        if account.needs_a_person:
            await account.sign_in(open_page)
            catalog.retry()
            await catalog.relist(server)
        _, _, fault = catalog.state(server)
        if fault is not None:
            raise fault

    async def sign_out(self, catalog: Catalog, server: str) -> None:
        """Forget the sign-in at a server.

        Raises:
            NoOwnSignIn: It has none, or is not this user's.
        """
        await self._of(catalog, server).sign_out()
        await catalog.relist(server)

    def _of(self, catalog: Catalog, server: str) -> ServerAccount:
        offering = catalog.offerings.get(server)
        offered = offering is not None and offering.standing is Standing.OFFERED
        account = self.at(offering) if offering is not None and offered else None
        if account is None:
            msg = f"{plain(server, 40)} is no server with a sign-in of its own."
            raise NoOwnSignIn(msg)
        return account

    async def aclose(self) -> None:
        """End what still waits for a person."""
        if self._accounts is not None:
            await self._accounts.aclose()
