"""Signing in at a server that runs its own OAuth, apart from the company's sign-in."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from auth.own_sign_in.fault import (
    ClientSecretUnusable,
    ServerIssuerUnwell,
    ServerSignInFailed,
    ServerSignInNeeded,
)
from auth.own_sign_in.registration import Registration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from auth.own_sign_in.account import ServerAccount
    from auth.secret import Secret
    from tests.auth.issuer_double import Clock
    from tests.auth.own_sign_in.server_double import OwnServer

    Make = Callable[..., ServerAccount]


async def refused(account: ServerAccount, server: OwnServer, token: Secret | None = None) -> None:
    """Let the server refuse a request, as its endpoint tells the account of it."""
    with pytest.raises(ServerSignInNeeded):
        await account.again(token, 401, server.refusal)


def on_disk(folder: Path) -> bytes:
    """Everything that any file there holds."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def entered(account: ServerAccount, server: OwnServer) -> Secret:
    """Sign in; the token."""
    await refused(account, server)
    await account.sign_in(server.person)
    token = await account.token()
    assert token is not None
    return token


async def test_a_server_is_asked_without_a_token_until_it_says_what_it_wants(
    server: OwnServer, account: Make
) -> None:
    """Its refusal then says who must act, where, and that it is not the company's sign-in."""
    weather = account()
    assert await weather.token() is None
    before = weather.needs_a_person
    with pytest.raises(ServerSignInNeeded) as needed:
        await weather.again(None, 401, server.refusal)
    assert needed.value.message.startswith("Weather has a sign-in of its own")
    assert "portico login weather" in needed.value.remedy
    assert (before, weather.needs_a_person) == (False, True)
    assert server.forms == server.pages == server.registered == []


async def test_a_sign_in_is_shown_as_the_servers_own(server: OwnServer, account: Make) -> None:
    """The person reads whose page it is, who runs the server and where the page is."""
    weather, said = account(), []

    async def person(page: str, why: str) -> bool:
        said.append(why)
        return await server.person(page)

    await refused(weather, server)
    await weather.sign_in(person)
    where = urlsplit(server.url).netloc
    assert said == [
        f"Sign in to Weather, run by Team Sky, at {where}. This is not your company's sign-in."
    ]


async def test_a_sign_in_asks_for_what_the_server_wants_and_for_its_resource_alone(
    server: OwnServer, account: Make
) -> None:
    """Scope from the refusal, PKCE, and the server's address as the resource (RFC 8707)."""
    weather = account()
    token = await entered(weather, server)
    assert token.reveal() in server.alive
    assert server.pages[0]["scope"] == "notes:read"
    assert server.pages[0]["code_challenge_method"] == "S256"
    assert server.pages[0]["resource"] == server.forms[0]["resource"] == server.endpoint
    assert server.registered[0]["client_name"] == "Portico"
    assert weather.signed_in
    assert not weather.needs_a_person


async def test_a_sign_in_outlives_the_hub_and_is_in_no_file_in_clear(
    server: OwnServer, account: Make, tmp_path: Path
) -> None:
    """Another process takes it over; what is on disk is sealed."""
    token = await entered(account(), server)
    assert await account().token() == token
    kept = on_disk(tmp_path)
    assert kept
    assert server.canary.encode() not in kept


async def test_fifty_calls_on_an_expired_token_refresh_it_once(
    server: OwnServer, account: Make, clock: Clock
) -> None:
    """Also after a restart, at the issuer that the server named and not at the server."""
    await entered(account(), server)
    clock.now += 700
    weather = account()
    tokens = await asyncio.gather(*(weather.token() for _ in range(50)))
    assert {token.reveal() for token in tokens if token is not None} == server.alive
    assert [form["grant_type"] for form in server.forms] == ["authorization_code", "refresh_token"]
    assert server.forms[1]["resource"] == server.endpoint


