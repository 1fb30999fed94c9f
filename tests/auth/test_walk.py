"""The chain that a sign-in hangs on: the first link that is broken is named, with what to do."""

from __future__ import annotations

import email.utils
import socket
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.discovery import Issuer
from auth.network import Answer, Network
from auth.walk import ChainLink, Walk
from tests.listening import listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

NAMES = ("name", "connection", "discovery", "keys", "clock", "keyring", "refresh")
NOW = 1_800_000_000.0


class Sso:
    """An issuer that says what a test has it say."""

    def __init__(self) -> None:
        self.url = ""
        self.changes: dict[str, object] = {}
        self.keys: list[dict[str, object]] = [{"kty": "EC", "kid": "1"}]
        self.broken = False

    def application(self) -> Starlette:
        """It, to be run."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._document),
                Route("/keys", self._keys),
            ]
        )

    async def _document(self, _: Request) -> Response:
        if self.broken:
            return Response("<html>")
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return JSONResponse({**said, **self.changes})

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": self.keys})


@pytest.fixture
async def sso() -> AsyncIterator[Sso]:
    """A running issuer."""
    made = Sso()
    async with listening(made.application()) as made.url:
        yield made


def _walk(url: str, network: Network, storage: str = "keyring") -> Walk:
    async def kept() -> str:
        return storage

    async def renew() -> None:
        """Give a new token."""

    return Walk(Issuer(url, network), kept, renew, lambda: NOW)


async def _walked(url: str, storage: str = "keyring") -> dict[str, ChainLink]:
    network = Network()
    try:
        chain = await _walk(url, network, storage).links()
    finally:
        await network.aclose()
    assert tuple(link.name for link in chain) == NAMES
    assert all(link.expected and link.found for link in chain)
    return {link.name: link for link in chain}


def _states(chain: dict[str, ChainLink]) -> dict[str, str]:
    """Every link that is not well; the clock has a test of its own."""
    chain = {name: link for name, link in chain.items() if name != "clock"}
    return {name: link.state for name, link in chain.items() if link.state != "ok"}


async def test_a_chain_that_holds_is_walked_to_its_end(sso: Sso) -> None:
    """Every link is well, and one token was renewed."""
    assert _states(await _walked(sso.url)) == {}


async def test_the_first_link_that_is_broken_is_named_and_the_rest_of_the_way_is_not_tried(
    sso: Sso, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Name, connection, document and keys break one after the other; each has its own reference."""
    after = ("connection", "discovery", "keys", "refresh")

    def unknown(*_: object) -> None:
        raise socket.gaierror

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", unknown)
        chain = await _walked("https://sso.corp.example")
    skipped = dict.fromkeys(after, "skipped")
    assert _states(chain) == {"name": "failed", **skipped}
    assert chain["name"].fault is not None
    assert chain["name"].fault.reference == "name-unknown"

    gone = sso.url.rpartition(":")[0] + ":9"
    chain = await _walked(gone)
    del skipped["connection"]
    assert _states(chain) == {"connection": "failed", **skipped}

    sso.changes = {"issuer": "https://evil.example"}
    chain = await _walked(sso.url)
    assert _states(chain) == {"discovery": "failed", "keys": "skipped", "refresh": "skipped"}
    sso.changes, sso.broken = {}, True
    assert _states(await _walked(sso.url))["discovery"] == "failed"
    sso.broken, sso.keys = False, [{"kty": "oct", "k": "x"}]
    chain = await _walked(sso.url)
    assert _states(chain) == {"keys": "failed", "refresh": "skipped"}
    assert chain["keys"].fault is not None
    assert chain["keys"].fault.reference == "keys-unusable"


@pytest.mark.parametrize(
    ("apart", "state"), [(5.0, "ok"), (-30.0, "warning"), (3600.0, "failed"), (-90.0, "failed")]
)
async def test_a_clock_that_is_wrong_is_told_by_how_much(apart: float, state: str) -> None:
    """Ahead or behind, against what the issuer says of the time."""
    walk = _walk("https://sso.corp.example", Network())
    said = email.utils.formatdate(NOW - apart, usegmt=True)
    walk._document = Answer(200, {"date": said}, b"")
    link = walk._time()
    assert link.state == state
    if state != "ok":
        where = "ahead of" if apart > 0 else "behind"
        assert link.found == f"It is {abs(apart):.0f} seconds {where} it."


@pytest.mark.parametrize("storage", ["memory", "unencrypted-file"])
async def test_a_machine_without_a_keyring_is_told_so(sso: Sso, storage: str) -> None:
    """It is no reason to stop, and the sentence says where the sign-in is kept."""
    link = (await _walked(sso.url, storage))["keyring"]
    assert link.state == "warning"
    assert ("memory" if storage == "memory" else "not encrypted") in link.found
