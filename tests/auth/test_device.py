"""Signing in by a code: what issuers answer, and what the person is shown."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from auth.authorization import SignInFailed
from auth.device import CodeExpired, DeviceRefused, following, read_begun
from auth.discovery import IssuerMisconfigured
from auth.network import Answer, Unreachable
from auth.reach import Flow, Reach
from auth.sign_in import PageNotOpened
from auth.token_endpoint import GrantGone, IssuerRefused, IssuerUnwell

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.account import Account
    from auth.device import UserCode
    from auth.fault import Fault
    from tests.auth.issuer_double import IssuerDouble

    Make = Callable[[], Account]

ISSUER = "https://sso.corp.example"
ENDPOINT = f"{ISSUER}/device"
SOUND = {
    "device_code": "d",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://sso.corp.example/enter",
}


def _refused(kind: type[Fault], error: str) -> Fault:
    return kind("no", data={"error": error})


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (_refused(IssuerRefused, "authorization_pending"), 5.0),
        (_refused(IssuerUnwell, "slow_down"), 10.0),
        (Unreachable("nobody"), 10.0),
        (IssuerUnwell("HTTP 503"), 10.0),
    ],
    ids=str,
)
def test_the_issuer_is_asked_again_as_slowly_as_it_wants(fault: Fault, seconds: float) -> None:
    """Pending keeps the pace, `slow_down` adds five seconds, trouble doubles it (RFC 8628 §3.5)."""
    assert following(fault, 5.0) == seconds
    assert following(fault, 60.0) <= 60.0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (_refused(IssuerRefused, "expired_token"), CodeExpired),
        (GrantGone("gone"), CodeExpired),
        (_refused(IssuerRefused, "access_denied"), SignInFailed),
        (_refused(IssuerRefused, "unauthorized_client"), IssuerRefused),
    ],
    ids=str,
)
def test_what_ends_a_code_is_not_asked_about_again(fault: Fault, kind: type[Fault]) -> None:
    """A late code, a no, and a refusal each end the sign-in with a sentence of their own."""
    with pytest.raises(kind):
        following(fault, 5.0)


@pytest.mark.parametrize(
    ("more", "lifetime", "interval"),
    [
        ({}, 600.0, 5.0),
        ({"expires_in": "300", "interval": "2"}, 300.0, 2.0),
        ({"expires_in": 300, "interval": 1.5}, 300.0, 1.5),
        ({"expires_in": "soon", "interval": None}, 600.0, 5.0),
        ({"expires_in": 10**9, "interval": 10**9}, 1800.0, 60.0),
        ({"expires_in": -1, "interval": True}, 1.0, 5.0),
        ({"expires_in": 300, "interval": 0}, 300.0, 1.0),
        ({"expires_in": 300, "interval": "-7"}, 300.0, 1.0),
    ],
    ids=str,
)
def test_a_code_without_an_interval_or_with_numbers_as_strings_is_read(
    more: dict[str, object], lifetime: float, interval: float
) -> None:
    """What is missing or odd becomes the specification's own figure, and everything is bounded."""
    body = json.dumps({**SOUND, **more}).encode()
    begun = read_begun(Answer(200, {}, body), ENDPOINT, ISSUER)
    assert (begun.shown.lifetime, begun.interval) == (lifetime, interval)
    assert begun.shown.code == "WDJB-MJHT"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "unauthorized_client"}, DeviceRefused),
        (401, {"error": "invalid_client"}, DeviceRefused),
        (400, None, DeviceRefused),
        (404, None, DeviceRefused),
        (503, None, IssuerUnwell),
        (429, None, IssuerUnwell),
        (200, {}, IssuerMisconfigured),
        (200, {**SOUND, "user_code": "\x1b[2J"}, IssuerMisconfigured),
        (200, {**SOUND, "user_code": "x" * 1000}, IssuerMisconfigured),
        (200, {**SOUND, "verification_uri": "javascript:alert(1)"}, IssuerMisconfigured),
        (200, {**SOUND, "verification_uri_complete": "http://evil/"}, IssuerMisconfigured),
    ],
    ids=str,
)
def test_an_answer_without_a_usable_code_says_which_endpoint_gave_it(
    status: int, body: dict[str, object] | None, kind: type[Fault]
) -> None:
    """A block by policy is told from trouble and from nonsense; none shows what it should not."""
    sent = b"" if body is None else json.dumps(body).encode()
    with pytest.raises(kind, match=r"corp\.example|verification_uri") as told:
        read_begun(Answer(status, {}, sent), ENDPOINT, ISSUER)
    assert told.value.message.isprintable()


