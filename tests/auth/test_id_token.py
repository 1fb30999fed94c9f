"""An ID token is believed only if it was made for this sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.client import Client
from auth.id_token import IdTokenRefused, claim, read_groups, read_identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.account import Account
    from tests.auth.issuer_double import IssuerDouble

    Make = Callable[[], Account]


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"aud": ["portico-test", "another-client"]},
        {"azp": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"sub": ""},
        {"sub": 7},
        {"iat": "yesterday"},
        {"exp": None},
        {"nonce": None},
    ],
    ids=str,
)
async def test_an_id_token_for_somebody_else_signs_nobody_in(
    issuer: IssuerDouble, account: Make, claims: dict[str, object]
) -> None:
    """Every claim that binds the ID token to this sign-in is checked."""
    issuer.claims = claims
    alice = account()
    with pytest.raises(IdTokenRefused):
        await alice.sign_in(issuer.person)
    assert alice.identity is None


async def test_an_id_token_without_a_public_signature_signs_nobody_in(
    issuer: IssuerDouble, account: Make
) -> None:
    """A symmetric signature is refused before any key is looked at."""
    issuer.algorithm = "HS256"
    with pytest.raises(IdTokenRefused, match="HS256"):
        await account().sign_in(issuer.person)


@pytest.mark.parametrize(
    "headers",
    [{"crit": ["unheard-of"], "unheard-of": 1}, {"crit": ["b64"], "b64": False}, {"kid": "k9"}],
    ids=str,
)
async def test_an_id_token_with_an_unknown_demand_or_key_signs_nobody_in(
    issuer: IssuerDouble, account: Make, headers: dict[str, object]
) -> None:
    """What a token declares critical and Portico does not know is no token (RFC 7515 §4.1.11)."""
    issuer.headers = headers
    with pytest.raises(IdTokenRefused):
        await account().sign_in(issuer.person)


async def test_a_key_that_was_published_after_we_looked_is_found(
    issuer: IssuerDouble, account: Make
) -> None:
    """An issuer that began to sign with another key a moment ago signs people in."""
    alice = account()
    await alice.sign_in(issuer.person)
    issuer.kid = "k2"
    assert (await alice.sign_in(issuer.person)).name == "alice"
    assert issuer.fetched_keys == 2


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("groups", {"groups": ["ads-eng", "employees"]}),
        ("groups", {"groups": "ads-eng, employees"}),
        ("groups", {"groups": ["ads-eng", 7, "employees", None, " "]}),
        ("https://corp.example/groups", {"https://corp.example/groups": ["ads-eng", "employees"]}),
        ("groups", {"https://corp.example/groups": "employees,ads-eng"}),
        ("realm_access.roles", {"realm_access": {"roles": ["ads-eng", "employees"]}}),
        ("a.b", {"a.b": ["ads-eng", "employees"], "a": {"b": ["wrong"]}}),
    ],
    ids=str,
)
def test_groups_are_read_in_any_shape_seen(name: str, claims: dict[str, object]) -> None:
    """A list, a comma string, a nested claim, a claim under the issuer's own URL."""
    assert set(read_groups(claim(claims, name))) == {"ads-eng", "employees"}


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("groups", {}),
        ("groups", {"groups": {"ads-eng": True}}),
        ("groups", {"groups": 7}),
        ("groups", {"https://a.example/groups": ["a"], "https://b.example/groups": ["b"]}),
        ("groups", {"evil/groups": ["a"]}),
        ("realm_access.roles", {"realm_access": ["roles"]}),
    ],
    ids=str,
)
def test_groups_that_are_not_certain_are_none(name: str, claims: dict[str, object]) -> None:
    """Two claims that could be meant, or an odd shape, give no group, and so no permission."""
    assert read_groups(claim(claims, name)) == []


def test_a_name_is_what_the_issuer_offers_first_and_safe_to_show() -> None:
    """Control characters and length of a name never reach a terminal."""
    client = Client("https://sso.example", "c", ("openid",), "groups", ())
    claims = {"sub": "s", "preferred_username": "\x1b[31m", "email": "a@corp.example"}
    assert read_identity(claims, client).name == "[31m"
    assert read_identity({"sub": "s", "email": ["x"]}, client).name == "s"
