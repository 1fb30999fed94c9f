"""Every flow of a sign-in, against each provider there is: from the page to the sign-out."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import signal
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

from auth.authorization import SignInFailed
from auth.client import GrantNotConfigured
from auth.credential import Credential
from auth.reach import Flow, Reach
from auth.refresh import AudienceNotGiven, SignInNeeded
from auth.token_endpoint import GrantGone, spend
from tests.node import ROOT

if TYPE_CHECKING:
    from auth.account import Account
    from auth.device import UserCode
    from auth.secret import Secret
    from tests.providers.conftest import Desk
    from tests.providers.place import Place

EXPIRED = 1000.0
"""Seconds after which every access token here has ended, and no refresh token has."""


async def signed_in(desk: Desk, user: str = "alice") -> Account:
    """An account whose person signed in on the page."""
    account = desk.account()

    async def open_page(url: str) -> bool:
        await desk.place.page(url, user=user)
        return True

    await account.sign_in(open_page)
    return account


async def kept(desk: Desk) -> Credential:
    """What the sealed file holds."""
    content = await desk.store().read()
    assert content is not None
    return Credential.from_json(content, desk.place.issuer)


async def test_a_person_signs_in_on_a_page_and_every_process_knows(desk: Desk) -> None:
    """Who it is and their groups are read from a verified ID token, in the provider's own shape."""
    account = await signed_in(desk)
    identity = account.identity
    assert identity is not None
    assert identity.groups == set(desk.place.groups)
    assert identity.issuer == desk.place.issuer
    other = desk.account()
    await other.load()
    assert other.identity == identity
    first = await other.grant(desk.place.audiences[0]).token()
    assert first == await account.grant(desk.place.audiences[0]).token()


async def test_one_sign_in_brings_a_token_for_each_audience(desk: Desk) -> None:
    """By one refresh each, and each token names the audience that it was asked for.

    A provider that binds a sign-in to the audience of its first refresh gives that one for good,
    says no to the other, and nobody is out.
    """
    account = await signed_in(desk)
    first, second = desk.place.audiences
    for audience in (first, second, first, second):
        desk.later += EXPIRED
        asked = account.grant(audience).token()
        if audience == second and not desk.place.switches:
            with pytest.raises(AudienceNotGiven, match=second):
                await asked
        else:
            assert named(await asked) == audience
    assert account.identity is not None


async def test_an_audience_that_nobody_configured_costs_no_sign_in(desk: Desk) -> None:
    """It is refused before the provider could spend the refresh token on it."""
    account = await signed_in(desk)
    with pytest.raises(GrantNotConfigured):
        await account.grant("https://evil.example/").token()
    desk.later = EXPIRED
    await account.grant(desk.place.audiences[0]).token()


async def test_a_refresh_brings_a_new_refresh_token_and_the_old_one_is_spent(desk: Desk) -> None:
    """Three expiries are three refreshes, each with the token that the one before brought."""
    account = await signed_in(desk)
    grant, seen = account.grant(desk.place.audiences[0]), [(await kept(desk)).refresh]
    for round_ in range(1, 4):
        desk.later = EXPIRED * round_
        await grant.token()
        seen.append((await kept(desk)).refresh)
    assert len({token.reveal() for token in seen if token}) == len(seen)
    assert account.identity is not None


async def test_a_refresh_token_that_comes_twice_ends_the_sign_in_once(desk: Desk) -> None:
    """Whoever holds a copy and comes second is told to sign in, once, and nothing is sent again."""
    account = await signed_in(desk)
    stolen = await kept(desk)
    desk.later = EXPIRED
    await account.grant(desk.place.audiences[0]).token()
    await desk.store().write(stolen.to_json())
    thief = desk.account()
    await thief.load()
    with pytest.raises(SignInNeeded):
        await thief.grant(desk.place.audiences[0]).token()
    ended = await desk.place.ended()
    with pytest.raises(SignInNeeded, match="not signed in"):
        await thief.grant(desk.place.audiences[0]).token()
    assert await desk.store().read() is None
    assert await desk.place.ended() == ended


async def test_signing_out_ends_the_refresh_token_where_the_provider_lets_us(desk: Desk) -> None:
    """Here nothing is left in any case; there the token is dead, or lives out its time."""
    account = await signed_in(desk)
    refresh = (await kept(desk)).refresh
    assert refresh is not None
    await account.sign_out()
    assert await desk.store().read() is None
    form: list[tuple[str, str | Secret]] = [
        ("grant_type", "refresh_token"),
        ("client_id", desk.place.client_id),
        ("refresh_token", refresh),
        ("resource", desk.place.audiences[0]),
    ]
    provider = await account._issuer.provider()
    if desk.place.revokes:
        with pytest.raises(GrantGone):
            await spend(desk.network, provider.token, form)
    else:
        await spend(desk.network, provider.token, form)


