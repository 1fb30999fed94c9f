"""Tokens by exchange, and in each issuer's own words for an audience."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from auth.client import Naming
from auth.exchange import ExchangeRefused
from auth.refresh import IdentityNotRenewed, SignInNeeded
from auth.terms import Terms
from auth.token_endpoint import IssuerUnwell

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.account import Account
    from tests.auth.issuer_double import Clock, IssuerDouble

    Make = Callable[..., Account]

GATEWAY = "https://mcp.corp.example/"
SPARK = Terms("https://spark.corp.example/", ("jobs.read",), "exchange")


async def test_an_exchanged_token_comes_of_the_companys_own(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """One exchange serves all who wait, and nothing is spent by it while the subject is good."""
    alice = account()
    await alice.sign_in(issuer.person)
    own = await alice.grant(GATEWAY).token()
    tokens = await asyncio.gather(*(alice.grant(SPARK).token() for _ in range(20)))
    [form] = issuer.exchanges
    assert {token.reveal()[:9] for token in tokens} == {"exchanged"}
    assert form["subject_token"] == own.reveal()
    assert form["subject_token_type"].endswith(":access_token")
    assert (form["resource"], form["scope"]) == (SPARK.audience, "jobs.read")
    assert issuer.refreshes == []
    clock.now += 700
    again = await alice.grant(SPARK).token()
    assert again not in tokens
    assert issuer.refreshes == [GATEWAY], "what is exchanged had ended, too"


async def test_a_name_is_told_as_an_audience_and_an_id_token_can_be_shown(
    issuer: IssuerDouble, account: Make
) -> None:
    """RFC 8693 §2.1 has two words; which token is shown, the configuration says."""
    alice = account(subject="id-token")
    await alice.sign_in(issuer.person)
    await alice.grant(Terms("spark", way="exchange")).token()
    [form] = issuer.exchanges
    assert form["audience"] == "spark"
    assert "resource" not in form
    assert form["subject_token_type"].endswith(":id_token")
    assert form["subject_token"].count(".") == 2


async def test_an_audience_in_a_parameter_is_refreshed_and_signed_in_with_it(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """The page, the code and every refresh name it in the issuer's own parameter."""
    naming = Naming(by="parameter", parameter="api")
    alice = account(audiences=["presto-api", "spark-api"], naming=naming)
    await alice.sign_in(issuer.person)
    assert issuer.asked[0]["api"] == ["presto-api"]
    clock.now += 700
    for audience in ("presto-api", "spark-api"):
        await alice.grant(audience).token()
    assert issuer.named == [{"api": "presto-api"}, {"api": "spark-api"}]


async def test_an_exchange_that_is_refused_signs_nobody_out(
    issuer: IssuerDouble, account: Make
) -> None:
    """What the issuer said is told, the grant says why there is none, and the sign-in stays."""
    alice = account()
    await alice.sign_in(issuer.person)
    issuer.answers = [
        JSONResponse({"error": "invalid_target", "error_description": "Not for you"}, 400)
    ]
    grant = alice.grant(SPARK)
    with pytest.raises(ExchangeRefused, match="Not for you"):
        await grant.token()
    assert isinstance(grant.state.fault, ExchangeRefused)
    assert alice.identity is not None
    issuer.answers = [JSONResponse({"error": "server_error"}, 400)]
    with pytest.raises(IssuerUnwell):
        await grant.token()
    await grant.token()
    assert grant.state.held
    assert grant.state.fault is None


async def test_a_subject_that_was_revoked_is_renewed_once(
    issuer: IssuerDouble, account: Make
) -> None:
    """A token can end before its time; one newer one is shown, and then it is a refusal."""
    alice = account()
    await alice.sign_in(issuer.person)
    issuer.spent.add((await alice.grant(GATEWAY).token()).reveal())
    await alice.grant(SPARK).token()
    assert (len(issuer.exchanges), issuer.refreshes) == (2, [GATEWAY])
    issuer.answers = [JSONResponse({"error": "invalid_grant"}, 400)]
    issuer.family = None
    with pytest.raises(SignInNeeded):
        await alice.grant(Terms("other", way="exchange")).token()
    assert alice.identity is None


async def test_an_id_token_that_the_issuer_does_not_renew_needs_a_person(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """The sign-in stays good for everything else."""
    issuer.identity_renewed = False
    alice = account(subject="id-token")
    await alice.sign_in(issuer.person)
    await alice.grant(SPARK).token()
    clock.now += 700
    with pytest.raises(IdentityNotRenewed):
        await alice.grant(SPARK).token()
    await alice.grant(GATEWAY).token()
    issuer.identity_renewed = True
    clock.now += 700
    await alice.grant(SPARK).token()


async def test_an_exchanged_token_survives_a_restart_and_a_sign_out_does_not_meet_it(
    issuer: IssuerDouble, account: Make
) -> None:
    """Another process uses what is kept; who signs out meanwhile gets no token back."""
    alice = account()
    await alice.sign_in(issuer.person)
    token = await alice.grant(SPARK).token()
    other = account()
    await other.load()
    assert await other.grant(SPARK).token() == token
    assert len(issuer.exchanges) == 1
    await alice.sign_out()
    with pytest.raises(SignInNeeded):
        await other.grant(Terms("new", way="exchange")).token()
