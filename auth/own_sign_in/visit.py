"""One visit of the person to the sign-in page of a server's own issuer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auth.authorization import SignInFailed
from auth.fault import Fault
from auth.loopback import Loopback
from auth.own_sign_in.fault import ServerSignInFailed
from auth.sign_in import PageNotOpened, answered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from auth.own_sign_in.challenge import Challenge
    from auth.own_sign_in.flow import Flow
    from auth.own_sign_in.registration import Server

    OpenPage = Callable[[str, str], Awaitable[bool]]

REOPEN_AFTER = 10.0


class Visit:
    """One visit; `run` it once.

    Args:
        server: Whose page it is.
        open_page: Shows the page of an address under a sentence that says whose it is.
        patience: Seconds to wait for the person.
    """

    def __init__(self, server: Server, open_page: OpenPage, patience: float) -> None:
        self._server = server
        self._open_page = open_page
        self._patience = patience
        self._began = time.monotonic()
        self._page = ("", "")

    async def run(
        self,
        challenge: Challenge,
        port: int,
        begin: Callable[[str], Awaitable[Flow]],
        learn: Callable[[Flow, bool], Awaitable[None]],
    ) -> None:
        """Answer the server's refusal with a sign-in.

        Args:
            challenge: The refusal.
            port: Where the browser should come back to; 0 for anywhere.
            begin: Makes the flow, given the address at which the browser comes back.
            learn: Keeps what a flow holds, and is told whether it succeeded.

        Raises:
            ServerSignInFailed: It did not succeed.
            Fault: Server or issuer could not be reached.
        """
        title = self._server.title
        async with Loopback(port=port) as loopback:
            try:
                flow = await begin(loopback.redirect_uri)
                await self._signed_in(flow, challenge, loopback, learn)
            except Fault as fault:
                told = self._told(fault)
                loopback.conclude(400, f"You are not signed in to {title}", told.sentence())
                raise told from fault
            text = "You can close this window and go back to your editor."
            loopback.conclude(200, f"Signed in to {title}", text)

    async def _signed_in(
        self,
        flow: Flow,
        challenge: Challenge,
        loopback: Loopback,
        learn: Callable[[Flow, bool], Awaitable[None]],
    ) -> None:
        async def person(url: str, state: str) -> dict[str, str]:
            loopback.expect(state)
            self._page = (url, self._server.sign_in_at(urlsplit(url).netloc))
            return await answered(loopback, url, self._shown, self._patience)

        try:
            token = await flow.signed_in(challenge, person)
        except Fault:
            await learn(flow, False)
            raise
        await learn(flow, token is not None)
        if token is None:
            msg = f"The sign-in of {self._server.title} brought no token."
            raise ServerSignInFailed(msg)

    async def _shown(self, url: str) -> bool:
        return await self._open_page(url, self._page[1])

    async def reopen(self, open_page: OpenPage) -> None:
        """Show the page once more to whoever asks again after a while and may have closed it."""
        if self._page[0] and time.monotonic() - self._began > REOPEN_AFTER:
            await open_page(*self._page)

    def _told(self, fault: Fault) -> Fault:
        """A fault of the sign-in, in words that do not speak of the company's."""
        if not isinstance(fault, SignInFailed):
            return fault
        again = f"Run `portico login {self._server.short}`"
        where = f"Set a default browser, or run `portico login {self._server.short}` where one is."
        remedy = where if isinstance(fault, PageNotOpened) else f"{again} again."
        return ServerSignInFailed(fault.message, remedy=remedy)
