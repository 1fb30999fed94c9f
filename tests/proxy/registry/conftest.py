"""What the tests of this room share: a registry on loopback and a company that names it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import uvicorn

from auth.network import Network
from proxy.configuration import Company
from tests.proxy.registry.registry_double import KEY, RegistryDouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from socket import socket


class _Server(uvicorn.Server):
    """A server in the loop of the test, which says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.listening.set()


@pytest.fixture
async def registry() -> AsyncIterator[RegistryDouble]:
    """A running registry."""
    double = RegistryDouble()
    config = uvicorn.Config(
        double.application(), port=0, lifespan="off", log_config=None, ws="none", loop="none"
    )
    server = _Server(config)
    serving = asyncio.create_task(server._serve())
    await server.listening.wait()
    double.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield double
    server.should_exit = True
    await serving


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