async def test_a_refused_token_is_refreshed_before_anybody_is_asked(
    server: OwnServer, account: Make
) -> None:
    """And whoever comes later with the old one is given the new one."""
    weather = account()
    old = await entered(weather, server)
    new = await weather.again(old, 401, server.refusal)
    assert new is not None
    assert new != old
    assert await weather.again(old, 401, server.refusal) == new
    assert len(server.pages) == 1


async def test_a_spent_refresh_token_ends_in_a_sign_in_of_that_server(
    server: OwnServer, account: Make
) -> None:
    """Nobody is shown a page for it: the person signs in when they want to."""
    weather = account()
    old = await entered(weather, server)
    server.refresh = "another"
    await refused(weather, server, old)
    assert len(server.pages) == 1
    assert not weather.signed_in
    await weather.sign_in(server.person)
    assert weather.signed_in


async def test_an_issuer_that_is_down_signs_nobody_out(
    server: OwnServer, account: Make, clock: Clock
) -> None:
    """The refresh token is kept, and works when the issuer is back."""
    weather = account()
    await entered(weather, server)
    clock.now += 700
    server.broken = 503
    with pytest.raises(ServerIssuerUnwell):
        await weather.token()
    server.broken = 0
    assert await weather.token() is not None
    assert len(server.pages) == 1


async def test_more_permission_is_asked_for_beside_what_was_granted(
    server: OwnServer, account: Make
) -> None:
    """A 403 that wants another scope leads to a sign-in for both; the old token stays good."""
    weather = account()
    token = await entered(weather, server)
    more = f'Bearer error="insufficient_scope", scope="notes:write", {server.refusal[7:]}'
    with pytest.raises(ServerSignInNeeded, match="notes:write"):
        await weather.again(token, 403, more)
    assert await weather.token() == token
    await weather.sign_in(server.person)
    assert set(server.pages[1]["scope"].split()) == {"notes:read", "notes:write"}


async def test_a_403_that_no_sign_in_can_cure_asks_for_none(
    server: OwnServer, account: Make
) -> None:
    """Neither a plain no, nor a scope that the issuer has granted already."""
    weather = account()
    token = await entered(weather, server)
    assert await weather.again(token, 403, "") is None
    granted = 'Bearer error="insufficient_scope", scope="notes:read"'
    assert await weather.again(token, 403, granted) is None
    assert not weather.needs_a_person


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"iss": "https://evil.example"}, "iss mismatch"),
        ({"resource": {"resource": "https://evil.example/mcp"}}, "does not match"),
        ({"metadata": {"issuer": "https://evil.example"}}, "issuer mismatch"),
        ({"metadata": {"token_endpoint": "http://evil.example/token"}}, "not https"),
        ({"metadata": {"authorization_endpoint": "http://evil.example/a"}}, "not https"),
        ({"issuer": "http://169.254.169.254"}, "not https"),
    ],
)
async def test_what_could_be_somebody_elses_ends_a_sign_in(
    server: OwnServer, account: Make, change: dict[str, object], why: str
) -> None:
    """No code or token goes to an issuer that is not the one it should be, nor over http."""
    for name, value in change.items():
        setattr(server, name, value)
    weather = account()
    await refused(weather, server)
    with pytest.raises(ServerSignInFailed, match=why) as failed:
        await weather.sign_in(server.person)
    assert "portico login weather" in failed.value.remedy or "owner" in failed.value.remedy
    assert server.forms == []
    assert not weather.signed_in


async def test_a_sign_in_that_nobody_can_see_says_so(server: OwnServer, account: Make) -> None:
    """The registration of a sign-in that failed serves the next one, on the same port."""
    weather = account()
    await refused(weather, server)

    async def nobody(_page: str, _why: str) -> bool:
        return False

    with pytest.raises(ServerSignInFailed, match="could not be opened") as failed:
        await weather.sign_in(nobody)
    assert "portico login weather" in failed.value.remedy
    await weather.sign_in(server.person)
    assert len(server.registered) == 1


