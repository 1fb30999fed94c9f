"""Enterprise-Managed Authorization: the company's word at a server's own authorization server."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.authorization_server import metadata_addresses
from auth.client import GrantNotConfigured
from auth.discovery import IssuerMisconfigured
from auth.enterprise import AssertionRefused
from auth.exchange import ExchangeRefused
from auth.own_sign_in.registration import Registration
from auth.terms import Terms
from tests.listening import listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from starlette.requests import Request

    from auth.account import Account
    from tests.auth.issuer_double import Clock, IssuerDouble

    Make = Callable[..., Account]

PAYROLL = "https://mcp.payroll.example/mcp"


@dataclass
class ServerIssuer:
    """A server's own authorization server; it keeps what it was sent."""

    url: str = ""
    changes: dict[str, object] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def application(self) -> Starlette:
        """The server as an ASGI application."""
        return Starlette(
            routes=[
                Route("/.well-known/oauth-authorization-server", self.metadata),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def metadata(self, _: Request) -> Response:
        """Say where tokens are given (RFC 8414)."""
        return JSONResponse(
            {"issuer": self.url, "token_endpoint": f"{self.url}/token", **self.changes}
        )

    async def token(self, request: Request) -> Response:
        """Give a token for the company's word."""
        self.asked.append({key: str(value) for key, value in (await request.form()).items()})
        self.clients.append(request.headers.get("authorization", ""))
        if self.answers:
            return self.answers.pop(0)
        token = f"payroll-{len(self.asked)}"
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 600})


@pytest.fixture
async def server() -> AsyncIterator[ServerIssuer]:
    """A running authorization server."""
    double = ServerIssuer()
    async with listening(double.application()) as double.url:
        yield double


def terms(server: ServerIssuer, **registered: str) -> Terms:
    """The terms of a server that the company vouches at."""
    at = Registration(issuer=server.url, **{"client_id": "portico-there", **registered})  # type: ignore[arg-type]
    return Terms(PAYROLL, ("payslips.read",), "enterprise", at)


async def test_the_company_vouches_and_no_page_opens(
    issuer: IssuerDouble, account: Make, server: ServerIssuer, clock: Clock
) -> None:
    """ID token, assertion for exactly that server, access token; and again when it has ended."""
    alice = account(origins=[server.url])
    await alice.sign_in(issuer.person)
    grant = alice.grant(terms(server))
    assert (await grant.token()).reveal() == "payroll-1"
    [asked] = issuer.exchanges
    assert asked["requested_token_type"] == "urn:ietf:params:oauth:token-type:id-jag"
    assert asked["subject_token_type"] == "urn:ietf:params:oauth:token-type:id_token"
    assert (asked["audience"], asked["resource"]) == (server.url, PAYROLL)
    assert asked["scope"] == "payslips.read"
    [redeemed] = server.asked
    assert redeemed["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert redeemed["assertion"].startswith("word-")
    assert redeemed["client_id"] == "portico-there"
    assert (await grant.token()).reveal() == "payroll-1"
    clock.now += 700
    assert (await grant.token()).reveal() == "payroll-2"
    assert len(issuer.asked) == 1, "one page for one sign-in"


async def test_a_client_with_a_secret_shows_it_in_the_header(
    issuer: IssuerDouble, account: Make, server: ServerIssuer, tmp_path: Path
) -> None:
    """As RFC 6749 §2.3.1 writes it, from a file that only the user can read."""
    file = tmp_path / "secret"
    file.touch(0o600)
    file.write_text("a secret: with +\n", encoding="utf-8")
    alice = account(origins=[server.url])
    await alice.sign_in(issuer.person)
    await alice.grant(terms(server, secret_file=str(file))).token()
    [shown] = server.clients
    pair = base64.b64decode(shown.removeprefix("Basic ")).decode()
    assert pair == "portico-there:a+secret%3A+with+%2B"
    assert "client_id" not in server.asked[0]


async def test_the_companys_word_goes_only_to_origins_that_the_company_names(
    issuer: IssuerDouble, account: Make, server: ServerIssuer
) -> None:
    """Neither to an authorization server nor to a token endpoint of which it says nothing."""
    alice = account(origins=["https://elsewhere.example"])
    await alice.sign_in(issuer.person)
    with pytest.raises(GrantNotConfigured, match="authorization server"):
        await alice.grant(terms(server)).token()
    alice = account(origins=[server.url])
    await alice.load()
    server.changes = {"token_endpoint": "http://127.0.0.1:1/token"}
    with pytest.raises(GrantNotConfigured, match="token endpoint"):
        await alice.grant(terms(server)).token()
    assert issuer.exchanges == [], "it was not even asked for"
    assert server.asked == []


@pytest.mark.parametrize("changes", [{"issuer": "https://other.example"}, {"token_endpoint": None}])
async def test_metadata_of_somebody_else_is_not_believed(
    issuer: IssuerDouble, account: Make, server: ServerIssuer, changes: dict[str, object]
) -> None:
    """RFC 8414 §3.3: the issuer in it must be the one that was asked for."""
    server.changes = changes
    alice = account(origins=[server.url])
    await alice.sign_in(issuer.person)
    with pytest.raises(IssuerMisconfigured):
        await alice.grant(terms(server)).token()
    assert issuer.exchanges == []


async def test_a_word_that_is_not_given_or_not_accepted_signs_nobody_out(
    issuer: IssuerDouble, account: Make, server: ServerIssuer
) -> None:
    """Who refused is told, and who must act: the company, or the server's owner."""
    alice = account(origins=[server.url])
    await alice.sign_in(issuer.person)
    issuer.answers = [JSONResponse({"error": "access_denied"}, 400)]
    with pytest.raises(ExchangeRefused, match="does not vouch for you"):
        await alice.grant(terms(server)).token()
    server.answers = [JSONResponse({"error": "invalid_grant", "error_description": "Who?"}, 400)]
    with pytest.raises(AssertionRefused, match="Who"):
        await alice.grant(terms(server)).token()
    assert alice.identity is not None
    assert (await alice.grant(terms(server)).token()).reveal() == "payroll-2"


async def test_another_token_in_the_assertions_place_is_not_handed_on(
    issuer: IssuerDouble, account: Make, server: ServerIssuer
) -> None:
    """An issuer that does not know the type might answer with an access token of its own."""
    alice = account(origins=[server.url])
    await alice.sign_in(issuer.person)
    issuer.answers = [JSONResponse({"access_token": "access-token", "token_type": "Bearer"})]
    with pytest.raises(ExchangeRefused):
        await alice.grant(terms(server)).token()
    assert server.asked == []


async def test_a_401_brings_a_new_token_of_the_same_server(
    issuer: IssuerDouble, account: Make, server: ServerIssuer, clock: Clock
) -> None:
    """Renewed once and then waited for, like every other."""
    alice = account(origins=[server.url])
    await alice.sign_in(issuer.person)
    grant = alice.grant(terms(server))
    first = await grant.token()
    second = await grant.again(first, 401, "")
    assert second is not None
    assert second.reveal() == "payroll-2"
    before = clock.now
    assert await grant.again(second, 401, "") == second
    assert clock.now - before == 2


def test_metadata_is_looked_for_where_both_specifications_put_it() -> None:
    """RFC 8414 puts the path behind the well-known part, OpenID Connect before it."""
    assert metadata_addresses("https://as.example/tenant/") == (
        "https://as.example/.well-known/oauth-authorization-server/tenant",
        "https://as.example/tenant/.well-known/openid-configuration",
    )
