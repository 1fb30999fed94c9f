"""Who is at a browser, by the word of the issuer alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from auth.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.account import Account
    from tests.auth.issuer_double import IssuerDouble

BACK = "http://127.0.0.1:4242/callback"


async def test_the_person_at_the_browser_is_named_and_nothing_is_kept(
    issuer: IssuerDouble, account: Callable[[], Account]
) -> None:
    """The issuer's statement is verified; nobody is signed in by it, and no scope but openid."""
    made = account()
    trip = made.round_trip()
    page = await trip.address(BACK)
    asked = parse_qs(urlsplit(page).query)
    assert (asked["scope"], asked["redirect_uri"], "prompt" in asked) == (["openid"], [BACK], False)
    found = await trip.identity(issuer.approve(page), BACK)
    assert found.subject == "alice-sub"
    assert made.identity is None


@pytest.mark.parametrize(
    ("change", "reference"),
    [
        ({"iss": "https://evil.example"}, "sign-in-failed"),
        ({"code": "", "error": "login_required"}, "sign-in-failed"),
        ({}, "id-token-refused"),
    ],
    ids=["another issuer", "nobody there", "another look"],
)
async def test_what_is_no_answer_to_this_look_names_nobody(
    issuer: IssuerDouble, account: Callable[[], Account], change: dict[str, str], reference: str
) -> None:
    """A no, another issuer's answer, and a statement made for another look are refused."""
    trip = account().round_trip()
    answer = {**issuer.approve(await trip.address(BACK)), **change}
    if not change:
        issuer.claims["nonce"] = "another"
    with pytest.raises(Fault) as told:
        await trip.identity(answer, BACK)
    assert told.value.reference == reference