async def test_a_code_typed_elsewhere_signs_in(issuer: IssuerDouble, account: Make) -> None:
    """The person sees the code, the issuer is asked until it was typed, and a token comes."""
    issuer.offers_codes = True
    issuer.pending = ["authorization_pending"] * 3
    seen: list[UserCode] = []
    told: list[str] = []

    async def show(code: UserCode) -> bool:
        seen.append(code)
        await asyncio.Event().wait()  # As long as it is shown.
        return True

    alice = account()
    reach = Reach(flow=Flow.DEVICE, show_code=show, tell=told.append)
    who = await alice.sign_in(_no_page, reach)
    assert who.name == "alice"
    assert [code.code for code in seen] == ["WDJB-MJHT"]
    assert issuer.devices[0]["client_id"] == "portico-test"
    assert any("WDJB-MJHT" in each for each in told)
    await alice.grant("https://mcp.corp.example/").token()


async def test_where_no_page_opens_a_code_is_shown_instead(
    issuer: IssuerDouble, account: Make
) -> None:
    """A window that cannot open a page shows the code by itself."""
    issuer.offers_codes = True
    assert (await account().sign_in(_no_page, Reach(show_code=_shown))).name == "alice"


@pytest.mark.parametrize(
    "blocked",
    [
        JSONResponse({"error": "unauthorized_client"}, 400),
        JSONResponse({"error": "access_denied"}, 403),
        Response(status_code=404),
    ],
    ids=["unauthorized", "denied", "not there"],
)
async def test_a_code_that_policy_blocks_leaves_pasting(
    issuer: IssuerDouble, account: Make, blocked: Response
) -> None:
    """Far away, a blocked device grant is followed by an address to paste, without a word lost."""
    issuer.offers_codes = True
    issuer.answers = [blocked]
    asked: list[str] = []

    async def paste(page: str, wrong: str) -> str:
        asked.append(wrong)
        return issuer.address(page) if wrong else "http://127.0.0.1:1/callback?code=x"

    reach = Reach(remote=True, show_code=_shown, ask_address=paste)
    assert (await account().sign_in(_no_page, reach)).name == "alice"
    assert asked[0] == ""
    assert "begins with" in asked[1]


async def test_a_code_that_nothing_shows_is_said(issuer: IssuerDouble, account: Make) -> None:
    """Where not even a code can be shown, the sign-in ends at once, and nothing is asked on."""
    issuer.offers_codes = True
    issuer.pending = ["authorization_pending"] * 1000

    async def hidden(_: UserCode) -> bool:
        return False

    with pytest.raises(PageNotOpened):
        await account().sign_in(_no_page, Reach(flow=Flow.DEVICE, show_code=hidden))
    assert issuer.pending


async def test_whoever_asks_for_another_way_gets_it(issuer: IssuerDouble, account: Make) -> None:
    """A sign-in by a code makes way for one by page; whoever waited for it is told."""
    issuer.offers_codes = True
    issuer.pending = ["authorization_pending"] * 100_000
    showing = asyncio.Event()

    async def show(_: UserCode) -> bool:
        showing.set()
        await asyncio.Event().wait()
        return True

    alice = account()
    reach = Reach(flow=Flow.DEVICE, show_code=show)
    waiting = asyncio.ensure_future(alice.sign_in(_no_page, reach))
    await showing.wait()
    assert (await alice.sign_in(issuer.person, Reach(flow=Flow.PAGE))).name == "alice"
    with pytest.raises(SignInFailed, match="Another sign-in"):
        await waiting


async def _no_page(_: str) -> bool:
    return False


async def _shown(_: UserCode) -> bool:
    return True
