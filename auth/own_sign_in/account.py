"""The account of the person at one server that runs its own OAuth."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auth.fault import Fault
from auth.grant import GrantState
from auth.lock_file import LockHeld
from auth.own_sign_in.challenge import UNAUTHORIZED, Challenge
from auth.own_sign_in.fault import ServerSignInNeeded
from auth.own_sign_in.holding import Holding
from auth.own_sign_in.secret_file import read_secret
from auth.own_sign_in.visit import Visit
from auth.token_endpoint import revoke

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.network import Network
    from auth.own_sign_in.flow import Flow
    from auth.own_sign_in.registration import Registration, Server
    from auth.own_sign_in.visit import OpenPage
    from auth.sealed_store import SealedStore
    from auth.secret import Secret

logger = logging.getLogger(__name__)

TURN_SECONDS = 45.0
"""How long to wait for another process: longer than its refresh may take."""


class ServerAccount:
    """One server's own sign-in; also the grant of its endpoint.

    Args:
        server: The server.
        registration: How Portico comes by a token there.
        network: How this machine gets there.
        store: Where the sign-in survives; bind it to the server's address.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        server: Server,
        registration: Registration,
        *,
        network: Network,
        store: SealedStore,
        clock: Callable[[], float],
    ) -> None:
        self._server = server
        self._registration = registration
        self._network = network
        self._store = store
        self._clock = clock
        self._holding = Holding()
        self._loading: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._refused: Secret | None = None
        self._challenge: Challenge | None = None
        self._renewing: asyncio.Task[Secret | None] | None = None
        self._signing: tuple[Visit, asyncio.Task[None]] | None = None

    @property
    def needs_a_person(self) -> bool:
        """Whether the server has refused something that only a sign-in can get."""
        return self._challenge is not None and self._registration.needs_a_person

    @property
    def signed_in(self) -> bool:
        """Whether there is a token, or what brings one without a person."""
        held = self._holding
        return held.refresh is not None or (held.usable(self._clock()) and not self._is_refused())

    @property
    def state(self) -> GrantState:
        """How the grant stands."""
        held = self._holding
        if held.usable(self._clock()) and not self._is_refused():
            return GrantState(held=True, expires_at=held.usable_until)
        wanted = self._challenge if self.needs_a_person else None
        return GrantState(held=False, fault=self._needed(wanted) if wanted else None)

    @property
    def storage(self) -> str:
        """Where the sign-in survives: "keyring", or "memory" (until this process ends)."""
        return self._store.kind

    # --- the grant ---------------------------------------------------------------------------

    async def token(self) -> Secret | None:
        """The token to send, or None where there is none (yet): the server says what it wants.

        Raises:
            Fault: It has ended and cannot be renewed now.
        """
        await self.load()
        held = self._holding
        if self._is_refused():
            return None
        if held.usable(self._clock()):
            return held.access
        return await self._renewed(None) if held.refresh is not None else None

    async def again(
        self, token: Secret | None, status: int, header: str, tried: int = 0
    ) -> Secret | None:
        """The server refused `token`: another one that is worth an attempt, or None.

        Args:
            token: What was sent.
            status: 401 or 403.
            header: The `WWW-Authenticate` that came with it.
            tried: How often this request was refused before; one more attempt is enough.

        Raises:
            ServerSignInNeeded: A person must sign in.
            Fault: The issuer could not be asked.
        """
        challenge = Challenge(status, header)
        held = self._holding
        if tried or (status != UNAUTHORIZED and not challenge.asks_beyond(held.scope)):
            return None
        if held.access != token and held.usable(self._clock()) and not self._is_refused():
            return held.access  # Somebody has renewed it meanwhile.
        self._challenge = challenge
        if status == UNAUTHORIZED:
            self._refused = token
        if not self._registration.needs_a_person:
            return await self._renewed(challenge)
        if status == UNAUTHORIZED and held.refresh is not None:
            fresh = await self._renewed(None)
            if fresh is not None:
                return fresh
        await self._read()
        if self._holding.access != held.access and self._holding.usable(self._clock()):
            return self._holding.access  # The person has signed in in another process.
        raise self._needed(challenge)

    def _needed(self, challenge: Challenge) -> ServerSignInNeeded:
        title, short = self._server.title, self._server.short
        if challenge.wants_more:
            more = f" ({challenge.scopes})" if challenge.scopes else ""
            msg = f"{title} wants a permission that your sign-in there does not have{more}."
        else:
            msg = f"{title} has a sign-in of its own, and you are not signed in there."
        remedy = f"Run `portico login {short}`; your company's sign-in is not used for it."
        return ServerSignInNeeded(msg, remedy=remedy, data={"server": short})

    def _is_refused(self) -> bool:
        return self._refused is not None and self._holding.access == self._refused

    # --- renewing ----------------------------------------------------------------------------

    async def _renewed(self, challenge: Challenge | None) -> Secret | None:
        """A new token without a person, together with everybody who waits for one."""
        if self._renewing is None:
            self._renewing = asyncio.ensure_future(self._renew(challenge))
            self._renewing.add_done_callback(self._landed)
        # Shielded: a refresh that is cut off loses the token that it rotated.
        return await asyncio.shield(self._renewing)

    def _landed(self, flight: asyncio.Task[Secret | None]) -> None:
        self._renewing = None
        if not flight.cancelled() and (error := flight.exception()) is not None:
            logger.info("A server's token was not renewed: %s", error)

    async def _renew(self, challenge: Challenge | None) -> Secret | None:
        async with self._turn, self._store.turn(TURN_SECONDS):
            before = self._holding.access
            await self._read()
            held = self._holding
            if held.access != before and held.usable(self._clock()) and not self._is_refused():
                return held.access  # Another process has renewed it.
            flow = await self._flow()
            fresh = await flow.renewed(challenge)
            await self._keep(flow.holding)
        if fresh is not None:
            self._challenge = None
        return fresh

    async def _flow(self, redirect_uri: str = "") -> Flow:
        # The SDK takes half a second to import, which on the loop would delay every window.
        make = await asyncio.to_thread(_flow)
        secret = await asyncio.to_thread(read_secret, self._registration)
        return make(
            self._server,
            self._registration,
            self._holding,
            self._network,
            self._clock,
            secret=secret,
            redirect_uri=redirect_uri,
        )

    # --- signing in and out ------------------------------------------------------------------

    async def sign_in(self, open_page: OpenPage, *, patience: float = 300.0) -> None:
        """Let the person sign in at this server; a visit that is under way is joined.

        Args:
            open_page: Shows the page of an address under a sentence that says whose it is.
            patience: Seconds to wait for the person.

        Raises:
            ServerSignInFailed: It did not succeed.
            Fault: Server or issuer could not be reached.
        """
        if self._signing is None:
            visit = Visit(self._server, open_page, patience)
            task = asyncio.create_task(self._visited(visit))
            self._signing = (visit, task)
            task.add_done_callback(self._signed)
        else:
            visit, task = self._signing
            await visit.reopen(open_page)
        # Shielded, because another window may be waiting for the same person.
        await asyncio.shield(task)

    async def _visited(self, visit: Visit) -> None:
        await self.load()
        challenge = self._challenge or Challenge(UNAUTHORIZED, "")
        await visit.run(challenge, self._port(), self._flow, self._learn)

    async def _learn(self, flow: Flow, succeeded: bool) -> None:
        """Keep what a sign-in brought; of a failed one only a registration that is new."""
        holding = flow.holding
        if not succeeded and holding.client == self._holding.client:
            return
        async with self._turn, self._store.turn(TURN_SECONDS):
            await self._keep(holding)
        if succeeded:
            self._challenge = self._refused = None

    def _signed(self, task: asyncio.Task[None]) -> None:
        self._signing = None
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.info("A server's own sign-in did not succeed: %s", error)

    def _port(self) -> int:
        """The port that Portico's registration names, because some issuers insist on it."""
        uris = self._holding.client.get("redirect_uris")
        try:
            first = uris[0] if isinstance(uris, list) else ""
            return urlsplit(str(first)).port or 0
        except (IndexError, ValueError):
            return 0

    async def sign_out(self) -> None:
        """Forget the tokens, whatever happens; then ask the issuer to end them (RFC 7009)."""
        await self.load()
        ended = self._holding
        try:
            async with self._turn, self._store.turn(TURN_SECONDS):
                await self._keep(ended.signed_out())
        except LockHeld:
            await self._keep(ended.signed_out())
        where, client = ended.metadata.get("revocation_endpoint"), ended.client.get("client_id")
        if ended.refresh is None or not isinstance(where, str) or not isinstance(client, str):
            return
        try:
            await revoke(self._network, where, client, ended.refresh)
        except Fault as fault:
            logger.warning("A server's issuer was not told of the sign-out: %s", fault)

    # --- keeping -----------------------------------------------------------------------------

    async def load(self) -> None:
        """Take over what the store holds, once."""
        if self._loading is None:
            self._loading = asyncio.ensure_future(self._read())
        await asyncio.shield(self._loading)

    async def _read(self) -> None:
        content = await self._store.read()
        if content is not None:
            self._holding = Holding.from_json(content)

    async def _keep(self, holding: Holding) -> None:
        self._holding = holding
        await self._store.write(holding.to_json())

    async def aclose(self) -> None:
        """End a sign-in that still waits for the person; let a refresh under way finish."""
        if self._signing is not None:
            self._signing[1].cancel()
            await asyncio.wait([self._signing[1]])
        if self._renewing is not None:
            await asyncio.wait([self._renewing], timeout=15.0)


def _flow() -> type[Flow]:
    from auth.own_sign_in.flow import Flow as Found

    return Found
