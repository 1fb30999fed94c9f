"""The provider behaves as a strict company's sign-on does."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from sandbox.browser import Browser, Stopped, sign_in
from sandbox.company import AUDIENCE, CLIENT_ID, REGISTRY_AUDIENCE, SCOPES
from sandbox.people import PEOPLE
from tests.sandbox.provider_client import portico


async def test_a_code_with_pkce_becomes_tokens_of_one_audience() -> None:
    """The way of a sign-in: redirect with state and issuer, then signed tokens about the person."""
    async with portico() as client:
        back = await client.authorize("bob")
        assert (back["state"], back["iss"]) == ("a state", client.company.issuer)
        tokens = (await client.redeem(back["code"])).json()
        assert tokens["token_type"] == "Bearer"
        assert tokens["expires_in"] == 300

        assert jwt.get_unverified_header(tokens["access_token"])["typ"] == "at+jwt"
        access = await client.claims(tokens["access_token"], AUDIENCE)
        assert access["aud"] == AUDIENCE
        assert (access["sub"], access["groups"]) == ("bob", ["employees", "ads-eng"])
        assert access["exp"] - access["iat"] == 300

        person = await client.claims(tokens["id_token"], CLIENT_ID)
        assert person["nonce"] == "a nonce"
        assert person["name"] == "Bob Brandt"
        assert person["preferred_username"] == "bob"
        assert person["email"] == "bob@corp.example"
        assert person["groups"] == ["employees", "ads-eng"]
        assert client.company.provider.sign_ins == 1


async def test_a_code_serves_one_redemption_with_its_own_verifier() -> None:
    """A stolen code is refused without the verifier, and a second use ends the first one's work."""
    async with portico() as client:
        stolen = (await client.authorize())["code"]
        assert (await client.redeem(stolen, code_verifier="guess")).json()["error"] == (
            "invalid_grant"
        )
        assert (await client.redeem(stolen)).status_code == 400

        code = (await client.authorize())["code"]
        tokens = (await client.redeem(code)).json()
        assert (await client.redeem(code)).json()["error"] == "invalid_grant"
        assert (await client.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"

        late = (await client.authorize())["code"]
        client.now[0] += 61
        assert (await client.redeem(late)).json()["error"] == "invalid_grant"


async def test_refresh_tokens_rotate_and_reuse_ends_the_sign_in() -> None:
    """Each refresh token works once; using one again kills the newest of its family as well."""
    async with portico() as client:
        first = (await client.signed_in())["refresh_token"]
        second = (await client.refresh(first)).json()["refresh_token"]
        third = (await client.refresh(second)).json()["refresh_token"]
        assert len({first, second, third}) == 3
        assert client.company.provider.refreshes == 2
        other = (await client.signed_in())["refresh_token"]

        assert (await client.refresh(first)).json()["error"] == "invalid_grant"
        assert (await client.refresh(third)).json()["error"] == "invalid_grant"
        assert client.company.provider.reuses == 1
        assert client.company.provider.refreshes == 2
        assert (await client.refresh(other)).status_code == 200


async def test_one_sign_in_serves_each_audience_it_asked_for() -> None:
    """A refresh names the audience of its access token; a wrong name costs nothing."""
    async with portico() as client:
        token = (await client.signed_in())["refresh_token"]
        answer = (await client.refresh(token, resource=REGISTRY_AUDIENCE)).json()
        assert (await client.claims(answer["access_token"], REGISTRY_AUDIENCE))["sub"] == "alice"

        wrong = await client.refresh(answer["refresh_token"], resource="https://evil.example/")
        assert wrong.json()["error"] == "invalid_target"
        assert (await client.refresh(answer["refresh_token"])).status_code == 200

        back = await client.authorize(resource=AUDIENCE)
        narrow = (await client.redeem(back["code"])).json()["refresh_token"]
        wider = await client.refresh(narrow, resource=REGISTRY_AUDIENCE)
        assert wider.json()["error"] == "invalid_target"


async def test_revocation_ends_one_sign_in_and_an_administrator_ends_all() -> None:
    """RFC 7009 by a public client, the logout endpoint, and the knob for tests."""
    async with portico() as client:
        here = client.company.issuer
        one, two, three = [await client.signed_in() for _ in range(3)]
        data = {"client_id": CLIENT_ID, "token": one["refresh_token"]}
        assert (await client.http.post(f"{here}/revoke", data=data)).status_code == 200
        assert (await client.refresh(one["refresh_token"])).status_code == 400

        bearer = {"Authorization": f"Bearer {two['access_token']}"}
        about = await client.http.get(f"{here}/userinfo", headers=bearer)
        assert about.json()["groups"] == ["employees", "data-eng"]
        hint = {"id_token_hint": two["id_token"]}
        assert "signed out" in (await client.http.get(f"{here}/end", params=hint)).text
        assert (await client.refresh(two["refresh_token"])).status_code == 400
        assert (await client.http.get(f"{here}/userinfo", headers=bearer)).status_code == 401

        client.company.provider.revoke_all()
        assert (await client.refresh(three["refresh_token"])).status_code == 400


async def test_a_code_typed_on_another_device_signs_a_program_in() -> None:
    """Pending until somebody says who they are, once; a no and an unknown code are no sign-in."""
    async with portico() as client:
        issuer, http = client.company.issuer, client.http

        async def begun() -> dict[str, Any]:
            data = {"client_id": CLIENT_ID, "scope": " ".join(SCOPES), "resource": AUDIENCE}
            found: dict[str, Any] = (await http.post(f"{issuer}/device", data=data)).json()
            return found

        async def asked(codes: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON value.
            grant = "urn:ietf:params:oauth:grant-type:device_code"
            return (await client.token(grant_type=grant, device_code=codes["device_code"])).json()

        codes = await begun()
        assert (await asked(codes))["error"] == "authorization_pending"
        assert (await asked(codes))["error"] == "slow_down"
        typed = await http.post(f"{issuer}/enter", data={"code": "BBBB-BBBB"})
        assert (typed.status_code, "not known" in typed.text) == (400, True)
        await sign_in(codes["verification_uri_complete"], "alice")
        assert {"access_token", "refresh_token", "id_token"} <= set(await asked(codes))
        assert (await asked(codes))["error"] == "invalid_grant"
        codes = await begun()
        await sign_in(codes["verification_uri_complete"], "")
        assert (await asked(codes))["error"] == "access_denied"


async def test_no_refresh_token_without_offline_access() -> None:
    """A client that does not ask to stay signed in does not."""
    async with portico() as client:
        back = await client.authorize(scope="openid made-up")
        tokens = (await client.redeem(back["code"])).json()
        assert "refresh_token" not in tokens
        assert tokens["scope"] == "openid"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "groups"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"resource": "https://evil.example/"}, "invalid_target"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_the_client_is_told_of_a_request_that_cannot_be_granted(
    changes: dict[str, str | None], error: str
) -> None:
    """A wrong request comes straight back with its error, its state and the issuer."""
    async with portico() as client:
        back = await client.authorize(**changes)
        assert (back["error"], back["state"]) == (error, "a state")
        assert back["iss"] == client.company.issuer
        assert client.company.provider.sign_ins == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "http://evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1:1/elsewhere"},
        {"redirect_uri": "http://127.0.0.1:1@evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1:99999999/callback"},
        {"redirect_uri": None},
        {"client_id": "stranger"},
    ],
)
async def test_nobody_is_redirected_to_an_address_that_is_not_the_clients(
    changes: dict[str, str | None],
) -> None:
    """A redirect that cannot be trusted shows a page instead."""
    async with portico() as client:
        shown = await client.http.get(client.url(**changes))
        assert shown.status_code == 400
        assert "location" not in shown.headers
        with pytest.raises(Stopped):
            await sign_in(client.url(**changes), "alice")


