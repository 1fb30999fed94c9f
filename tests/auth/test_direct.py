"""Direct connections: plain and sealed, on both event loops."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
from typing import TYPE_CHECKING

import httpx2
import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from auth.direct import DirectTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

LARGE = 3 * 1024 * 1024


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Awaitable[None]], None]:
    """Runs a coroutine on one of the loops that the hub may have."""
    factory = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    def on_loop(story: Awaitable[None]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(story)  # type: ignore[arg-type]  # a coroutine

    return on_loop


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server on loopback, and a client that trusts it, need for TLS."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path / "both.pem"
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *plain))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=made.public_bytes(pem).decode())


class Server:
    """Answers every request with its body, and counts its connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.writers: list[asyncio.StreamWriter] = []
        self._open: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def open(self, sealed: ssl.SSLContext | None = None) -> AsyncIterator[asyncio.Server]:
        """Listen on a port of loopback; at the end, wait until every client has gone."""
        server = await asyncio.start_server(self._begun, "127.0.0.1", 0, ssl=sealed)
        async with server:
            yield server
            await asyncio.gather(*self._open, return_exceptions=True)

    def _begun(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        self._open.add(asyncio.ensure_future(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            length = 0
            while (head := await reader.readline()).strip():
                if head.lower().startswith(b"content-length:"):
                    length = int(head.split(b":")[1])
            body = await reader.readexactly(length)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (length, body))
            await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):  # The client may have broken off.
            await writer.wait_closed()


async def posted(transport: DirectTransport, url: str, body: bytes) -> bytes:
    """What the server answers to a body."""
    answer = await transport.handle_async_request(httpx2.Request("POST", url, content=body))
    return await answer.aread()


def address(server: asyncio.Server, scheme: str = "http") -> str:
    """The URL of a listening server."""
    return f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def test_large_bodies_go_both_ways_on_one_connection(
    run: Callable[[Awaitable[None]], None],
) -> None:
    """Bodies beyond every buffer arrive whole, and the connection is used again."""

    async def story() -> None:
        served = Server()
        transport = DirectTransport(verify=False)
        async with served.open() as server:
            for size in (5, LARGE, 0):
                body = b"x" * size
                assert await posted(transport, address(server), body) == body
            assert served.connections == 1
            await transport.aclose()

    run(story())


def test_tls_is_checked_and_carries_the_same(
    run: Callable[[Awaitable[None]], None],
    certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """A trusted certificate carries a large body; one that nobody vouches for is no connection."""
    ours, theirs = certificate

    async def story() -> None:
        async with Server().open(ours) as server:
            transport = DirectTransport(theirs)
            body = b"x" * LARGE
            assert await posted(transport, address(server, "https"), body) == body
            await transport.aclose()
            stranger = DirectTransport(ssl.create_default_context(cadata=None))
            with pytest.raises(httpx2.ConnectError):
                await posted(stranger, address(server, "https"), b"x")
            await stranger.aclose()

    run(story())


def test_an_idle_connection_that_the_server_closed_is_not_used_again(
    run: Callable[[Awaitable[None]], None],
) -> None:
    """A request never goes out on a connection whose end has arrived."""

    async def story() -> None:
        served = Server()
        transport = DirectTransport(verify=False)
        async with served.open() as server:
            await posted(transport, address(server), b"one")
            served.writers[0].close()
            await served.writers[0].wait_closed()
            assert await posted(transport, address(server), b"two") == b"two"
            assert served.connections == 2
            await transport.aclose()

    run(story())


def test_nobody_listening_is_a_connect_error(run: Callable[[Awaitable[None]], None]) -> None:
    """A refused connection is told from one that broke: the request surely did not run."""

    async def story() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            transport = DirectTransport(verify=False)
            with pytest.raises(httpx2.ConnectError):
                await posted(transport, f"http://127.0.0.1:{taken.getsockname()[1]}/", b"x")
            await transport.aclose()

    run(story())
