"""A whole company in one process: sign-on, registry, gateway and MCP servers on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from typing import TYPE_CHECKING, Self

import httpx2

from sandbox.authorization import Client
from sandbox.catalog import (
    GOVERNANCE,
    KNOWLEDGE_AUDIENCE,
    REVENUE_AUDIENCE,
    SPARK_AUDIENCE,
    VENDOR_CLIENT_ID,
    catalog,
    groups,
)
from sandbox.clock import Clock
from sandbox.exchange import Partners
from sandbox.gateway import Destination, Gateway
from sandbox.people import COMPANY
from sandbox.provider import Provider
from sandbox.registry import Registry
from sandbox.serving import Door
from sandbox.setup import PATH, Setup
from sandbox.vendor import Vendor
from sandbox.verifier import Verifier, published
from sandbox.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from starlette.types import ASGIApp

    from sandbox.catalog import Entry
    from sandbox.witness import Record

CLIENT_ID = "portico"
AUDIENCE = "https://mcp.corp.example/"
REGISTRY_AUDIENCE = "https://registry.corp.example/"
SCOPES = ("openid", "profile", "groups", "offline_access")

_PARTS = ("issuer", "registry", "gateway", "setup")

_IDLE = 60.0
"""Seconds the gateway keeps an idle connection to a server; servers keep theirs longer."""


class Company:
    """The company in a box, open for the length of an `async with`.

    Args:
        clock: Unix seconds, for tokens and records; the catalog's dates follow it, too.
        applications: Short name -> ASGI application serving MCP at `/mcp`; None takes the
            sandbox's own servers.
        witness_file: Where the gateway's log is appended as JSON lines, or None.
        ports: Ports that would be best for `issuer`, `registry`, `gateway` and `setup`.
        setup_key: Where the key that signs the set-up is kept, or None.

    Attributes:
        clock: The company's; it may be let go ahead while it runs.
        issuer: URL of the provider.
        registry: URL of the registry.
        gateway: URL of the gateway.
        setup_url: Where people join the company, by `portico setup`.
        setup: What is served there.
        servers: Short name -> URL of the server itself, past the gateway (for benchmarks).
        provider: The provider, with its knobs and counters.
        vendor: The authorization server of the vendor that runs Knowledge; None without Knowledge.
        listing: The registry, with its knobs; `entries` may be changed while it runs.
        destinations: What the gateway lets through to whom; it may be changed while it runs.
        witness: What arrived at the gateway.
        applications: Short name -> ASGI application.
    """

    issuer: str
    registry: str
    gateway: str
    setup_url: str
    setup: Setup
    servers: dict[str, str]
    provider: Provider
    vendor: Vendor | None
    listing: Registry
    destinations: dict[str, Destination]
    witness: list[Record]
    applications: Mapping[str, ASGIApp]

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        applications: Mapping[str, ASGIApp] | None = None,
        witness_file: Path | None = None,
        ports: Mapping[str, int] | None = None,
        setup_key: Path | None = None,
    ) -> None:
        if applications is None:
            # DuckDB and the MCP SDK take a second to import, which tests with their own
            # applications need not pay.
            from sandbox import servers

            applications = servers.applications()
        self.applications = applications
        self.clock = Clock(clock)
        self._witness_file = witness_file
        self._ports = ports or {}
        self._setup_key = setup_key
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            await self._open(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def _open(self, stack: contextlib.AsyncExitStack) -> None:
        """Bind every address first, because each part must know the others' before it answers."""
        limits = httpx2.Limits(
            max_connections=None, max_keepalive_connections=64, keepalive_expiry=_IDLE
        )
        transport = httpx2.AsyncHTTPTransport(limits=limits)
        await stack.enter_async_context(transport)
        witness = Witness(self._witness_file)
        stack.callback(witness.close)
        self.witness = witness.records

        doors: list[Door] = []
        stack.push_async_callback(_close, doors)
        front = {part: _bind(doors, self._ports.get(part, 0)) for part in _PARTS}
        behind = {server: _bind(doors) for server in self.applications}
        self.issuer = front["issuer"].url
        self.registry = front["registry"].url
        self.gateway = front["gateway"].url
        self.setup_url = front["setup"].url + PATH
        self.setup = Setup(self.configuration, int(self.clock()), self._setup_key)
        self.servers = {server: door.url for server, door in behind.items()}

        for server, application in self.applications.items():
            await behind[server].open(application)
        self.vendor = await self._open_vendor(doors, transport)
        self.provider = self._provider()
        self._verifiers: list[Verifier] = []
        self.listing = Registry(self._entries(), self._verifier(REGISTRY_AUDIENCE, transport))
        self.destinations = self._behind(transport)
        await front["issuer"].open(self.provider.application)
        await front["setup"].open(self.setup.application)
        await front["registry"].open(self.listing.application)
        await front["gateway"].open(
            Gateway(
                self.destinations,
                verifier=self._verifier(AUDIENCE, transport),
                witness=witness,
                transport=transport,
                clock=self.clock,
            )
        )

    async def _open_vendor(
        self, doors: list[Door], transport: httpx2.AsyncHTTPTransport
    ) -> Vendor | None:
        if "knowledge" not in self.applications:
            return None
        door = _bind(doors, self._ports.get("vendor", 0))
        vendor = Vendor(
            door.url,
            trusted=self.issuer,
            keys=published(self.issuer, transport),
            audience=KNOWLEDGE_AUDIENCE,
            client_id=VENDOR_CLIENT_ID,
            clock=self.clock,
        )
        await door.open(vendor.application)
        return vendor

    def _provider(self) -> Provider:
        vendors = {self.vendor.issuer: VENDOR_CLIENT_ID} if self.vendor else {}
        return Provider(
            self.issuer,
            audiences=(AUDIENCE, REGISTRY_AUDIENCE),
            named=(REVENUE_AUDIENCE,),
            partners=Partners(frozenset({SPARK_AUDIENCE}), vendors),
            client=Client(CLIENT_ID, "Portico"),
            clock=self.clock,
        )

    def _entries(self) -> list[Entry]:
        today = dt.datetime.fromtimestamp(self.clock(), dt.UTC).date()
        return catalog(
            self.gateway,
            applications=self.applications,
            audience=AUDIENCE,
            today=today,
            vendor=self.vendor.issuer if self.vendor else "",
        )

    def _behind(self, transport: httpx2.AsyncHTTPTransport) -> dict[str, Destination]:
        """The gateway's own table: it enforces what the registry only tells."""
        verifiers = {
            "spark": self._verifier(SPARK_AUDIENCE, transport),
            "revenue": self._verifier(REVENUE_AUDIENCE, transport),
        }
        if self.vendor is not None:
            issuer = self.vendor.issuer
            verifiers["knowledge"] = self._verifier(KNOWLEDGE_AUDIENCE, transport, issuer)
        found: dict[str, Destination] = {}
        for entry in self.listing.entries:
            short = str(entry["server"]["name"]).rpartition("/")[2]
            url = self.servers.get("knowledge" if short == "incidents" else short)
            if url is not None:
                found[short] = Destination(url, groups(entry), verifiers.get(short))
        return found

    def _verifier(
        self, audience: str, transport: httpx2.AsyncHTTPTransport, issuer: str = ""
    ) -> Verifier:
        verifier = Verifier(
            issuer=issuer or self.issuer,
            audience=audience,
            keys=published(issuer or self.issuer, transport),
            clock=self.clock,
        )
        self._verifiers.append(verifier)
        return verifier

    def rotate_keys(self) -> None:
        """Sign with a new key; whatever the one before signed is good for nothing any more."""
        self.provider.rotate_keys(keep=False)
        for verifier in self._verifiers:
            verifier.forget()

    def configuration(self) -> str:
        """The text of the `portico.toml` that joins this company."""
        scopes = ", ".join(f'"{scope}"' for scope in SCOPES)
        origins = [self.gateway, self.registry, *([self.vendor.issuer] if self.vendor else [])]
        named = ", ".join(f'"{origin}"' for origin in origins)
        return (
            "[company]\n"
            f'name = "{COMPANY}"\n'
            f'issuer = "{self.issuer}"\n'
            f'client_id = "{CLIENT_ID}"\n'
            f"scopes = [{scopes}]\n"
            f'registry = "{self.registry}"\n'
            f'registry_audience = "{REGISTRY_AUDIENCE}"\n'
            f'audience = "{AUDIENCE}"\n'
            f'governance_key = "{GOVERNANCE}"\n'
            f'parameter_audiences = ["{REVENUE_AUDIENCE}"]\n'
            f"token_origins = [{named}]\n"
        )


def _bind(doors: list[Door], port: int = 0) -> Door:
    door = Door(port)
    doors.append(door)
    return door


async def _close(doors: list[Door]) -> None:
    """Close all doors at once: one after the other, each would wait for its own last moment."""
    await asyncio.gather(*(door.close() for door in doors))
