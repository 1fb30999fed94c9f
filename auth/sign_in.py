"""One sign-in of one person: authorization code with PKCE, answered on loopback.

Source: RFC 6749 §4.1, RFC 7636 (S256), RFC 8252, RFC 8707, RFC 9207, OpenID Connect Core 1.0 §3.1.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from auth.credential import Credential, Held
from auth.fault import Fault, Who
from auth.id_token import IdTokenRefused, identify, remaining
from auth.loopback import Loopback
from auth.terms import Terms
from auth.token_endpoint import spend, told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from auth.client import Client
    from auth.discovery import Issuer, Provider
    from auth.identity import Identity
    from auth.page import Content

    OpenPage = Callable[[str], Awaitable[bool]]
    Welcome = Callable[[Identity, str], Awaitable[Content | None]]


_FAREWELL = "You can close this window and go back to your editor."


class SignInFailed(Fault):
    """The person did not come back from the issuer with an answer that can be used."""

    reference = "sign-in-failed"
    who = Who.PERSON
    remedy = "Sign in again: run `portico login`, or use your editor's sign-in."


class PageNotOpened(SignInFailed):
    """The sign-in page could not be shown."""

    reference = "sign-in-page-not-opened"
    remedy = "Set a default browser, or run `portico login` where there is one."


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
        self._url: str | None = None

    async def run(self, open_page: OpenPage, patience: float) -> Credential:
        """Show the sign-in page by `open_page`, wait `patience` seconds, and spend the answer.

        Raises:
            PageNotOpened: `open_page` said no.
            SignInFailed: The person declined, did not answer in time, or the answer is another's.
            Fault: The issuer could not be reached, refused, or said who it is in a wrong way.
        """
        provider = await self._issuer.provider()
        async with Loopback(self._state) as loopback:
            self._url = page_address(
                provider,
                self._client,
                redirect_uri=loopback.redirect_uri,
                state=self._state,
                nonce=self._nonce,
                challenge=challenge(self._verifier),
            )
            answer = await answered(loopback, self._url, open_page, patience)
            try:
                code = read_answer(answer, self._issuer.url, provider)
                credential = await self._redeem(provider, code, loopback.redirect_uri)
            except Fault as fault:
                loopback.conclude(400, "You are not signed in", fault.sentence())
                raise
            identity = credential.identity
            more = await self._welcome(identity, loopback.origin) if self._welcome else None
            loopback.conclude(
                200,
                f"Signed in as {identity.name}",
                _FAREWELL if more is None else f"Something waits for you below. {_FAREWELL}",
                more,
            )
        return credential

    async def reopen(self, open_page: OpenPage) -> None:
        """Show the page once more, for a person who closed it and asks again."""
        if self._url is not None:
            await open_page(self._url)

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
        if tokens.id_token is None:
            msg = "The issuer did not say who signed in (no ID token)."
            raise IdTokenRefused(msg)
        identity = await identify(tokens.id_token, self._issuer, client, self._nonce)
        now = self._clock()
        held = Held.received(tokens.access, tokens.lifetime, now)
        first = {Terms(audience).key: held for audience in client.audiences[:1]}
        word = Held.received(tokens.id_token, remaining(tokens.id_token), now)
        return Credential(identity, tokens.refresh, first, word)


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


def challenge(verifier: str) -> str:
    """The S256 code challenge of `verifier` (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def page_address(
    provider: Provider,
    client: Client,
    *,
    redirect_uri: str,
    state: str,
    nonce: str,
    challenge: str,
) -> str:
    """The address of the sign-in page. It asks for every audience at once (RFC 8707)."""
    query = [
        ("response_type", "code"),
        ("client_id", client.client_id),
        ("redirect_uri", redirect_uri),
        ("state", state),
        ("nonce", nonce),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        *client.sign_in_parameters(),
    ]
    if "offline_access" in client.scopes:
        # OpenID Connect Core §11: without consent the issuer ignores the wish for offline access.
        query.append(("prompt", "consent"))
    joint = "&" if "?" in provider.authorization else "?"
    return f"{provider.authorization}{joint}{urlencode(query, quote_via=quote)}"


def read_answer(answer: dict[str, str], issuer: str, provider: Provider) -> str:
    """The code in an answer whose state was right.

    Raises:
        SignInFailed: Another issuer answered (RFC 9207 §2.4), or this one said no.
    """
    named = answer.get("iss")
    if named != issuer and (named is not None or provider.names_itself):
        msg = "The answer to the sign-in came from another issuer."
        raise SignInFailed(msg)
    error = answer.get("error")
    if error is not None:
        msg = f"The issuer did not sign you in ({told(error, answer.get('error_description'))})."
        raise SignInFailed(msg)
    code = answer.get("code")
    if not code:
        msg = "The answer to the sign-in holds no code."
        raise SignInFailed(msg)
    return code
