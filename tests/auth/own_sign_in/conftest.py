"""What the tests of these sign-ins share: a server, and accounts at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.network import Network
from auth.own_sign_in.accounts import ServerAccounts
from auth.own_sign_in.registration import Registration, Server
from auth.sealed_store import SealedStore
from tests.auth.own_sign_in.server_double import OwnServer
from tests.listening import listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from auth.own_sign_in.account import ServerAccount
    from tests.auth.issuer_double import Clock, KeyringDouble


@pytest.fixture
async def server() -> AsyncIterator[OwnServer]:
    """A running server."""
    double = OwnServer()
    async with listening(double.application()) as double.url:
        yield double


@pytest.fixture
async def account(
    server: OwnServer, keyring: KeyringDouble, clock: Clock, tmp_path: Path
) -> AsyncIterator[Callable[..., ServerAccount]]:
    """Makes accounts at the server that share one keyring and one file, as processes do."""
    network = Network()

    def store(name: str, binding: str) -> SealedStore:
        path = str(tmp_path / "state" / name)
        return SealedStore(path, service="portico-test", binding=binding, keyring_backend=keyring)

    def make(registration: Registration | None = None) -> ServerAccount:
        weather = Server("weather", "Weather", server.endpoint, "Team Sky")
        return ServerAccounts(network, store, clock).of(weather, registration or Registration())

    yield make
    await network.aclose()
