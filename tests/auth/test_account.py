"""Sign in once: one credential for every window, process and audience."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.responses import Response

from auth.network import Unreachable
from auth.refresh import SignInNeeded
from auth.sign_in import PageNotOpened
from auth.token_endpoint import IssuerRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from auth.account import Account
    from tests.auth.issuer_double import Clock, IssuerDouble, KeyringDouble

    Make = Callable[[], Account]

GATEWAY, REGISTRY = "https://mcp.corp.example/", "https://registry.corp.example/"


async def test_one_sign_in_gives_a_token_for_each_audience(
    issuer: IssuerDouble, account: Make
) -> None:
    """All audiences are asked for at the sign-in, and each then gets a token of its own."""
    alice = account()
    seen: list[bool] = []
    alice.on_change.append(lambda: seen.append(alice.identity is not None))
    identity = await alice.sign_in(issuer.person)
    assert (identity.name, identity.groups) == ("alice", frozenset({"ads-eng", "employees"}))
    assert issuer.asked[0]["resource"] == [GATEWAY, REGISTRY]
    assert issuer.asked[0]["prompt"] == ["consent"]
    gateway, registry = alice.grant(GATEWAY), alice.grant(REGISTRY)
    assert (await gateway.token()).reveal().endswith("mcp")
    assert (await registry.token()).reveal().endswith("reg")
    assert await registry.token() == await registry.token()
    assert issuer.refreshes == [REGISTRY]
    assert seen == [True]
    assert alice.storage == "keyring"


async def test_nobody_signed_in_means_sign_in_needed(account: Make) -> None:
    """Without a sign-in, a grant says what the person can do."""
    alice = account()
    await alice.load()
    with pytest.raises(SignInNeeded, match="not signed in"):
        await alice.grant(GATEWAY).token()


async def test_two_windows_share_one_sign_in(issuer: IssuerDouble, account: Make) -> None:
    """The second sign-in joins the first, and one window's end does not end the other's."""
    alice = account()
    opened: list[str] = []
    go = asyncio.Event()

    async def slow(page: str) -> bool:
        opened.append(page)
        await go.wait()
        return await issuer.person(page)

    first = asyncio.create_task(alice.sign_in(slow))
    second = asyncio.create_task(alice.sign_in(slow))
    await asyncio.sleep(0)
    first.cancel()
    go.set()
    assert (await second).name == "alice"
    assert len(opened) == 1


async def test_a_page_that_does_not_open_is_said(account: Make) -> None:
    """Where no browser can be opened the sign-in ends at once, and can be tried again."""

    async def closed(_: str) -> bool:
        return False

    alice = account()
    for _ in range(2):
        with pytest.raises(PageNotOpened):
            await alice.sign_in(closed)


async def test_signing_out_forgets_here_whatever_the_issuer_does(
    issuer: IssuerDouble, account: Make, tmp_path: Path
) -> None:
    """Signing out revokes the refresh token, and forgets it also if the issuer is away."""
    alice = account()
    await alice.sign_in(issuer.person)
    newest = issuer.family
    await alice.sign_out()
    assert issuer.revoked == [newest]
    await alice.sign_in(issuer.person)

    async def away(*_: object, **__: object) -> None:
        msg = "away"
        raise Unreachable(msg)

    alice._issuer.network.request = away  # type: ignore[method-assign, assignment]
    await alice.sign_out()
    assert alice.identity is None
    assert not (tmp_path / "state" / "sign-in").exists()


async def test_no_token_is_on_disk_in_clear_or_in_a_log(
    issuer: IssuerDouble,
    account: Make,
    clock: Clock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With canaries in every token, files and logs of a whole life hold none of them."""
    caplog.set_level("DEBUG")
    alice = account()
    await alice.sign_in(issuer.person)
    clock.now += 700
    told = f'{{"error":"invalid_scope","error_description":"you sent {issuer.family}"}}'
    issuer.answers = [Response(told, 400)]
    with pytest.raises(IssuerRefused) as refused:
        await alice.grant(GATEWAY).token()
    assert issuer.canary not in refused.value.sentence()
    await alice.grant(GATEWAY).token()
    files = _files(tmp_path)
    assert tmp_path / "state" / "sign-in" in files
    assert all(issuer.canary.encode() not in path.read_bytes() for path in files)
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    assert issuer.canary not in caplog.text
    assert issuer.canary not in repr(alice._wallet.credential)


async def test_without_a_keyring_the_sign_in_lives_in_memory(
    issuer: IssuerDouble, account: Make, keyring: KeyringDouble, clock: Clock, tmp_path: Path
) -> None:
    """A keyring that fails leaves nothing on disk, says so, and everything else works."""
    keyring.lock_up()
    alice = account()
    await alice.load()
    await alice.sign_in(issuer.person)
    clock.now += 700
    await alice.grant(GATEWAY).token()
    await alice.grant(REGISTRY).token()
    assert alice.storage == "memory"
    assert _files(tmp_path) == []


async def test_the_page_asks_with_pkce_on_a_loopback_literal(
    issuer: IssuerDouble, account: Make
) -> None:
    """The address of the sign-in page holds a challenge, and 127.0.0.1 with a bound port."""
    pages: list[str] = []

    async def look(page: str) -> bool:
        pages.append(page)
        return await issuer.person(page)

    await account().sign_in(look)
    asked = parse_qs(urlsplit(pages[0]).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = urlsplit(asked["redirect_uri"][0])
    assert (back.scheme, back.hostname, back.path) == ("http", "127.0.0.1", "/callback")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
