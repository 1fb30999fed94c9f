"""One refresh at a time, and what a token that fails means."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from starlette.responses import Response

from auth.client import GrantNotConfigured
from auth.network import Offline
from auth.refresh import RefreshNotGranted, SignInNeeded
from auth.secret import Secret
from auth.supply import TokenNotAccepted
from auth.terms import Terms
from auth.token_endpoint import IssuerRefused, IssuerUnwell

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.account import Account
    from tests.auth.issuer_double import Clock, IssuerDouble, KeyringDouble

    Make = Callable[[], Account]

GATEWAY, REGISTRY = "https://mcp.corp.example/", "https://registry.corp.example/"


async def test_eight_processes_refresh_once(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """Eight accounts over one file with an expired token make one refresh and share it."""
    await account().sign_in(issuer.person)
    accounts = [account() for _ in range(8)]
    await asyncio.gather(*(each.load() for each in accounts))
    for expiry in range(1, 4):
        clock.now += 700
        tokens = await asyncio.gather(*(each.grant(GATEWAY).token() for each in accounts))
        assert len({token.reveal() for token in tokens}) == 1
        assert len(issuer.refreshes) == expiry
    assert issuer.family is not None


@pytest.mark.parametrize("storage", ["keyring", "memory"])
async def test_audiences_refresh_one_after_the_other(
    issuer: IssuerDouble, account: Make, keyring: KeyringDouble, clock: Clock, storage: str
) -> None:
    """Two audiences at once never spend the same refresh token, whose reuse would end all."""
    if storage == "memory":
        keyring.lock_up()
    alice = account()
    await alice.sign_in(issuer.person)
    clock.now += 700
    await asyncio.gather(*(alice.grant(audience).token() for audience in (GATEWAY, REGISTRY) * 4))
    assert sorted(issuer.refreshes) == [GATEWAY, REGISTRY]
    assert issuer.family is not None


async def test_a_caller_that_goes_away_does_not_cut_off_the_refresh(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """The rotated token is kept although the call that asked for it was cancelled."""
    alice = account()
    await alice.sign_in(issuer.person)
    clock.now += 700
    issuer.gate.clear()
    call = asyncio.create_task(alice.grant(GATEWAY).token())
    await issuer.rotated.wait()
    call.cancel()
    await asyncio.wait([call])
    issuer.gate.set()
    await alice.aclose()
    again = account()
    await again.load()
    await again.grant(GATEWAY).token()
    assert len(issuer.refreshes) == 1


async def test_a_token_that_ends_soon_is_renewed_without_making_the_call_wait(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """In the last minute the call still gets the old token at once, the next one the new."""
    alice = account()
    await alice.sign_in(issuer.person)
    old = await alice.grant(GATEWAY).token()
    clock.now += 570
    assert await alice.grant(GATEWAY).token() == old
    await alice.aclose()
    assert await alice.grant(GATEWAY).token() != old
    assert len(issuer.refreshes) == 1


async def test_an_issuer_that_is_away_signs_nobody_out(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """Errors that pass are told as such, and the next refresh works."""
    alice = account()
    await alice.sign_in(issuer.person)
    clock.now += 700
    issuer.answers = [
        Response("<h1>Bad gateway</h1>", 502),
        Response("<h1>Log in to the hotel</h1>", 200),
        Response("<h1>Blocked</h1>", 403),
    ]
    for _ in range(3):
        with pytest.raises(IssuerUnwell):
            await alice.grant(GATEWAY).token()
    assert alice.identity is not None
    await alice.grant(GATEWAY).token()


async def test_a_refresh_token_that_is_no_longer_good_signs_out(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """After `invalid_grant`, or an empty 400, the person is asked to sign in again."""
    for ending in (None, Response(b"", 400)):
        alice = account()
        await alice.sign_in(issuer.person)
        clock.now += 700
        issuer.family, issuer.answers = None, [ending] if ending else []
        seen: list[object] = []
        alice.on_change.append(lambda: seen.append(alice.identity))  # noqa: B023
        with pytest.raises(SignInNeeded, match="has ended") as told:
            await alice.grant(GATEWAY).token()
        assert "portico login" in told.value.remedy
        assert seen == [None]
        later = account()
        await later.load()
        assert later.identity is None


async def test_a_token_rotated_by_someone_without_the_lock_is_found_before_signing_out(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """When the refresh token turns out spent, the store is read again and the newer one used."""
    alice, other = account(), account()
    await alice.sign_in(issuer.person)
    await other.load()
    clock.now += 700
    spend = alice._issuer.network.request
    met = False

    async def meanwhile(method: str, url: str, **rest: object) -> object:
        nonlocal met
        if url.endswith("/token") and not met:
            met = True
            credential = other._wallet.credential
            assert credential is not None
            response = issuer.issue(GATEWAY, None)
            assert response.status_code == 200
            await other._wallet.keep(replace(credential, refresh=Secret(issuer.family or "")))
            issuer.answers = [Response('{"error":"invalid_grant"}', 400)]
        return await spend(method, url, **rest)  # type: ignore[arg-type]

    alice._issuer.network.request = meanwhile  # type: ignore[method-assign, assignment]
    await alice.grant(GATEWAY).token()
    assert alice.identity is not None


async def test_a_refused_token_is_renewed_once_and_then_waited_for(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """A gateway that lags behind is given 2, 5 and 10 seconds, and costs one refresh."""
    alice = account()
    await alice.sign_in(issuer.person)
    grant = alice.grant(GATEWAY)
    first = await grant.token()
    second, same = await asyncio.gather(*(grant.again(first, 401, "") for _ in range(2)))
    assert first != second == same
    assert await grant.again(first, 401, "") == second
    for pause in (2.0, 5.0, 10.0):
        before = clock.now
        assert await grant.again(second, 401, "") == second
        assert clock.now - before == pause
    with pytest.raises(TokenNotAccepted):
        await grant.again(second, 401, "")
    assert len(issuer.refreshes) == 1
    assert await grant.token() == second, "it is not the token's fault"
    clock.now += 61
    assert await grant.again(second, 401, "") != second
    assert len(issuer.refreshes) == 2
    assert alice.identity is not None


async def test_another_process_waits_for_the_token_that_was_renewed(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """That a token replaced a refused one is known to all: none of them renews it once more."""
    alice, other = account(), account()
    await alice.sign_in(issuer.person)
    await other.load()
    first = await alice.grant(GATEWAY).token()
    second = await alice.grant(GATEWAY).again(first, 401, "")
    assert await other.grant(GATEWAY).again(first, 401, "") == second
    before = clock.now
    assert await other.grant(GATEWAY).again(second, 401, "") == second
    assert clock.now == before + 2
    assert len(issuer.refreshes) == 1


async def test_a_clock_that_was_set_back_ends_no_wait_late(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """A token that seems to come from the future is renewed, where waiting would take hours."""
    alice = account()
    await alice.sign_in(issuer.person)
    grant = alice.grant(GATEWAY)
    second = await grant.again(await grant.token(), 401, "")
    clock.now -= 7200
    assert await grant.again(second, 401, "") not in {None, second}
    assert len(issuer.refreshes) == 2


async def test_fifty_calls_on_an_expired_token_are_one_refresh(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """Whether it has expired or was refused, all who need the next token share one refresh."""
    alice = account()
    await alice.sign_in(issuer.person)
    grant = alice.grant(GATEWAY)
    clock.now += 700
    tokens = await asyncio.gather(*(grant.token() for _ in range(50)))
    assert len({token.reveal() for token in tokens}) == len(issuer.refreshes) == 1
    again = await asyncio.gather(*(grant.again(token, 401, "") for token in tokens))
    assert len({token.reveal() for token in again if token}) == 1
    assert len(issuer.refreshes) == 2


async def test_an_audience_nobody_configured_is_refused_here(
    issuer: IssuerDouble, account: Make
) -> None:
    """A mistyped audience or scope never reaches the issuer, which would spend the token."""
    alice = account()
    await alice.sign_in(issuer.person)
    for grant in (alice.grant("https://evil.example/"), alice.grant(Terms(GATEWAY, ("admin",)))):
        with pytest.raises(GrantNotConfigured):
            await grant.token()
    assert issuer.refreshes == []


async def test_changed_groups_arrive_with_the_next_refresh(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """Groups as a comma string and a lifetime as a string are read; somebody else is not."""
    issuer.groups, issuer.expires_in = "ads-eng, oncall", "600"
    alice = account()
    assert (await alice.sign_in(issuer.person)).groups == {"ads-eng", "oncall"}
    clock.now += 700
    issuer.groups = ["infra"]
    await alice.grant(GATEWAY).token()
    assert alice.identity is not None
    assert alice.identity.groups == {"infra"}
    clock.now += 700
    issuer.subject = "mallory"
    with pytest.raises(IssuerRefused):
        await alice.grant(GATEWAY).token()
    assert alice.identity is None


async def test_without_refresh_tokens_one_audience_works_until_it_ends(
    issuer: IssuerDouble, account: Make, clock: Clock
) -> None:
    """An issuer that gives no refresh token is named as the company's to correct."""
    issuer.refresh_allowed = False
    alice = account()
    await alice.sign_in(issuer.person)
    await alice.grant(GATEWAY).token()
    with pytest.raises(RefreshNotGranted):
        await alice.grant(REGISTRY).token()
    clock.now += 700
    with pytest.raises(SignInNeeded):
        await alice.grant(GATEWAY).token()
    assert alice.identity is None


async def test_a_companys_token_stays_where_it_is_offline(
    issuer: IssuerDouble, account: Make
) -> None:
    """Not even to a server on this computer, although it is still valid; then it is there again."""
    alice = account()
    await alice.sign_in(issuer.person)
    grant = alice.grant(GATEWAY)
    valid = await grant.token()
    here = alice._issuer.url
    alice._issuer.network.confined = True
    assert await grant.token() == valid  # An issuer on this computer is the company in a box.
    alice._issuer.url = "https://sso.corp.example"
    with pytest.raises(Offline):
        await grant.token()
    alice._issuer.url, alice._issuer.network.confined = here, False
    assert await grant.token() == valid
