"""What the tests of this room share: an issuer on loopback, a keyring, a clock, and accounts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import uvicorn

from auth.account import Account
from auth.network import Network
from auth.sealed_store import SealedStore
from tests.auth.issuer_double import CLIENT, Clock, IssuerDouble, KeyringDouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from socket import socket

GATEWAY, REGISTRY = "https://mcp.corp.example/", "https://registry.corp.example/"


class Server(uvicorn.Server):
    """A server in the loop of the test, which says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.listening.set()


@pytest.fixture
async def issuer() -> AsyncIterator[IssuerDouble]:
    """A running issuer."""
    double = IssuerDouble()
    config = uvicorn.Config(
        double.application(), port=0, lifespan="off", log_config=None, ws="none", loop="none"
    )
    server = Server(config)
    serving = asyncio.create_task(server._serve())
    await server.listening.wait()
    double.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield double
    server.should_exit = True
    await serving


@pytest.fixture
def keyring() -> KeyringDouble:
    """A keyring that works."""
    return KeyringDouble()


@pytest.fixture
def clock() -> Clock:
    """A clock that moves when told."""
    return Clock()


@pytest.fixture
async def account(
    issuer: IssuerDouble, keyring: KeyringDouble, clock: Clock, tmp_path: Path
) -> AsyncIterator[Callable[[], Account]]:
    """Makes accounts that share one keyring and one file, as several processes do."""
    network = Network()

    def make() -> Account:
        store = SealedStore(
            str(tmp_path / "state" / "sign-in"),
            service="portico-test",
            binding=f"{issuer.url} {CLIENT}",
            keyring_backend=keyring,
        )
        return Account(
            issuer=issuer.url,
            client_id=CLIENT,
            scopes=["openid", "offline_access"],
            groups_claim="groups",
            audiences=[GATEWAY, REGISTRY],
            network=network,
            store=store,
            clock=clock,
        )

    yield make
    await network.aclose()
