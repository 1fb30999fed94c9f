"""One HTTP answer, read as it comes and never beyond its bounds."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, cast

from proxy.upstream.answer import LIMIT
from proxy.upstream.fault import UpstreamLost, UpstreamMalformed
from proxy.upstream.stream import Events, TooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx2


_TURN = 32
"""Parts and events that are taken before everybody else in the loop gets a turn."""


class Reply:
    """One HTTP answer whose head has arrived.

    Attributes:
        status: The HTTP status.
    """

    __slots__ = (
        "_events",
        "_headers",
        "_parts",
        "_ready",
        "_server",
        "_stream",
        "_taken",
        "status",
    )

    def __init__(self, server: str, response: httpx2.Response) -> None:
        self.status = response.status_code
        self._server = server
        self._headers = response.headers
        # The transport's own stream, without the client layer's bookkeeping around it.
        self._stream = cast("httpx2.AsyncByteStream", response.stream)
        self._parts = cast("AsyncGenerator[bytes]", self._stream.__aiter__())
        self._events = Events(LIMIT)
        self._ready: deque[bytes] = deque()
        self._taken = 0

    def header(self, name: str) -> str | None:
        """A header's value, or None."""
        value: str | None = self._headers.get(name)
        return value

    async def whole(self, limit: int = LIMIT) -> bytes:
        """The whole body.

        Raises:
            UpstreamLost: It ends early.
            UpstreamMalformed: It is larger than `limit` bytes.
        """
        first = await self._part()
        if first is None:
            return b""
        # One growing buffer: parts of a byte each, kept apart, would weigh many times their size.
        whole = bytearray()
        while (part := await self._part()) is not None:
            whole = whole or bytearray(first)
            whole += part
            if len(whole) > limit:
                raise self._too_large(limit)
        return bytes(whole) if whole else first

    async def event(self) -> bytes | None:
        """The data of the next server-sent event, or None at the end of the stream.

        Raises:
            UpstreamLost: The connection broke.
            UpstreamMalformed: An event is larger than the limit.
        """
        while not self._ready:
            part = await self._part()
            if part is None:
                return None
            try:
                # Streams that can be resumed open with an event that has an id and no data.
                self._ready.extend(data for data in self._events.feed(part) if data)
            except TooLarge:
                raise self._too_large(LIMIT) from None
        await self._turn()
        return self._ready.popleft()

    @property
    def last(self) -> bytes:
        """The id of the last whole event, from which the stream can be resumed; empty for none."""
        return self._events.last

    @property
    def retry(self) -> int | None:
        """Milliseconds that the server wants us to wait before we come back, or None."""
        return self._events.retry

    async def skip(self) -> None:
        """Read to the end, keeping nothing."""
        while await self._part() is not None:
            pass

    async def _turn(self) -> None:
        """Let others have the loop now and then: what has arrived is taken without any waiting."""
        self._taken += 1
        if self._taken % _TURN == 0:
            await asyncio.sleep(0)

    async def _part(self) -> bytes | None:
        import httpx2

        await self._turn()
        try:
            return await anext(self._parts, None)
        except httpx2.TransportError as broken:
            name = type(broken).__name__
            msg = f"The connection to {self._server} broke in the middle of its answer ({name})."
            raise UpstreamLost(msg) from broken

    async def aclose(self) -> None:
        """Give the connection back; one that was not read to its end is closed, not reused."""
        try:
            await self._parts.aclose()
        finally:
            await self._stream.aclose()

    def _too_large(self, limit: int) -> UpstreamMalformed:
        return UpstreamMalformed(f"{self._server} sent an answer of more than {limit} bytes.")
