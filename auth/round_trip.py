"""Who is at a browser now, by the word of the issuer; nothing of it is kept.

An authorization code flow with PKCE for an ID token alone, as a sign-in is, but without a refresh
token. It carries no `prompt`: the issuer takes the browser's own session where there is one, and
asks the person to sign in where there is none. A program without the browser's session, and without
the person's password, gets no code.

Source: OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9207.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from auth.authorization import challenge, page_address, read_answer
from auth.id_token import IdTokenRefused, identify
from auth.token_endpoint import spend

if TYPE_CHECKING:
    from auth.client import Client
    from auth.discovery import Issuer
    from auth.identity import Identity


class RoundTrip:
    """One look at who is there.

    Args:
        client: What the company registered.
        issuer: Where people sign in.

    Attributes:
        state: What the browser brings back, and by which the answer is found.
    """

    def __init__(self, client: Client, issuer: Issuer) -> None:
        self._client = replace(client, scopes=("openid",), audiences=())
        self._issuer = issuer
        self._nonce = secrets.token_urlsafe(24)
        self._verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(24)

    async def address(self, redirect_uri: str) -> str:
        """Where to send the browser; it comes back to `redirect_uri`.

        Raises:
            Fault: The issuer could not be reached, or is misconfigured.
        """
        return page_address(
            await self._issuer.provider(),
            self._client,
            redirect_uri=redirect_uri,
            state=self.state,
            nonce=self._nonce,
            challenge=challenge(self._verifier),
        )

    async def identity(self, answer: dict[str, str], redirect_uri: str) -> Identity:
        """Who the answer is about, after the issuer's statement was verified.

        Args:
            answer: The parameters that the browser brought back.
            redirect_uri: Where it brought them.

        Raises:
            Fault: The answer is a no, another's, or no valid statement for this look.
        """
        provider = await self._issuer.provider()
        code = read_answer(answer, self._issuer.url, provider)
        form = [
            ("grant_type", "authorization_code"),
            ("client_id", self._client.client_id),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", self._verifier),
        ]
        tokens = await spend(self._issuer.network, provider.token, form)
        if tokens.id_token is None:
            msg = "The issuer did not say who is there (no ID token)."
            raise IdTokenRefused(msg)
        return await identify(tokens.id_token, self._issuer, self._client, self._nonce)
