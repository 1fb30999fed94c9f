"""A network on which everything that passes is also shown to whoever watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from auth.network import Network

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from proxy.upstream.contract import Tap

_SHOWN = ("content-type", "accept", "retry-after", "www-authenticate", "location")
"""Headers that say something of the exchange, beside those that begin with `mcp-`."""


class TappedNetwork(Network):
    """The same way to the same places.

    Args:
        network: The way.
        tap: Watches it.
    """

    def __init__(self, network: Network, tap: Tap) -> None:
        super().__init__()
        self._network = network
        self._tap = tap

    def admit(self, url: str) -> None:
        """See `Network.admit`."""
        self._network.admit(url)

    def transport(self, url: str) -> httpx2.AsyncBaseTransport:
        """See `Network.transport`."""
        return _Transport(self._network.transport(url), self._tap)

    async def aclose(self) -> None:
        """See `Network.aclose`."""
        await self._network.aclose()


class _Transport(httpx2.AsyncBaseTransport):
    def __init__(self, transport: httpx2.AsyncBaseTransport, tap: Tap) -> None:
        self._transport = transport
        self._tap = tap

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        head = f"{request.method} {request.url.raw_path.decode('ascii', 'replace')}"
        self._tap.sent("\n".join((head, *_headers(request.headers))).encode())
        if isinstance(request.stream, httpx2.ByteStream):
            # It can be read as often as one likes.
            body = b"".join([part async for part in request.stream])
            if body:
                self._tap.sent(body)
        response = await self._transport.handle_async_request(request)
        head = f"HTTP {response.status_code}"
        self._tap.received("\n".join((head, *_headers(response.headers))).encode())
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Stream(response.stream, self._tap)
        return response


class _Stream(httpx2.AsyncByteStream):
    """The body of an answer, shown as it comes."""

    def __init__(self, stream: httpx2.AsyncByteStream, tap: Tap) -> None:
        self._stream = stream
        self._tap = tap

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._tap.received(part)
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def _headers(headers: httpx2.Headers) -> list[str]:
    return [
        f"{name}: {value}"
        for name, value in headers.items()
        if name in _SHOWN or name.startswith("mcp-")
    ]
