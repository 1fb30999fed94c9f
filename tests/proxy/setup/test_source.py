"""What an address serves, and what may follow the set-up in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from auth.network import Network
from auth.signed_text import SignatureWrong, verify
from auth.vault_key import VaultKey
from proxy.setup.company_setup import CompanySetup
from proxy.setup.document import read_setup
from proxy.setup.fault import SetupChanged, SetupNotTheirs, SetupRefused, SetupRolledBack
from proxy.setup.kept import Kept
from proxy.setup.source import Offered, fetch, follow
from tests.listening import listening
from tests.proxy.setup.conftest import TEXT, URL, Corp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from starlette.requests import Request

    from tests.auth.issuer_double import KeyringDouble


class Address:
    """What serves a set-up."""

    url = ""

    def __init__(self) -> None:
        self.answer: Callable[[], Response] = lambda: Response("", 404)

    def serve(self, text: str) -> None:
        """Serve a text."""
        self.answer = lambda: Response(text)

    def application(self) -> Starlette:
        """It, to be run."""

        async def served(_: Request) -> Response:
            return self.answer()

        return Starlette(routes=[Route("/setup", served)])


@pytest.fixture
async def address() -> AsyncIterator[Address]:
    """An address on this machine."""
    made = Address()
    async with listening(made.application()) as url:
        made.url = f"{url}/setup"
        yield made


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    """A network that is closed again."""
    opened = Network()
    yield opened
    await opened.aclose()


async def test_a_signed_set_up_is_taken_with_its_fingerprint(
    address: Address, network: Network, corp: Corp
) -> None:
    """What was signed is what is read, and whose key it was is told."""
    address.serve(corp.signed(3) + "\n")
    found = await fetch(address.url, network)
    assert (found.key, found.setup.serial) == (corp.fingerprint, 3)
    assert found.setup.company.registry == "https://registry.corp.example"


@pytest.mark.parametrize("harm", ["payload", "signature", "key", "text", "none"])
async def test_a_set_up_whose_signature_does_not_hold_is_refused(
    address: Address, network: Network, corp: Corp, harm: str
) -> None:
    """Another text under the same signature, another key in the header, or no signature at all."""
    head, payload, signature = corp.signed(1).split(".")
    other_head, other_payload, _ = Corp().signed(2).split(".")
    served = {
        "payload": f"{head}.{other_payload}.{signature}",
        "signature": f"{head}.{payload}.{signature[::-1]}",
        "key": f"{other_head}.{payload}.{signature}",
        "text": "[setup]\nserial = 1\n",
        "none": f"eyJhbGciOiJub25lIn0.{payload}.",
    }
    address.serve(served[harm])
    with pytest.raises(SignatureWrong):
        await fetch(address.url, network)


async def test_what_is_no_set_up_is_refused_with_its_reasons(
    address: Address, network: Network, corp: Corp
) -> None:
    """Wrong keys, a missing page and a redirect; the last is not followed."""
    address.serve(corp.signed(text="[setup]\nserial = 1\n[company]\nissuer = 3\n"))
    with pytest.raises(SetupRefused, match=r"issuer: must be a string"):
        await fetch(address.url, network)
    address.answer = lambda: Response("", 404)
    with pytest.raises(SetupRefused, match="HTTP 404"):
        await fetch(address.url, network)
    address.answer = lambda: Response("", 302, {"location": "https://evil.example"})
    with pytest.raises(SetupRefused, match="does not follow"):
        await fetch(address.url, network)
    with pytest.raises(SetupRefused, match="https"):
        await fetch("http://corp.example/setup", network)


async def test_only_a_later_set_up_of_the_same_key_follows(
    kept: Callable[[], Kept], corp: Corp
) -> None:
    """Another key, an older number and another text of the same number are refused."""
    now = corp.offers(5)
    held = await kept().accept(now.setup, now.url, now.key, now.signed)
    assert follow(held, now) is False
    assert follow(held, corp.offers(6)) is True
    for serial, more in ((4, ""), (5, "# other\n")):
        with pytest.raises(SetupRolledBack):
            follow(held, corp.offers(serial, more))
    with pytest.raises(SetupNotTheirs):
        follow(held, Corp().offers(6))


async def test_a_key_that_the_company_named_may_sign_the_next(
    kept: Callable[[], Kept], corp: Corp
) -> None:
    """So a key can be replaced without anybody comparing fingerprints again."""
    next_key = Corp()
    signed = corp.signed(1, text=_with_keys(next_key.fingerprint))
    now = Offered(read_setup(verify(signed)[0], URL), URL, corp.fingerprint, signed)
    held = await kept().accept(now.setup, now.url, now.key, now.signed)
    assert follow(held, next_key.offers(2)) is True


def _with_keys(fingerprint: str) -> str:
    return TEXT.replace("contact", f'keys = ["{fingerprint}"]\ncontact')


async def test_a_change_is_shown_before_it_counts(
    address: Address, network: Network, corp: Corp, tmp_path: Path, keyring: KeyringDouble
) -> None:
    """What the background finds changes nothing but what the person is told."""
    path = str(tmp_path / "setup")
    kept = Kept(path, VaultKey("t", keyring))
    now = corp.offers(1)
    await kept.accept(now.setup, address.url, now.key, now.signed)
    standing = CompanySetup(Kept(path, VaultKey("t", keyring)), managed="")
    assert standing.load() == now.setup
    assert await standing.confirm() is None
    told = []
    for signed in (
        corp.signed(2, "# the same\n"),
        corp.signed(3, text=_with_keys(Corp().fingerprint)),
        corp.signed(1),
        Corp().signed(9),
    ):
        address.serve(signed)
        await standing.look(network)
        serial = standing.held.setup.serial if standing.held else 0
        told.append((type(standing.news), serial, standing.setup == now.setup))
    assert told == [
        (type(None), 2, True),
        (SetupChanged, 2, True),
        (SetupRolledBack, 2, True),
        (SetupNotTheirs, 2, True),
    ]