async def test_two_windows_share_one_visit_to_the_page(server: OwnServer, account: Make) -> None:
    """The second sign-in joins the first."""
    weather = account()
    await refused(weather, server)
    await asyncio.gather(weather.sign_in(server.person), weather.sign_in(server.person))
    assert len(server.pages) == 1


async def test_signing_out_forgets_and_tells_the_issuer(server: OwnServer, account: Make) -> None:
    """The tokens are gone from every process; the registration is kept for the next sign-in."""
    weather = account()
    await entered(weather, server)
    await weather.sign_out()
    assert server.revoked == [server.refresh]
    assert await account().token() is None
    await entered(weather, server)
    assert len(server.registered) == 1


async def test_a_client_with_a_secret_needs_nobody(
    server: OwnServer, account: Make, tmp_path: Path
) -> None:
    """The first refusal is answered with client credentials, of which only its issuer hears."""
    file = tmp_path / "secret"
    file.touch(0o600)
    file.write_text("a secret\n", encoding="utf-8")
    known = Registration(
        method="client-credentials", issuer=server.url, client_id="c", secret_file=str(file)
    )
    token = await account(known).again(None, 401, server.refusal)
    assert token is not None
    assert server.forms[0]["grant_type"] == "client_credentials"
    assert server.forms[0]["authorization"].startswith("Basic ")
    assert server.pages == []
    elsewhere = Registration(
        "client-credentials", "https://a.example", client_id="c", secret_file=str(file)
    )
    with pytest.raises(ServerSignInFailed):
        await account(elsewhere).again(token, 401, server.refusal)
    assert len(server.forms) == 1


async def test_a_client_with_a_key_signs_what_it_says(
    server: OwnServer, account: Make, tmp_path: Path
) -> None:
    """The key stays here: its issuer sees an assertion that is meant for it alone (RFC 7523)."""
    key = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "key.pem"
    file.touch(0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    known = Registration(
        method="client-credentials", issuer=server.url, client_id="c", key_file=str(file)
    )
    assert await account(known).again(None, 401, server.refusal) is not None
    said = jwt.decode(
        server.forms[0]["client_assertion"], key.public_key(), ["ES256"], audience=server.url
    )
    assert (said["iss"], said["sub"]) == ("c", "c")


@pytest.mark.parametrize("flaw", ["nowhere", "open to others", "empty"])
async def test_a_secret_that_others_can_read_is_not_used(
    server: OwnServer, account: Make, tmp_path: Path, flaw: str
) -> None:
    """The fault names the file and says nothing of what is in it."""
    file = tmp_path / "secret"
    if flaw != "nowhere":
        file.touch(0o644 if flaw == "open to others" else 0o600)
        file.write_text("" if flaw == "empty" else "a-secret", encoding="utf-8")
    known = Registration(
        method="client-credentials", issuer=server.url, client_id="c", secret_file=str(file)
    )
    with pytest.raises(ClientSecretUnusable, match="secret") as unusable:
        await account(known).again(None, 401, server.refusal)
    assert "a-secret" not in str(unusable.value)
    assert server.forms == []


async def test_no_token_of_a_server_is_in_a_fault_or_a_log(
    server: OwnServer, account: Make, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither what was sent nor what a careless issuer quotes."""
    caplog.set_level(logging.DEBUG)
    weather = account()
    old = await entered(weather, server)
    server.metadata = {"issuer": f"https://{server.canary}.example"}
    server.refresh = "another"
    clock.now += 700
    assert await weather.token() is None
    server.broken = 400
    server.metadata = {}
    await refused(weather, server, old)
    with pytest.raises(ServerSignInFailed) as failed:
        await weather.sign_in(server.person)
    shown = [failed.value.sentence(), repr(weather._holding), caplog.text]
    assert not any(server.canary in text for text in shown)
