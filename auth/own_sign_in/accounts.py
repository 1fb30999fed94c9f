"""The person's accounts at servers that run their own OAuth, each made at its first use."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from auth.own_sign_in.account import ServerAccount

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.network import Network
    from auth.own_sign_in.registration import Registration, Server
    from auth.sealed_store import SealedStore


class ServerAccounts:
    """The accounts of one hub.

    Args:
        network: How this machine gets to servers and issuers.
        store: Makes the sealed store of a server, given its short name and what binds it.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        network: Network,
        store: Callable[[str, str], SealedStore],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._network = network
        self._store = store
        self._clock = clock
        self._accounts: dict[tuple[Server, Registration], ServerAccount] = {}

    def of(self, server: Server, registration: Registration) -> ServerAccount:
        """The account at a server; another address or registration is another account."""
        key = server, registration
        if key not in self._accounts:
            binding = f"{server.url} {registration.issuer} {registration.client_id}"
            self._accounts[key] = ServerAccount(
                server,
                registration,
                network=self._network,
                store=self._store(server.short, binding),
                clock=self._clock,
            )
        return self._accounts[key]

    async def aclose(self) -> None:
        """Close every account."""
        await asyncio.gather(*(account.aclose() for account in self._accounts.values()))
