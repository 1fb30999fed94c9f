"""Direct connections, without a proxy: httpx2's requests over asyncio's own sockets.

Between the pool and the socket httpx2 has a layer that serves every async library. It costs a sixth
of a millisecond on every call of a tool, so this module stands in its place: httpcore2 still does
the pooling, the HTTP and the errors. Importing it imports httpx2, so it is imported late.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
from typing import TYPE_CHECKING, Any, cast

import httpcore2
import httpx2

from auth.dialing import dial

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Iterable, Iterator

KEPT = 64
"""Idle connections that are kept."""

KEPT_SECONDS = 60.0

_HELD_MOST = 256 * 1024
"""Unread bytes after which the socket is read no more until somebody reads them."""

_ERRORS: dict[type[Exception], type[httpx2.TransportError]] = {
    getattr(httpcore2, name): getattr(httpx2, name)
    for name in (
        "ConnectError",
        "ConnectTimeout",
        "LocalProtocolError",
        "PoolTimeout",
        "ReadError",
        "ReadTimeout",
        "RemoteProtocolError",
        "UnsupportedProtocol",
        "WriteError",
        "WriteTimeout",
    )
}


class DirectTransport(httpx2.AsyncBaseTransport):
    """A connection pool.

    Args:
        verify: How certificates are checked; True takes the operating system's roots.
    """

    def __init__(self, verify: ssl.SSLContext | bool) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(verify=verify),
            max_connections=None,
            max_keepalive_connections=KEPT,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=_Backend(),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the answer's body is still to be read.

        Raises:
            httpx2.TransportError: There is no answer.
        """
        url = request.url
        target = httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        with _as_httpx2():
            answer = await self._pool.handle_async_request(
                httpcore2.Request(
                    request.method,
                    target,
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    """An answer's body, whose errors are httpx2's."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - httpcore2 names no type for it.
        self._stream = stream

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        with _as_httpx2():
            async for part in self._stream:
                yield part

    async def aclose(self) -> None:
        with _as_httpx2():
            await self._stream.aclose()


@contextlib.contextmanager
def _as_httpx2() -> Iterator[None]:
    try:
        yield
    except tuple(_ERRORS) as wrong:
        raise _ERRORS[type(wrong)](str(wrong)) from wrong


class _Stream(asyncio.Protocol, httpcore2.AsyncNetworkStream):
    """One connection."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._held = bytearray()
        self._ended = False
        self._lost: Exception | None = None
        self._paused = False
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._poll = select.poll() if hasattr(select, "poll") else None

    # --- what the loop says ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods of this class without descending from it.
        self._transport = cast("asyncio.Transport", transport)
        if self._poll is not None:
            self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > _HELD_MOST and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._arrived.set()

    def eof_received(self) -> None:
        self._ended = True
        self._arrived.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._lost = True, exc
        self._arrived.set()
        self._room.set()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    # --- what httpcore2 asks -----------------------------------------------------------------

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """At most `max_bytes`; none at the end."""
        if not self._held and not self._ended:
            await self._wait(self._arrived, timeout, httpcore2.ReadTimeout)
        if not self._held and self._lost is not None:
            raise httpcore2.ReadError(str(self._lost)) from self._lost
        part = bytes(self._held[:max_bytes])
        del self._held[:max_bytes]
        if self._paused and len(self._held) <= _HELD_MOST:
            self._paused = False
            self._transport.resume_reading()
        if not self._held and not self._ended:
            self._arrived.clear()
        return part

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send; the loop joins what is written in one go, such as a head and its body."""
        if self._transport.is_closing():
            msg = "the connection is closed"
            raise httpcore2.WriteError(msg)
        self._transport.write(buffer)
        if not self._room.is_set():
            await self._wait(self._room, timeout, httpcore2.WriteTimeout)

    async def _wait(
        self, event: asyncio.Event, seconds: float | None, late: type[Exception]
    ) -> None:
        if seconds is None:
            await event.wait()
            return
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            raise late from None

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> _Stream:
        """This connection, sealed from here on."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                sealed = await loop.start_tls(
                    self._transport, self, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError:
            self._transport.abort()
            raise httpcore2.ConnectTimeout from None
        except OSError as wrong:  # TLS errors are among them.
            self._transport.abort()
            raise httpcore2.ConnectError(str(wrong)) from wrong
        self._transport = cast("asyncio.Transport", sealed)
        return self

    async def aclose(self) -> None:
        """Close. Whatever is closed is idle or broken off, so that nothing is left to be sent."""
        self._transport.abort()
        await asyncio.sleep(0)  # The loop lets go of the socket in its next round.

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as the base class has it.
        """What the pool wants to know of an idle connection, or the transport's own."""
        if info != "is_readable":
            return self._transport.get_extra_info(info)
        if self._ended or self._held:
            return True
        # The end may have arrived while the loop was busy elsewhere.
        return self._poll is not None and bool(self._poll.poll(0))


class _Backend(httpcore2.AsyncNetworkBackend):
    """Makes connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,  # noqa: ARG002 - the pool above names none.
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - nor any of these.
    ) -> _Stream:
        """Connect to whichever of a host's addresses answers first."""
        try:
            async with asyncio.timeout(timeout):
                connected = await dial(host, port)
                _, stream = await asyncio.get_running_loop().create_connection(
                    _Stream, sock=connected
                )
        except TimeoutError:
            raise httpcore2.ConnectTimeout from None
        except OSError as wrong:
            raise httpcore2.ConnectError(str(wrong)) from wrong
        return stream

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await asyncio.sleep(seconds)
