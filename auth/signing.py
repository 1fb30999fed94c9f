"""One sign-in from its beginning to its end, by whichever flow the person can be reached."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from auth.authorization import SignInFailed
from auth.device import DeviceRefused, DeviceSignIn
from auth.reach import Flow, flows
from auth.sign_in import NoSignInWaits, PageNotOpened, SignIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.client import Client
    from auth.credential import Credential
    from auth.discovery import Issuer
    from auth.fault import Fault
    from auth.reach import AskAddress, OpenPage, Reach
    from auth.sign_in import Welcome

logger = logging.getLogger(__name__)


class Signing:
    """One sign-in. `run` it once.

    Args:
        client: What the company registered.
        issuer: Where to sign in.
        clock: Seconds since 1970.
        welcome: What more the last page says to whom.
        reach: How the person is reached.

    Attributes:
        flow: The one that is being tried.
    """

    def __init__(
        self,
        client: Client,
        issuer: Issuer,
        clock: Callable[[], float],
        welcome: Welcome | None,
        reach: Reach,
    ) -> None:
        self._client = client
        self._issuer = issuer
        self._clock = clock
        self._welcome = welcome
        self._reach = reach
        self._page: SignIn | None = None
        self.flow = reach.flow

    async def run(self, open_page: OpenPage, patience: float) -> Credential:
        """Try one flow after the other until one can be shown to the person, and finish that.

        Args:
            open_page: Shows a page.
            patience: Seconds to wait for the person at a page; a code says itself how long.

        Raises:
            PageNotOpened: None could be shown.
            DeviceRefused: The issuer gives no code, and that was the only way.
            SignInFailed: The person did not come back with a yes.
            Fault: The issuer could not be reached, refused, or said who it is in a wrong way.
        """
        offered = (await self._issuer.provider()).device is not None
        last: Fault | None = None
        for flow in flows(self._reach, device=offered):
            self.flow = flow
            try:
                return await self._by(flow, open_page, patience)
            except (PageNotOpened, DeviceRefused) as no:
                logger.info("Signing in by %s is not possible here: %s", flow.value, no)
                last = last if last is not None and flow is Flow.DEVICE else no
        raise last or SignInFailed("There is no way to sign in here.")

    async def _by(self, flow: Flow, open_page: OpenPage, patience: float) -> Credential:
        if flow is Flow.DEVICE:
            show = self._reach.show_code
            if show is None:
                msg = "Nothing here can show you a code to sign in with."
                raise PageNotOpened(msg)
            device = DeviceSignIn(self._client, self._issuer, self._clock)
            return await device.run(show, self._reach.tell)
        self._page = SignIn(self._client, self._issuer, self._clock, self._welcome)
        try:
            return await self._page.run(open_page, self._reach, patience, flow=flow)
        finally:
            self._page = None

    async def reopen(self, open_page: OpenPage) -> None:
        """Show the page once more, for a person who closed it and asks again."""
        if self._page is not None:
            await self._page.reopen(open_page)

    @property
    def takes_addresses(self) -> bool:
        """Whether a page waits whose last address may be pasted."""
        return self._page is not None

    def answer(self, pasted: str) -> None:
        """Take the address at which the person's browser stopped.

        Raises:
            NotTheAnswer: It is no answer to this sign-in.
            NoSignInWaits: No page waits for its answer.
        """
        self._waiting().answer(pasted)

    async def paste(self, ask: AskAddress) -> bool:
        """Have the address pasted, see `SignIn.paste`."""
        return await self._waiting().paste(ask)

    def _waiting(self) -> SignIn:
        if self._page is None:
            msg = "The sign-in waits for no address."
            raise NoSignInWaits(msg)
        return self._page
