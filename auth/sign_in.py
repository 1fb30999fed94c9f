"""A sign-in on a page: authorization code with PKCE, answered on loopback.

A browser that does not find back to loopback is helped: the editor's own forwarding gives it an
address that leads there, or the person pastes the address at which it stopped.

Source: RFC 6749 §4.1, RFC 7636 (S256), RFC 8252, RFC 8707, RFC 9207, OpenID Connect Core 1.0 §3.1.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from auth.authorization import SignInFailed, challenge, page_address, read_answer
from auth.credential import Credential, Held
from auth.fault import Fault
from auth.id_token import IdTokenRefused, identify, remaining
from auth.loopback import Loopback, NotTheAnswer, read_pasted
from auth.reach import Flow
from auth.terms import Terms
from auth.token_endpoint import spend

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from auth.client import Client
    from auth.discovery import Issuer, Provider
    from auth.identity import Identity
    from auth.page import Content
    from auth.reach import AskAddress, Forward, OpenPage, Reach
    from auth.token_endpoint import Tokens

    Welcome = Callable[[Identity, str], Awaitable[Content | None]]


PASTES = 3
"""How often a person may paste something that is not the address."""

_FAREWELL = "You can close this window and go back to your editor."


class PageNotOpened(SignInFailed):
    """The sign-in page could not be shown."""

    reference = "sign-in-page-not-opened"
    remedy = (
        "Set a default browser, or run `portico login --paste` and open the page anywhere you like."
    )


class PortTaken(PageNotOpened):
    """The one port that the company registered for the way back is in use."""

    reference = "sign-in-port-taken"
    remedy = "End the program that listens there, or run `portico login --device`."


class NoSignInWaits(SignInFailed):
    """An address was pasted while no sign-in waits for one."""

    reference = "no-sign-in-waits"
    remedy = "Begin with `portico login --paste`, and paste the address while it waits."


class SignIn:
    """One flow. `run` it once; `reopen` shows the same page again while it runs.

    Args:
        client: What the company registered.
        issuer: Where to sign in.
        clock: Seconds since 1970.
        welcome: What more the last page says to whom, given the page's origin.
    """

    def __init__(
        self,
        client: Client,
        issuer: Issuer,
        clock: Callable[[], float],
        welcome: Welcome | None = None,
    ) -> None:
        self._client = client
        self._issuer = issuer
        self._clock = clock
        self._welcome = welcome
        self._state = secrets.token_urlsafe(24)
        self._nonce = secrets.token_urlsafe(24)
        self._verifier = secrets.token_urlsafe(48)
        self._waiting: tuple[Loopback, str, str] | None = None

    async def run(
        self, open_page: OpenPage, reach: Reach, patience: float, *, flow: Flow = Flow.PAGE
    ) -> Credential:
        """Show the sign-in page, wait `patience` seconds for the answer, and spend it.

        Args:
            open_page: Shows the page.
            reach: What else helps the person's browser, or the person, back to here.
            patience: Seconds.
            flow: `PAGE`, which comes back by itself, or `PASTE`.

        Raises:
            PageNotOpened: The page could not be shown, or leads nowhere from where it would be.
            SignInFailed: The person declined, did not answer in time, or the answer is another's.
            Fault: The issuer could not be reached, refused, or said who it is in a wrong way.
        """
        reach.tell(f"Asking {self._issuer.url} how to sign in")
        provider = await self._issuer.provider()
        wanted = self._client.redirect_port
        async with Loopback(self._state, port=wanted) as loopback:
            if wanted and loopback.port != wanted:
                msg = f"Port {wanted}, where your company's issuer sends browsers, is in use."
                raise PortTaken(msg)
            back = loopback.redirect_uri
            if flow is Flow.PAGE and reach.forward is not None:
                back = await forwarded(loopback, reach.forward)
            page = page_address(
                provider,
                self._client,
                redirect_uri=back,
                state=self._state,
                nonce=self._nonce,
                challenge=challenge(self._verifier),
            )
            self._waiting = (loopback, page, back)
            if flow is Flow.PASTE and reach.ask_address is not None:
                open_page = self._shown_to_paste(reach.ask_address)
            reach.tell("Waiting for you at the sign-in page")
            answer = await answered(loopback, page, open_page, patience)
            reach.tell("Asking the issuer who signed in")
            try:
                code = read_answer(answer, self._issuer.url, provider)
                credential = await self._redeem(provider, code, back)
            except Fault as fault:
                loopback.conclude(400, "You are not signed in", fault.sentence())
                raise
            identity = credential.identity
            # A forwarded answer passed through the hands of whoever forwards, who could keep the
            # page that follows it and press its buttons in the person's place.
            direct = back == loopback.redirect_uri
            greets = self._welcome if direct else None
            more = await greets(identity, loopback.origin) if greets else None
            loopback.conclude(
                200,
                f"Signed in as {identity.name}",
                _FAREWELL if more is None else f"Something waits for you below. {_FAREWELL}",
                more,
            )
        return credential

    async def reopen(self, open_page: OpenPage) -> None:
        """Show the page once more, for a person who closed it and asks again."""
        if self._waiting is not None:
            await open_page(self._waiting[1])

    def answer(self, pasted: str) -> None:
        """Take the address at which the person's browser stopped.

        Raises:
            NotTheAnswer: It is no answer to this sign-in.
            NoSignInWaits: The page was not shown yet.
        """
        if self._waiting is None:
            msg = "The sign-in waits for no address yet."
            raise NoSignInWaits(msg)
        loopback, _, back = self._waiting
        loopback.take(read_pasted(pasted, back, self._state))

    async def paste(self, ask: AskAddress) -> bool:
        """Have the page's last address pasted; False where nobody can, though the page was shown.

        Raises:
            NotTheAnswer: What was pasted was something else, again and again.
            NoSignInWaits: There is no page yet.
        """
        if self._waiting is None:
            msg = "The sign-in waits for no address yet."
            raise NoSignInWaits(msg)
        wrong = ""
        for _ in range(PASTES):
            pasted = await ask(self._waiting[1], wrong)
            if pasted is None:
                return False
            try:
                self.answer(pasted)
            except NotTheAnswer as other:
                wrong = other.message
            else:
                return True
        raise NotTheAnswer(wrong)

    def _shown_to_paste(self, ask: AskAddress) -> OpenPage:
        async def shown(_: str) -> bool:
            await self.paste(ask)
            return True

        return shown

    async def _redeem(self, provider: Provider, code: str, redirect_uri: str) -> Credential:
        client = self._client
        form = [
            ("grant_type", "authorization_code"),
            ("client_id", client.client_id),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", self._verifier),
            # An access token is for one audience; the others follow by refresh.
            *(asked for audience in client.audiences[:1] for asked in client.asking(audience)),
        ]
        tokens = await spend(self._issuer.network, provider.token, form)
        return await accepted(tokens, self._issuer, client, self._nonce, self._clock())


async def accepted(
    tokens: Tokens, issuer: Issuer, client: Client, nonce: str | None, now: float
) -> Credential:
    """The credential in the first tokens of a sign-in, after it is certain whose they are.

    Args:
        tokens: What the token endpoint gave.
        issuer: Who gave them.
        client: To whom.
        nonce: What this sign-in sent, or None for one that could send none.
        now: Seconds since 1970.

    Raises:
        IdTokenRefused: There is no valid statement of who signed in.
        Fault: The issuer's keys could not be had.
    """
    if tokens.id_token is None:
        msg = (
            f"The token endpoint of {issuer.url} gave no `id_token`, which says who signed in, "
            "though `openid` was asked for."
        )
        raise IdTokenRefused(msg)
    identity = await identify(tokens.id_token, issuer, client, nonce)
    held = Held.received(tokens.access, tokens.lifetime, now)
    first = {Terms(audience).key: held for audience in client.audiences[:1]}
    word = Held.received(tokens.id_token, remaining(tokens.id_token), now)
    return Credential(identity, tokens.refresh, first, word)


async def forwarded(loopback: Loopback, forward: Forward) -> str:
    """The address at which the person's browser, elsewhere, finds `loopback`.

    Raises:
        PageNotOpened: The editor has none that the issuer would take.
    """
    address = await forward(loopback.redirect_uri)
    if address is None or not loopback.reached_by(address):
        msg = "The editor cannot lead your browser back to this machine."
        raise PageNotOpened(msg)
    return address


async def answered(
    loopback: Loopback, url: str, open_page: OpenPage, patience: float
) -> dict[str, str]:
    """The person's answer to the page at `url`, within `patience` seconds.

    An editor may say only afterwards that it opened the page.

    Raises:
        PageNotOpened: `open_page` said no.
        SignInFailed: The person did not answer in time.
    """
    arriving = asyncio.ensure_future(loopback.answer())
    opening = asyncio.ensure_future(open_page(url))
    try:
        async with asyncio.timeout(patience):
            await asyncio.wait({arriving, opening}, return_when=asyncio.FIRST_COMPLETED)
            if not arriving.done() and not opening.result():
                msg = "Your browser could not be opened at the sign-in page."
                raise PageNotOpened(msg)
            return await arriving
    except TimeoutError as late:
        msg = f"Nobody signed in within {patience:g} seconds."
        raise SignInFailed(msg) from late
    finally:
        arriving.cancel()
        opening.cancel()
        await asyncio.gather(arriving, opening, return_exceptions=True)
