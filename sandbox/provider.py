"""Example Corp's single sign-on: a small OpenID Connect provider.

It behaves as a strict one does: PKCE is required, codes work once, refresh tokens rotate and their
reuse ends the sign-in, one access token names one audience (RFC 8707), and the answer of the
sign-in page names its issuer (RFC 9207). People choose who they are instead of typing a password;
a browser that has chosen is remembered by a cookie and asked no second time, unless the client
wants consent.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox import login_page
from sandbox.authorization import SCOPES, Authorization, Client, Refused, read, single
from sandbox.clock import Clock
from sandbox.device_pages import DevicePages
from sandbox.devices import GRANT, Devices
from sandbox.exchange import GRANT_TYPE, Exchange, Partners
from sandbox.forms import UNSTORED, fields, form, refusal, shown
from sandbox.grants import Family, Grants
from sandbox.keys import ALGORITHM, SigningKeys
from sandbox.people import PEOPLE
from sandbox.tokens import ACCESS, IDENTITY, Mint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.requests import Request

    from sandbox.people import Person

ACCESS_LIFETIME = 300.0
"""Seconds an access token is valid, unless a test says otherwise."""

_COOKIE = "example-corp-session"
_ASK_AGAIN = frozenset({"login", "consent", "select_account"})


class Provider:
    """The provider of one company.

    Args:
        issuer: Its own URL, without a trailing slash.
        audiences: Every resource that tokens may be asked for; the first is the default.
        named: Audiences that are asked for in a parameter of this provider's own, `audience`.
        partners: For whom tokens are exchanged.
        client: The one registered client.
        clock: Unix seconds, and the age of what was given out.
        people: Who can sign in.

    Attributes:
        application: The ASGI application.
        access_lifetime: Seconds the next access tokens are valid; tests shorten it.
        sign_ins: How many people signed in so far.
        refreshes: How many refresh tokens were spent so far.
        person: Login of whom the sign-in page takes everybody for; "" asks.
        on_spent: Awaited when a code or refresh token was spent, before the answer leaves; tests
            keep answers back by it.
    """

    def __init__(
        self,
        issuer: str,
        *,
        audiences: Sequence[str],
        client: Client,
        named: Sequence[str] = (),
        partners: Partners | None = None,
        clock: Clock | None = None,
        people: Mapping[str, Person] = PEOPLE,
    ) -> None:
        self.issuer = issuer
        self.access_lifetime = ACCESS_LIFETIME
        self.sign_ins = 0
        self.refreshes = 0
        self.person = ""
        self.on_spent: Callable[[], Awaitable[None]] | None = None
        self._audiences = tuple(audiences)
        self._named = frozenset(named)
        self._client = client
        clock = clock or Clock()
        self._clock = clock
        self._people = people
        self._keys = SigningKeys()
        self._grants = Grants(clock)
        self._devices = Devices(clock)
        self._device_pages = DevicePages(
            issuer,
            self._devices,
            self._grants,
            client=client,
            audiences=audiences,
            people=people,
            playing=lambda: self.person,
        )
        self._mint = Mint(issuer, self._keys, clock)
        self._exchange = Exchange(
            issuer,
            partners or Partners(),
            keys=self._keys,
            mint=self._mint,
            grants=self._grants,
            clock=clock,
        )
        self._browsers: dict[str, str] = {}
        self.application = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/jwks", self._jwks),
                Route("/authorize", self._authorize),
                Route("/choose", self._choose, methods=["POST"]),
                *self._device_pages.routes,
                Route("/token", self._token, methods=["POST"]),
                Route("/revoke", self._revoke, methods=["POST"]),
                Route("/userinfo", self._userinfo, methods=["GET", "POST"]),
                Route("/end", self._end),
            ],
            # A page of some website must not reach us under its own name (DNS rebinding).
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1"])],
        )

    @property
    def reuses(self) -> int:
        """How often a spent code or refresh token was used again."""
        return self._grants.reuses

    def allow_grace(self, seconds: float) -> None:
        """Let a refresh token be used again for so long after it was spent."""
        self._grants.grace = seconds

    def limit_sign_ins(self, seconds: float) -> None:
        """End each sign-in so long after it began, however often it was refreshed."""
        self._grants.lifetime = seconds

    def revoke_all(self) -> None:
        """End every sign-in, as an administrator would; access tokens live until they expire."""
        self._grants.revoke_all()
        self._browsers.clear()

    def rotate_keys(self, *, keep: bool = True) -> None:
        """Sign with a new key; `keep` says whether the previous one stays published."""
        self._keys.rotate(keep=keep)

    def access_token(self, user: str, audience: str) -> str:
        """A token without a browser, for tests and benchmarks of what stands behind sign-on."""
        asked = Authorization(self._client.client_id, "", SCOPES, (audience,), "", "", "")
        family = self._grants.sign_in(asked, self._people[user])
        return self._mint.access_token(family, audience, self.access_lifetime)

    async def _discovery(self, _: Request) -> Response:
        here = self.issuer
        return JSONResponse(
            {
                "issuer": here,
                "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token",
                "device_authorization_endpoint": f"{here}/device",
                "revocation_endpoint": f"{here}/revoke",
                "userinfo_endpoint": f"{here}/userinfo",
                "end_session_endpoint": f"{here}/end",
                "jwks_uri": f"{here}/jwks",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": [
                    "authorization_code",
                    "refresh_token",
                    GRANT,
                    GRANT_TYPE,
                ],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "token_endpoint_auth_methods_supported": ["none"],
                "revocation_endpoint_auth_methods_supported": ["none"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": list(SCOPES),
                "claims_supported": ["sub", "name", "preferred_username", "email", "groups"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self._keys.public())

    async def _authorize(self, request: Request) -> Response:
        try:
            parameters = fields(request.url.query)
            asked = read(parameters, client=self._client, audiences=self._audiences)
        except Refused as no:
            if no.back_to:
                return self._back(no.back_to, no.state, error=no.error, why=no.description)
            return shown(login_page.notice("This link does not work", no.description), 400)
        prompt = frozenset(single(parameters).get("prompt", "").split())
        login = self._browsers.get(request.cookies.get(_COOKIE, ""))
        if self.person or (login is not None and not prompt & _ASK_AGAIN):
            person = self._people[self.person or str(login)]
            code = self._grants.code(asked, person)
            return self._back(asked.redirect_uri, asked.state, code=code)
        if "none" in prompt:
            why = "Nobody is signed in at this browser."
            return self._back(asked.redirect_uri, asked.state, error="login_required", why=why)
        page = login_page.choose(
            self._people.values(),
            client=self._client.title,
            scopes=asked.scopes,
            transaction=self._grants.pend(asked),
        )
        return shown(page)

    async def _choose(self, request: Request) -> Response:
        try:
            given = single(await form(request))
        except Refused as no:
            return shown(login_page.notice("This form does not work", no.description), 400)
        login = given.get("user", "")
        asked = self._grants.take(given.get("transaction", ""))
        if asked is not None and not asked.redirect_uri:
            self.sign_ins += login in self._people
            return self._device_pages.settle(asked.state, self._people.get(login))
        if asked is None or (login and login not in self._people):
            again = "Go back to your editor and start the sign-in once more."
            return shown(login_page.notice("This page is too old", again), 400)
        if not login:
            why = "The person chose to go back."
            return self._back(asked.redirect_uri, asked.state, error="access_denied", why=why)
        self.sign_ins += 1
        code = self._grants.code(asked, self._people[login])
        back = self._back(asked.redirect_uri, asked.state, code=code)
        browser = secrets.token_urlsafe(24)
        self._browsers[browser] = login
        # Browsers send a cookie to every port of a host; only this path asks for it.
        back.set_cookie(_COOKIE, browser, path="/authorize", httponly=True, samesite="lax")
        return back

    def _back(
        self, uri: str, state: str, *, code: str = "", error: str = "", why: str = ""
    ) -> Response:
        """Send the browser back to the client with a code or an error."""
        answer = {"code": code, "error": error, "error_description": why, "state": state}
        query = urlencode({k: v for k, v in answer.items() if v} | {"iss": self.issuer})
        return RedirectResponse(
            f"{uri}?{query}", 303, {**UNSTORED, "Referrer-Policy": "no-referrer"}
        )

    async def _token(self, request: Request) -> Response:
        try:
            sent = await form(request)
            given = self._from_client(sent)
            resources = [value for name, value in sent if name == "resource"]
            if given.get("grant_type") == GRANT_TYPE:
                answer = self._exchange.answer(given, resources, self.access_lifetime)
                return JSONResponse(answer, headers=UNSTORED)
            family = self._granted(given)
            audience = self._audience(family, given, resources)
        except Refused as no:
            return refusal(no)
        self.refreshes += bool(family.current)
        answer = self._answer(family, audience)
        if self.on_spent is not None:
            await self.on_spent()
        return JSONResponse(answer, headers=UNSTORED)

    def _granted(self, given: Mapping[str, str]) -> Family:
        """The sign-in for which a token request asks."""
        match given.get("grant_type"):
            case "authorization_code":
                return self._grants.redeem(
                    given.get("code", ""),
                    redirect_uri=given.get("redirect_uri", ""),
                    verifier=given.get("code_verifier", ""),
                )
            case "refresh_token":
                return self._grants.holder(given.get("refresh_token", ""))
            case grant if grant == GRANT:
                return self._grants.sign_in(*self._devices.redeem(given.get("device_code", "")))
            case _:
                raise Refused("unsupported_grant_type", "Use a code or a refresh token.")

    def _audience(self, family: Family, given: Mapping[str, str], resources: list[str]) -> str:
        """The audience of the next access token, as a resource or in a parameter of our own."""
        named = given.get("audience")
        if named is None:
            return family.audience(resources)
        if named not in self._named:
            raise Refused("invalid_target", "No audience has this name.")
        return named

    def _from_client(self, fields: Sequence[tuple[str, str]]) -> dict[str, str]:
        """The fields by name, if they come from the registered client."""
        given = single(fields)
        if given.get("client_id") != self._client.client_id:
            raise Refused("invalid_client", "No public client has this client_id.")
        return given

    def _answer(self, family: Family, audience: str) -> dict[str, object]:
        """The token endpoint's answer (RFC 6749 5.1); the family's refresh token moves on."""
        access = self._mint.access_token(family, audience, self.access_lifetime)
        answer: dict[str, object] = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(self.access_lifetime),
            "scope": " ".join(family.authorization.scopes),
            "id_token": self._mint.id_token(family, access),
        }
        if "offline_access" in family.authorization.scopes:
            answer["refresh_token"] = self._grants.rotate(family)
        return answer

    async def _revoke(self, request: Request) -> Response:
        try:
            given = self._from_client(await form(request))
        except Refused as no:
            return refusal(no)
        # An access token is a JWT that nobody asks us about, so only a refresh token is known
        # here; RFC 7009 2.2 wants 200 for unknown ones.
        self._grants.revoke_token(given.get("token", ""))
        return Response(status_code=200, headers=UNSTORED)

    async def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        claims = self._keys.read(token, kind=ACCESS) if scheme.lower() == "bearer" else None
        person = self._people.get(str(claims["sub"])) if claims else None
        if claims is None or person is None or not self._valid(claims):
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            return JSONResponse({"error": "invalid_token"}, 401, challenge)
        about = {"name": person.name, "preferred_username": person.login, "email": person.email}
        return JSONResponse(
            {"sub": person.login, **about, "groups": list(person.groups)}, headers=UNSTORED
        )

    def _valid(self, claims: Mapping[str, object]) -> bool:
        until = claims["exp"]
        fresh = isinstance(until, int) and self._clock() < until
        return fresh and self._grants.alive(str(claims["sid"]))

    async def _end(self, request: Request) -> Response:
        """RP-initiated logout: the ID token names the sign-in that ends."""
        claims = self._keys.read(request.query_params.get("id_token_hint", ""), kind=IDENTITY)
        if claims is None:
            sentence = "The link names no sign-in of this company, so nothing changed."
            return shown(login_page.notice("Nothing to sign out of", sentence), 400)
        self._grants.revoke_family(str(claims["sid"]))
        self._browsers.clear()
        sentence = "You can close this window."
        return shown(login_page.notice("You are signed out", sentence))