async def test_a_code_typed_on_another_device_signs_in(desk: Desk) -> None:
    """The device grant, at the provider's own pace, ends in the same sign-in as a page."""
    shown: list[UserCode] = []

    async def show(code: UserCode) -> bool:
        shown.append(code)
        await desk.place.code(code)
        return True

    account = desk.account()
    reach = Reach(Flow.DEVICE, show_code=show)
    identity = await account.sign_in(_no_page, reach)
    assert identity.groups == set(desk.place.groups)
    assert len(shown) == 1
    desk.later = EXPIRED
    await account.grant(desk.place.audiences[0]).token()


async def test_a_pasted_address_signs_in(desk: Desk) -> None:
    """A browser that cannot reach this machine stops at an address; that is enough."""
    account = desk.account()

    async def paste(url: str, _: str) -> str:
        return await desk.place.address(url)

    reach = Reach(Flow.PASTE, ask_address=paste)
    assert (await account.sign_in(_no_page, reach)).groups == set(desk.place.groups)
    desk.later = EXPIRED
    await account.grant(desk.place.audiences[0]).token()


async def test_an_address_of_another_sign_in_is_worth_nothing(desk: Desk) -> None:
    """Pasted into a sign-in that somebody else began, it is refused before it is spent."""
    addresses: list[str] = []

    async def never(url: str, _: str) -> str | None:
        addresses.append(await desk.place.address(url))
        return None

    async def foreign(_: str, __: str) -> str:
        return addresses[0]

    first = desk.account()
    waiting = asyncio.ensure_future(first.sign_in(_no_page, Reach(Flow.PASTE, ask_address=never)))
    while not addresses and not waiting.done():
        await asyncio.wait([waiting], timeout=0.05)
    second = desk.account()
    await first.aclose()
    with pytest.raises(SignInFailed):
        await waiting
    with pytest.raises(Exception, match=r"another sign-in|begins with"):
        await second.sign_in(_no_page, Reach(Flow.PASTE, ask_address=foreign))


async def test_whoever_is_at_the_browser_is_named_and_nothing_is_kept(desk: Desk) -> None:
    """The look of Portico's page at who answers goes by the same provider."""
    account = await signed_in(desk)
    look, back = account.round_trip(), f"http://127.0.0.1:{desk.place.port or 9}/callback"
    address = await desk.place.address(await look.address(back))
    answer = dict(parse_qsl(urlsplit(address).query))
    before = await kept(desk)
    assert account.identity is not None
    assert (await look.identity(answer, back)).subject == account.identity.subject
    assert await kept(desk) == before


async def test_killed_in_the_middle_of_a_refresh_costs_one_sign_in_and_no_second_revocation(
    desk: Desk,
) -> None:
    """After `kill -9` between rotation and keeping: at most one "sign in again", then no more."""
    place = desk.place
    (await signed_in(desk)).identity  # noqa: B018 - the account is gone; its file is not.
    before = await place.ended()
    facts = {**facts_of(place), "folder": str(desk.folder)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.providers.killed", json.dumps(facts), cwd=ROOT
    )
    assert await process.wait() == -signal.SIGKILL
    desk.later = EXPIRED
    account = desk.account()
    await account.load()
    asked = 0
    for _ in range(3):
        try:
            await account.grant(place.audiences[0]).token()
        except SignInNeeded:
            asked += account.identity is None
            break
    assert asked <= 1
    if asked:
        account = await signed_in(desk)
    for round_ in range(2, 5):
        desk.later = EXPIRED * round_
        await account.grant(place.audiences[0]).token()
    if before is not None:
        ended = await place.ended()
        assert ended is not None
        assert ended - before <= 1


def named(token: Secret) -> object:
    """The audience in an access token, which nobody but a test here reads."""
    return jwt.decode(token.reveal(), options={"verify_signature": False})["aud"]


def facts_of(place: Place) -> dict[str, object]:
    """What a process needs to know of a provider."""
    facts = dataclasses.asdict(place)
    facts.pop("reuses", None)
    return facts


async def _no_page(_: str) -> bool:
    return False
