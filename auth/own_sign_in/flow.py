"""One run of the MCP SDK's OAuth provider, over Portico's own network.

This module and `provider` are the only ones of the hub that import the SDK, which takes half a
second: `account` loads them in a thread, when a server with its own OAuth first needs a token. The
provider is written as the authentication of one HTTP request. It is given a made-up request and the
refusal that the server gave to a real one, and decides what follows: discovery (RFC 9728, RFC
8414), registration (RFC 7591, Client ID Metadata Documents), PKCE, `iss` (RFC 9207), `resource`
(RFC 8707), scopes, refresh. What it asks for is sent by Portico's network, which follows no
redirect, and only to https addresses, or to http on loopback for a server that is there too. Each
run has a provider of its own; what lasts is the `Holding`.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client.auth import OAuthFlowError
from mcp.client.auth.exceptions import OAuthRegistrationError, OAuthTokenError
from mcp.shared.auth import AuthorizationCodeResult
from mcp_types import LATEST_PROTOCOL_VERSION

from auth.discovery import IssuerMisconfigured, check_address
from auth.own_sign_in.fault import ServerIssuerUnwell, ServerSignInFailed
from auth.own_sign_in.provider import (
    Storage,
    client_provider,
    held,
    known_as,
    person_provider,
    restore,
)
from auth.secret import Secret
from auth.token_endpoint import told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from auth.network import Network
    from auth.own_sign_in.challenge import Challenge
    from auth.own_sign_in.holding import Holding
    from auth.own_sign_in.registration import Registration, Server

    Person = Callable[[str, str], Awaitable[dict[str, str]]]

# It logs what issuers answer, and tracebacks of what goes wrong; ours ends in a fault instead.
logging.getLogger("mcp").setLevel(logging.CRITICAL + 1)

_TOO_MANY = 429
_SERVER_ERROR = 500
_LIMIT = 1024 * 1024
_LONG_AGO = 1.0

_STATUS = re.compile(r"(?:failed: |\()(\d{3})\b")
_ERROR = re.compile(r'"error"\s*:\s*"([A-Za-z0-9_.-]{1,60})"')


class Flow:
    """One run for one server.

    Args:
        server: Whose sign-in it is.
        registration: How Portico comes by a token there.
        holding: What is kept of earlier runs.
        network: How this machine gets there.
        clock: Seconds since 1970.
        secret: The client's secret or private key, where the registration names a file.
        redirect_uri: Where the browser comes back to; empty where no person is asked.
    """

    def __init__(
        self,
        server: Server,
        registration: Registration,
        holding: Holding,
        network: Network,
        clock: Callable[[], float],
        *,
        secret: Secret | None = None,
        redirect_uri: str = "",
    ) -> None:
        self._server = server
        self._network = network
        self._secret = secret
        self._person: Person | None = None
        self._came_back: dict[str, str] = {}
        self._storage = Storage(holding, clock)
        if registration.needs_a_person:
            self._storage.client = known_as(registration, holding, redirect_uri, secret)
            self._provider = person_provider(
                server,
                registration,
                self._storage,
                redirect_uri=redirect_uri,
                shown=self._shown,
                answered=self._answered,
            )
        else:
            self._provider = client_provider(
                server, registration, self._storage, secret or Secret("")
            )
        restore(self._provider, holding)

    @property
    def holding(self) -> Holding:
        """What is to be kept, also after a run that failed."""
        return held(self._provider, self._storage)

    async def renewed(self, challenge: Challenge | None) -> Secret | None:
        """A new token that needs no person, or None when only a person can bring one.

        Args:
            challenge: The server's refusal, where the method can answer it without a person.

        Raises:
            ServerIssuerUnwell: The issuer does not answer now; nothing has changed.
            ServerSignInFailed: It answers, and not as it must.
            Unreachable: Nobody answered.
        """
        # Whatever is held is not good enough; a refresh token comes first.
        self._provider.context.token_expiry_time = _LONG_AGO
        return await self._run(challenge, patient=False)

    async def signed_in(self, challenge: Challenge, person: Person) -> Secret | None:
        """The token of a person who signs in.

        Args:
            challenge: The server's refusal.
            person: Shows the page of an address, given also its `state`; gives the parameters with
                which the browser came back.

        Raises:
            ServerSignInFailed: The person said no, or what server or issuer say cannot be trusted.
            Unreachable: Nobody answered.
        """
        self._person = person
        return await self._run(challenge, patient=True)

    # --- the run -----------------------------------------------------------------------------

    async def _run(self, challenge: Challenge | None, *, patient: bool) -> Secret | None:
        request = httpx2.Request(
            "POST", self._server.url, headers={"mcp-protocol-version": LATEST_PROTOCOL_VERSION}
        )
        flow = self._provider.async_auth_flow(request)
        refused = False
        try:
            outgoing = await anext(flow)
            while True:
                if outgoing is not request:
                    answer = await self._sent(outgoing, patient=patient)
                elif (found := _bearer(request)) is not None and (refused or not patient):
                    return found
                elif challenge is None or refused:
                    return None
                else:
                    refused = True
                    answer = httpx2.Response(
                        challenge.status,
                        headers={"www-authenticate": challenge.header} if challenge.header else {},
                        request=request,
                    )
                outgoing = await flow.asend(answer)
        except StopAsyncIteration:
            return None
        except (OAuthFlowError, ValueError) as wrong:
            # No cause is chained: their texts quote what the issuer answered.
            raise self._failed(wrong) from None
        finally:
            await flow.aclose()

    async def _sent(self, outgoing: httpx2.Request, *, patient: bool) -> httpx2.Response:
        self._usable(str(outgoing.url))
        answer = await self._network.request(
            outgoing.method,
            str(outgoing.url),
            headers={name: value for name, value in outgoing.headers.items() if name != "host"},
            content=await outgoing.aread(),
            limit=_LIMIT,
        )
        if not patient and (answer.status >= _SERVER_ERROR or answer.status == _TOO_MANY):
            host = outgoing.url.host
            msg = f"{host}, where {self._server.title} signs in, answered HTTP {answer.status}."
            raise ServerIssuerUnwell(msg)
        coded = {"content-encoding", "content-length", "transfer-encoding"}
        return httpx2.Response(
            answer.status,
            headers={name: value for name, value in answer.headers.items() if name not in coded},
            content=answer.body,
            request=outgoing,
        )

    def _usable(self, url: str) -> None:
        try:
            check_address(url, self._server.url, "sign-in")
        except IssuerMisconfigured:
            where = urlsplit(url).netloc[:100]
            msg = f"{self._server.title} wants you to sign in at {where!r}, which is not https."
            raise ServerSignInFailed(msg) from None

    async def _shown(self, url: str) -> None:
        self._usable(url)
        if self._person is None:
            msg = "nobody can be asked now"
            raise OAuthFlowError(msg)
        state = parse_qs(urlsplit(url).query).get("state", [""])[0]
        self._came_back = await self._person(url, state)

    async def _answered(self) -> AuthorizationCodeResult:
        answer = self._came_back
        if (error := answer.get("error")) is not None:
            # Said before `iss` is looked at: a stranger could only make a sign-in fail by it.
            msg = f"it said {told(error, answer.get('error_description'))}"
            raise OAuthFlowError(msg)
        return AuthorizationCodeResult(
            code=answer.get("code", ""), state=answer.get("state"), iss=answer.get("iss")
        )

    def _failed(self, wrong: Exception) -> ServerSignInFailed:
        text, name = str(wrong), self._server.title
        said = " ".join(
            [f"HTTP {found[1]}" for found in [_STATUS.search(text)] if found]
            + [found[1] for found in [_ERROR.search(text)] if found]
        )
        because = f" ({said})" if said else ""
        if isinstance(wrong, OAuthRegistrationError):
            msg = f"The issuer of {name} does not register Portico{because}."
        elif isinstance(wrong, OAuthTokenError):
            msg = f"The issuer of {name} gave no token{because}."
        elif isinstance(wrong, OAuthFlowError):
            secrets = [self._secret.reveal()] if self._secret else []
            msg = f"The sign-in of {name} was given up: {told(text, None, secrets)}."
        else:
            msg = f"{name} or its issuer does not say how to sign in there as OAuth wants it said."
        return ServerSignInFailed(
            msg,
            remedy=f"Run `portico login {self._server.short}` again; if it lasts, show the "
            "server's owner this message.",
        )


def _bearer(request: httpx2.Request) -> Secret | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    sound = token.isascii() and token.isprintable() and " " not in token
    return Secret(token) if kind == "Bearer" and token and sound else None
