"""A certificate that is not trusted names who issued it, and what helps."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import pytest

from auth.certificate import CertificateNotTrusted, name_of_issuer
from auth.network import Network, Unreachable
from tests.auth.tls import served

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator
    from pathlib import Path

HEARD: list[bytes] = []


@contextlib.asynccontextmanager
async def _listening(sealed: ssl.SSLContext | None, proxying: int = 0) -> AsyncIterator[int]:
    """A server that answers 200 to one request a connection; or a proxy to the port `proxying`."""
    open_: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if sealed is not None:
                await writer.start_tls(sealed)
            HEARD.append(await reader.readuntil(b"\r\n\r\n"))
            if proxying:
                await _tunnel(reader, writer, proxying)
            else:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # The client does not trust us, and went.
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def begun(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.add(asyncio.ensure_future(serve(reader, writer)))

    server = await asyncio.start_server(begun, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*open_)


async def _tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    there, back = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while part := await source.read(4096):
                sink.write(part)
                await sink.drain()
            sink.write_eof()

    try:
        await asyncio.gather(copy(reader, back), copy(there, writer))
    finally:
        back.close()
        with contextlib.suppress(OSError):
            await back.wait_closed()


async def test_an_unknown_authority_is_named(tmp_path: Path) -> None:
    """The company's authority is named, nothing of the request went out, and `ca_file` helps."""
    HEARD.clear()
    async with _listening(served(tmp_path)) as port:
        url = f"https://127.0.0.1:{port}/token"
        stranger = Network()
        with pytest.raises(CertificateNotTrusted, match="Example Corp Inspection CA") as told:
            await stranger.request("POST", url, content=b"secret")
        assert "ca_file" in told.value.sentence()
        assert told.value.data["issuer"] == "Example Corp Inspection CA, Example Corp"
        assert not any(b"secret" in head or b"/token" in head for head in HEARD)
        await stranger.aclose()
        friend = Network(ca_file=str(tmp_path / "authority.pem"))
        assert (await friend.request("GET", url)).status == 200
        await friend.aclose()


async def test_an_authority_behind_a_proxy_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the way leads through the company's proxy, that is where the certificate is read."""
    monkeypatch.setattr(Network, "route", lambda self, _: self._proxies["https"])
    async with _listening(served(tmp_path)) as port, _listening(None, proxying=port) as proxy:
        network = Network(https_proxy=f"http://127.0.0.1:{proxy}")
        with pytest.raises(CertificateNotTrusted, match="Example Corp Inspection CA"):
            await network.request("GET", f"https://127.0.0.1:{port}/token")
        await network.aclose()


@pytest.mark.parametrize(
    ("hours", "address", "helps"),
    [(-1, "127.0.0.1", "clock"), (1, "127.0.0.2", "address")],
    ids=["expired", "another's"],
)
async def test_an_expired_certificate_and_another_hosts_have_their_own_remedy(
    tmp_path: Path, hours: int, address: str, helps: str
) -> None:
    """A wrong clock and a wrong address are not cured by one more root."""
    async with _listening(served(tmp_path, hours=hours, address=address)) as port:
        network = Network(ca_file=str(tmp_path / "authority.pem"))
        with pytest.raises(CertificateNotTrusted) as told:
            await network.request("GET", f"https://127.0.0.1:{port}/")
        assert helps in told.value.remedy
        await network.aclose()


def test_what_is_no_certificate_has_no_issuer() -> None:
    """Bytes that are none end in no name, and in no error of our own."""
    assert name_of_issuer(b"nonsense") == ""


async def test_an_endpoint_that_is_not_there_is_named_without_its_query() -> None:
    """Which endpoint and why, in the system's words; a code in a query stays where it is."""
    network = Network()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(Unreachable) as told:
            await network.request("GET", f"http://127.0.0.1:{port}/token?code=secret")
    assert told.value.message == (
        f"http://127.0.0.1:{port}/token could not be reached: connection refused."
    )
    await network.aclose()
