"""An ID token is believed only if it was made for this sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.id_token import IdTokenRefused

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
