"""Tokens of a server's own authorization server, for which the company vouches.

Enterprise-Managed Authorization (MCP SEP-990): the issuer exchanges the ID token for an assertion
made for that one authorization server (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant),
which gives an access token for it (RFC 7523 §2.1). No page opens, and the company decides who may.
Which authorization server that is, the registry says and the company's configuration allows; what
the MCP server itself says of it counts for nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auth.authorization_server import AuthorizationServer
from auth.exchange import ExchangeRefused, keep
from auth.fault import Fault, Who
from auth.own_sign_in.registration import Registration
from auth.own_sign_in.secret_file import read_secret
from auth.token_endpoint import IssuerRefused, spend

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.client import Client
    from auth.exchange import Exchange
    from auth.network import Network
    from auth.secret import Secret
    from auth.terms import Terms
    from auth.token_endpoint import Tokens
    from auth.wallet import Wallet

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ID_JAG = "urn:ietf:params:oauth:token-type:id-jag"


class AssertionRefused(Fault):
    """A server's authorization server does not accept the company's word for the user."""

    reference = "assertion-refused"
    who = Who.OWNER
    remedy = (
        "Show the server's owner this message: its authorization server must trust your company's "
        "issuer, and know Portico's client."
    )


class Enterprise:
    """Has the company vouch for the person.

    Args:
        client: What the company registered.
        exchange: Brings the company's word.
        wallet: Whose tokens they are.
        network: How authorization servers are reached.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        client: Client,
        exchange: Exchange,
        wallet: Wallet,
        network: Network,
        clock: Callable[[], float],
    ) -> None:
        self._client = client
        self._exchange = exchange
        self._wallet = wallet
        self._network = network
        self._clock = clock
        self._servers: dict[str, AuthorizationServer] = {}

    async def renewed(self, terms: Terms, refused: Secret | None) -> Secret:
        """A token other than `refused`; see `supply.Source`.

        Raises:
            ExchangeRefused: The company does not vouch for the person there.
            AssertionRefused: Its word is not accepted.
            Fault: As for an exchange.
        """
        at = terms.at or Registration()
        endpoint = await self._server(at.issuer).token_endpoint()
        # Asked for last of all, because it lives for minutes.
        word = await self._vouched(terms, at)
        tokens = await self._redeemed(endpoint, at, word)
        return await keep(self._wallet, terms, tokens, refused, self._clock())

    def _server(self, issuer: str) -> AuthorizationServer:
        known = self._servers.get(issuer)
        if known is None:
            known = AuthorizationServer(issuer, self._network, self._client.origins)
            self._servers[issuer] = known
        return known

    async def _vouched(self, terms: Terms, at: Registration) -> Secret:
        """The company's assertion of who the person is, for one authorization server."""
        asked = [
            ("requested_token_type", ID_JAG),
            ("audience", at.issuer),
            ("resource", terms.audience),
        ]
        if terms.scopes:
            asked.append(("scope", " ".join(terms.scopes)))
        try:
            tokens = await self._exchange.exchanged(terms.audience, asked, "id-token", ID_JAG)
        except ExchangeRefused as no:
            host = urlsplit(at.issuer).netloc
            msg = f"Your company does not vouch for you at {host}. {no}"
            raise ExchangeRefused(msg, data=no.data) from no
        return tokens.access

    async def _redeemed(self, endpoint: str, at: Registration, word: Secret) -> Tokens:
        client_id = at.client_id or self._client.client_id
        secret = await asyncio.to_thread(read_secret, at)
        form: list[tuple[str, str | Secret]] = [("grant_type", GRANT_TYPE), ("assertion", word)]
        if secret is None:
            form.append(("client_id", client_id))
        client = (client_id, secret) if secret else None
        try:
            return await spend(self._network, endpoint, form, client=client)
        except IssuerRefused as no:
            raise AssertionRefused(no.message, data=no.data) from no