async def test_a_browser_that_chose_is_asked_no_second_time() -> None:
    """Its cookie answers for the person, but for consent; another browser has none."""
    async with portico() as client, Browser.start("alice") as browser, Browser.start("") as other:
        await browser.open(client.url())
        await client.answers.get()
        await browser.open(client.url(scope="openid", prompt="none"))
        assert (await client.redeem((await client.answers.get())["code"])).status_code == 200
        await other.open(client.url(scope="openid", prompt="none"))
        assert (await client.answers.get())["error"] == "login_required"
        signed_in = client.company.provider.sign_ins
        await browser.open(client.url(prompt="consent"))
        await client.answers.get()
        assert (signed_in, client.company.provider.sign_ins) == (1, 2)


async def test_the_sign_in_page_is_self_contained_and_works_once() -> None:
    """No script, nothing loaded from elsewhere, a button per person, and no second press."""
    async with portico() as client:
        page = await client.http.get(client.url())
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "<script" not in page.text
        assert "src=" not in page.text
        assert "href=" not in page.text
        for person in PEOPLE.values():
            assert f'value="{person.login}"' in page.text

        transaction = page.text.partition('name="transaction" value="')[2].partition('"')[0]
        form = {"transaction": transaction, "user": "alice"}
        pressed = await client.http.post(f"{client.company.issuer}/choose", data=form)
        assert pressed.status_code == 303
        again = await client.http.post(f"{client.company.issuer}/choose", data=form)
        assert again.status_code == 400

        assert (await client.authorize(""))["error"] == "access_denied"
        with pytest.raises(Stopped, match="no button for 'mallory'"):
            await sign_in(client.url(), "mallory")


async def test_a_website_cannot_reach_the_provider_under_its_own_name() -> None:
    """A request whose Host is not ours is refused, so DNS rebinding gains nothing."""
    async with portico() as client:
        spoofed = {"Host": "evil.example"}
        found = await client.http.get(f"{client.company.issuer}/jwks", headers=spoofed)
        assert found.status_code == 400


async def test_where_one_person_plays_nobody_is_asked() -> None:
    """The page leads on at once, whatever the client wants asked, and so does a device's code."""
    async with portico() as client, Browser.start("") as browser:
        client.company.provider.person = "carol"
        back = await client.authorize("", prompt="consent")
        tokens = (await client.redeem(back["code"])).json()
        assert (await client.claims(tokens["access_token"], AUDIENCE))["sub"] == "carol"
        asked = {"client_id": CLIENT_ID, "scope": "openid"}
        issuer = client.company.issuer
        device = (await client.http.post(f"{issuer}/device", data=asked)).json()
        await browser.open(device["verification_uri_complete"])
        assert "Signed in as Carol Castillo" in browser.words


async def test_a_sign_in_ends_at_its_age_however_often_it_was_refreshed() -> None:
    """What is let go by counts, and the next sign-in is as good as any."""
    async with portico() as client:
        client.company.provider.limit_sign_ins(8 * 3600)
        first = await client.signed_in()
        client.now[0] += 1
        client.company.clock.go_by(7 * 3600)
        second = (await client.refresh(first["refresh_token"])).json()
        client.company.clock.go_by(2 * 3600)
        assert (await client.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"
        client.now[0] += 1
        again = await client.signed_in()
        assert (await client.refresh(again["refresh_token"])).status_code == 200
