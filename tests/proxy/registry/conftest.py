"""What the tests of this room share: a registry on loopback and a company that names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.network import Network
from proxy.configuration import Company
from tests.listening import listening
from tests.proxy.registry.registry_double import KEY, RegistryDouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def registry() -> AsyncIterator[RegistryDouble]:
    """A running registry."""
    double = RegistryDouble()
    async with listening(double.application()) as double.url:
        yield double


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    """A network that is closed again."""
    opened = Network()
    yield opened
    await opened.aclose()


@pytest.fixture
def company(registry: RegistryDouble) -> Company:
    """A company whose registry is the running one, and may see the user's token."""
    return Company(
        name="Example Corp",
        issuer="https://sso.corp.example",
        client_id="portico",
        registry=registry.url,
        registry_audience="https://registry.corp.example/",
        audience="https://mcp.corp.example/",
        governance_key=KEY,
        token_origins=frozenset({registry.url, "https://mcp.corp.example"}),
    )
