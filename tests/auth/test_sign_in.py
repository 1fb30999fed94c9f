"""What an answer to a sign-in must say before its code is spent."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from auth.network import Network
from auth.sign_in import SignInFailed, challenge

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.account import Account
    from tests.auth.issuer_double import IssuerDouble


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        (
            {"code": None, "error": "access_denied", "error_description": "no\x1b[2J"},
            "access_denied",
        ),
        ({"code": None}, "no code"),
    ],
    ids=["wrong iss", "no iss", "declined", "no code"],
)
async def test_an_answer_of_another_issuer_or_a_no_ends_the_sign_in(
    issuer: IssuerDouble, account: Callable[[], Account], change: dict[str, str | None], said: str
) -> None:
    """A mix-up or a no ends the flow without spending a code, and the page says so plainly."""
    pages: list[str] = []

    async def person(page: str) -> bool:
        back = parse_qs(urlsplit(page).query)["redirect_uri"][0]
        answer = {k: v for k, v in {**issuer.approve(page), **change}.items() if v is not None}
        network = Network()
        pages.append((await network.request("GET", f"{back}?{urlencode(answer)}")).body.decode())
        await network.aclose()
        return True

    with pytest.raises(SignInFailed, match=said) as told:
        await account().sign_in(person)
    assert issuer.codes
    assert "\x1b" not in told.value.message
    assert "not signed in" in pages[0] if pages else True


async def test_nobody_coming_back_ends_the_sign_in(account: Callable[[], Account]) -> None:
    """After the patience given, the sign-in ends and says that nobody came."""

    async def ignored(_: str) -> bool:
        return True

    with pytest.raises(SignInFailed, match="Nobody signed in"):
        await account().sign_in(ignored, patience=0.05)


def test_the_challenge_is_the_one_of_the_rfc() -> None:
    """The example of RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
