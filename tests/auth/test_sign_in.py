"""What an answer to a sign-in must say before its code is spent."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from auth.authorization import SignInFailed, challenge
from auth.loopback import NotTheAnswer
from auth.network import Network
from auth.reach import Flow, Reach
from auth.sign_in import NoSignInWaits, PortTaken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from auth.account import Account
    from auth.identity import Identity
    from auth.page import Content
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


async def test_an_editors_own_way_back_is_what_the_issuer_is_told(
    issuer: IssuerDouble, account: Callable[[], Account]
) -> None:
    """Far away, the page comes back to where the editor leads from, and that Host is ours too."""
    led: list[str] = []

    async def forward(back: str) -> str | None:
        led.append(back)
        return "http://127.0.0.1:4711/callback"

    async def person(page: str) -> bool:
        address = issuer.address(page)
        assert address.startswith("http://127.0.0.1:4711/callback?")
        network, query = Network(), urlsplit(address).query
        headers = {"host": "127.0.0.1:4711"}
        await network.request("GET", f"{led[0]}?{query}", headers=headers)
        await network.aclose()
        return True

    reach = Reach(remote=True, forward=forward)
    assert (await account().sign_in(person, reach)).name == "alice"


async def test_whoever_forwards_an_answer_gets_no_page_with_buttons(
    issuer: IssuerDouble, account: Callable[[], Account]
) -> None:
    """A program that calls itself an editor cannot lead the browser to itself and then say yes."""
    led: list[str] = []
    visits: list[asyncio.Task[bytes]] = []
    greeted: list[str] = []

    async def forward(back: str) -> str | None:
        led.append(back)
        return "http://127.0.0.1:4711/callback"

    async def visit(page: str) -> bytes:
        network, query = Network(), urlsplit(issuer.address(page)).query
        answer = await network.request("GET", f"{led[0]}?{query}")
        await network.aclose()
        return answer.body

    async def program(page: str) -> bool:
        visits.append(asyncio.ensure_future(visit(page)))
        return True

    async def welcome(_: Identity, origin: str) -> Content | None:
        greeted.append(origin)
        return None

    alice = account()
    alice.welcome = welcome
    await alice.sign_in(program, Reach(forward=forward))
    assert b"Signed in as alice" in await visits[0]
    assert not greeted


@pytest.mark.parametrize("address", [None, "https://x.forwarded.example/callback"])
async def test_a_way_back_that_the_company_did_not_register_is_not_used(
    issuer: IssuerDouble, account: Callable[[], Account], address: str | None
) -> None:
    """Without a way back over loopback, the page is shown to be opened anywhere, and pasted."""

    async def forward(_: str) -> str | None:
        return address

    async def paste(page: str, _: str) -> str:
        return issuer.address(page)

    reach = Reach(remote=True, forward=forward, ask_address=paste)
    assert (await account().sign_in(_unseen, reach)).name == "alice"


async def test_an_address_pasted_elsewhere_ends_the_sign_in_that_waits(
    issuer: IssuerDouble, account: Callable[[], Account]
) -> None:
    """Any window may bring the address; it is believed by its state, and only while one waits."""
    shown: asyncio.Queue[str] = asyncio.Queue()

    async def show(page: str) -> bool:
        shown.put_nowait(page)
        return True

    alice = account()
    with pytest.raises(NoSignInWaits):
        alice.answer("http://127.0.0.1:1/callback?state=x&code=c")
    signing = asyncio.ensure_future(alice.sign_in(show))
    page = await shown.get()
    with pytest.raises(NotTheAnswer):
        alice.answer(issuer.address(page).replace("state=", "state=x"))
    alice.answer(issuer.address(page))
    assert (await signing).name == "alice"


async def test_three_wrong_addresses_end_the_sign_in(account: Callable[[], Account]) -> None:
    """What is pasted wrongly is asked for again, and not for ever."""
    asked: list[str] = []

    async def paste(_: str, wrong: str) -> str:
        asked.append(wrong)
        return "nonsense"

    with pytest.raises(NotTheAnswer):
        await account().sign_in(_unseen, Reach(flow=Flow.PASTE, ask_address=paste))
    assert len(asked) == 3


async def test_a_registered_port_that_is_taken_is_said_and_no_other_is_used(
    issuer: IssuerDouble, account: Callable[[], Account]
) -> None:
    """Another port would end in a puzzle on the issuer's page; this says who sits there."""
    with socket.socket() as sitting:
        sitting.bind(("127.0.0.1", 0))
        sitting.listen()
        port = sitting.getsockname()[1]
        alice = account()
        alice._client = replace(alice._client, redirect_port=port)
        with pytest.raises(PortTaken, match=str(port)):
            await alice.sign_in(issuer.person)
    assert (await alice.sign_in(_looked(issuer, port))).name == "alice"


def _looked(issuer: IssuerDouble, port: int) -> Callable[[str], Awaitable[bool]]:
    async def person(page: str) -> bool:
        assert f"127.0.0.1%3A{port}%2Fcallback" in page
        return await issuer.person(page)

    return person


async def _unseen(_: str) -> bool:
    return False
