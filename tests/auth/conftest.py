"""What the tests of this room share: an issuer on loopback, a keyring, a clock, and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from auth.account import Account
from auth.network import Network
from auth.sealed_store import SealedStore
from tests.auth.issuer_double import CLIENT, Clock, IssuerDouble, KeyringDouble
from tests.listening import listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

GATEWAY, REGISTRY = "https://mcp.corp.example/", "https://registry.corp.example/"


@pytest.fixture
async def issuer() -> AsyncIterator[IssuerDouble]:
    """A running issuer."""
    double = IssuerDouble()
    async with listening(double.application()) as double.url:
        yield double


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
) -> AsyncIterator[Callable[..., Account]]:
    """Makes accounts that share one keyring and one file, as several processes do."""
    network = Network()

    def make(**registered: Any) -> Account:  # noqa: ANN401 - as the account takes them.
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
            **{"audiences": [GATEWAY, REGISTRY], **registered},
            network=network,
            store=store,
            clock=clock,
            sleep=clock.sleep,
        )

    yield make
    await network.aclose()
