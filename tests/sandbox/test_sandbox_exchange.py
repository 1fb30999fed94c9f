"""The sandbox's provider exchanges tokens, and its vendor takes the company's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.catalog import (
    KNOWLEDGE_AUDIENCE,
    REVENUE_AUDIENCE,
    SPARK_AUDIENCE,
    VENDOR_CLIENT_ID,
)
from sandbox.exchange import GRANT_TYPE, ID_JAG
from sandbox.vendor import GRANT_TYPE as JWT_BEARER
from tests.sandbox.provider_client import Portico, portico

if TYPE_CHECKING:
    import httpx2
    from starlette.types import Receive, Scope, Send

TYPES = "urn:ietf:params:oauth:token-type:"


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """A server that answers nobody."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def exchange(
    client: Portico, token: str, kind: str = "access_token", **fields: str
) -> httpx2.Response:
    """Show a token for another."""
    shown = {"subject_token": token, "subject_token_type": TYPES + kind}
    return await client.token(grant_type=GRANT_TYPE, **{**shown, **fields})


async def vouched(client: Portico, tokens: dict[str, Any], **changes: str) -> httpx2.Response:
    """Ask for the company's word at the vendor's."""
    vendor = client.company.vendor
    assert vendor is not None
    asked = {
        "requested_token_type": ID_JAG,
        "audience": vendor.issuer,
        "resource": KNOWLEDGE_AUDIENCE,
        **changes,
    }
    return await exchange(client, tokens["id_token"], "id_token", **asked)


async def test_a_token_is_exchanged_for_one_of_a_partner_and_nothing_is_spent() -> None:
    """As a resource or by name; for nobody else, and never for a token that has ended."""
    async with portico() as client:
        tokens = await client.signed_in()
        for name in ("resource", "audience"):
            answer = (
                await exchange(client, tokens["access_token"], **{name: SPARK_AUDIENCE})
            ).json()
            assert answer["issued_token_type"] == TYPES + "access_token"
            assert (await client.claims(answer["access_token"], SPARK_AUDIENCE))["sub"] == "alice"
            assert "refresh_token" not in answer
        wrong = await exchange(client, tokens["access_token"], audience="nobody")
        assert wrong.json()["error"] == "invalid_target"
        assert (await client.refresh(tokens["refresh_token"])).status_code == 200
        client.now[0] += 301
        late = await exchange(client, tokens["access_token"], audience=SPARK_AUDIENCE)
        assert late.json()["error"] == "invalid_grant"


async def test_what_a_revoked_sign_in_gave_is_exchanged_for_nothing() -> None:
    """The token may live on; what stands behind it is over."""
    async with portico() as client:
        tokens = await client.signed_in()
        client.company.provider.revoke_all()
        answer = await exchange(client, tokens["access_token"], audience=SPARK_AUDIENCE)
        assert answer.json()["error"] == "invalid_grant"


async def test_an_audience_of_the_providers_own_parameter_is_refreshed_by_it() -> None:
    """Any sign-in may ask for it, and an unknown name costs nothing."""
    async with portico() as client:
        token = (await client.signed_in())["refresh_token"]
        wrong = await client.refresh(token, audience="nobody")
        assert wrong.json()["error"] == "invalid_target"
        answer = (await client.refresh(token, audience=REVENUE_AUDIENCE)).json()
        assert (await client.claims(answer["access_token"], REVENUE_AUDIENCE))["sub"] == "alice"


async def test_a_refresh_token_may_be_used_again_within_the_grace() -> None:
    """As with providers that know of lost answers; later it is a reuse like any other."""
    async with portico() as client:
        client.company.provider.allow_grace(30)
        first = (await client.signed_in())["refresh_token"]
        await client.refresh(first)
        again = await client.refresh(first)
        assert again.status_code == 200
        client.now[0] += 31
        assert (await client.refresh(first)).json()["error"] == "invalid_grant"
        assert client.company.provider.reuses == 1


async def test_the_vendor_gives_a_token_for_the_companys_word_alone() -> None:
    """The word is for one vendor, one client and one server, and serves once."""
    async with portico({"knowledge": nothing}) as client:
        vendor = client.company.vendor
        assert vendor is not None
        answer = (await vouched(client, await client.signed_in())).json()
        assert (answer["issued_token_type"], answer["token_type"]) == (ID_JAG, "N_A")
        form = {
            "grant_type": JWT_BEARER,
            "client_id": VENDOR_CLIENT_ID,
            "assertion": answer["access_token"],
        }
        where = f"{vendor.issuer}/token"
        stranger = await client.http.post(where, data={**form, "client_id": "somebody"})
        assert stranger.json()["error"] == "invalid_client"
        given = await client.http.post(where, data=form)
        assert given.json()["token_type"] == "Bearer"
        again = await client.http.post(where, data=form)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert vendor.given == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"audience": "https://other.example"}, "invalid_target"),
        ({"subject_token_type": TYPES + "access_token"}, "invalid_request"),
    ],
)
async def test_the_company_vouches_only_where_it_is_agreed(
    changes: dict[str, str], error: str
) -> None:
    """For a vendor that it knows, and for a person whose ID token is shown."""
    async with portico({"knowledge": nothing}) as client:
        answer = await vouched(client, await client.signed_in(), **changes)
        assert answer.json()["error"] == error


async def test_a_word_that_is_too_old_or_for_another_server_is_not_taken() -> None:
    """The vendor checks every claim, whoever signed it."""
    async with portico({"knowledge": nothing}) as client:
        vendor = client.company.vendor
        assert vendor is not None
        tokens = await client.signed_in()
        other = (await vouched(client, tokens, resource="https://other.example/")).json()
        old = (await vouched(client, tokens)).json()
        client.now[0] += 301
        for answer in (other, old):
            form = {"grant_type": JWT_BEARER, "client_id": VENDOR_CLIENT_ID}
            said = await client.http.post(
                f"{vendor.issuer}/token", data={**form, "assertion": answer["access_token"]}
            )
            assert said.json()["error"] == "invalid_grant"
