"""One window's socket, bounded in both directions.

A window that sends a giant line loses the line, not its session. A window that does not read is
read from no more, so it cannot make the hub hold answers to ever more requests; should the answers
under way still outgrow the bound, its connection is cut. Other windows notice neither.
"""

from __future__ import annotations

import asyncio
import select
import socket
import struct
import sys
from typing import TYPE_CHECKING

from ide_protocol.door import hello
from proxy.wire import LINE_LIMIT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OUTBOX = 4 * 1024 * 1024
"""Unread bytes after which a window is read from no more until it reads."""

OUTBOX_MOST = 64 * 1024 * 1024
"""Unread bytes after which its connection is cut."""

# macOS, sys/un.h: Python names none of these.
_SOL_LOCAL = 0
_LOCAL_PEERCRED = 1
_LOCAL_PEERPID = 2
_XUCRED_BYTES = 76

_UNREAD_SECONDS = 300.0
"""How long a window may leave a full outbox unread."""

_CHUNK = 256 * 1024
_PARTING = 2.0


class Connection:
    """The hub's end of one window.

    Args:
        reader: The stream after nothing was read from it.
        writer: The same socket's other direction.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self._writer = writer
        self._transport = writer.transport
        self._outbox = OUTBOX
        self._transport.set_write_buffer_limits(high=self._outbox)

    @property
    def closed(self) -> bool:
        """Whether nothing can reach the window any more."""
        return self._transport.is_closing()

    def peer(self) -> tuple[int, int]:
        """Process and user id of the other end, as the kernel says; (0, -1) when it does not."""
        sock = self._writer.get_extra_info("socket")
        if sys.platform == "linux":
            raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            pid, uid, _ = struct.unpack("3i", raw)
        elif sys.platform == "darwin":
            # struct xucred of sys/ucred.h begins with its version and the user id.
            raw = sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED_BYTES)
            _, uid = struct.unpack_from("2I", raw)
            (pid,) = struct.unpack("i", sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID, 4))
        else:
            pid, uid = 0, -1
        return pid, uid

    def gone(self) -> bool:
        """Whether the other end is dead, and not merely done with sending."""
        if self.closed:
            return True
        sock = self._writer.get_extra_info("socket")
        poll = select.poll()
        poll.register(sock.fileno(), 0)
        return any(happened & (select.POLLHUP | select.POLLERR) for _, happened in poll.poll(0))

    def write(self, data: bytes) -> None:
        """Send bytes, or drop them when the window is gone."""
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > OUTBOX_MOST:
            self._transport.abort()

    async def room(self) -> None:
        """Wait until the window has read enough of what it was sent; cut it when it never does."""
        if not self.full():
            return
        try:
            async with asyncio.timeout(_UNREAD_SECONDS):
                # Everybody who waits is woken at once; only the first few find room.
                while self.full():
                    await self._writer.drain()
        except TimeoutError:
            self._transport.abort()
        except ConnectionError:
            return  # It is gone, and whoever waits finds that out next.

    def full(self) -> bool:
        """Whether the window has yet to read so much that it is better sent nothing more."""
        return not self.closed and self._transport.get_write_buffer_size() > self._outbox

    async def lines(self) -> AsyncIterator[bytes | None]:
        """Each line without its end; None for one over the limit, whose bytes are skipped.

        A last line without an end is a line too.
        """
        held = bytearray()
        skipping = False
        while True:
            await self.room()
            part = await self.read()
            if not part:
                break
            start = 0
            while (end := part.find(b"\n", start)) >= 0:
                if skipping or len(held) + end - start > LINE_LIMIT:
                    yield None
                elif held:
                    held += part[start:end]
                    yield bytes(held)
                else:
                    yield part[start:end]
                held.clear()
                skipping = False
                start = end + 1
                await self.room()  # One read may hold thousands of small requests.
            if not skipping:
                held += part[start:]
            if len(held) > LINE_LIMIT:
                skipping = True
                held.clear()
        if skipping:
            yield None
        elif held:
            yield bytes(held)

    async def read(self, most: int = _CHUNK) -> bytes:
        """At most so many bytes of what arrived; none at the end."""
        try:
            return await self.reader.read(most)
        except ConnectionError:
            return b""

    async def farewell(self, code: int) -> None:
        """Tell the shim that this end is in order, and close."""
        self.write(hello.farewell(code))
        await self.close()

    async def close(self) -> None:
        """Send what is queued, for a moment, then close.

        A window that reads nothing would keep a gentle close, and all that is queued, for ever.
        """
        if not self._transport.is_closing():
            try:
                async with asyncio.timeout(_PARTING):
                    self._outbox = 0
                    self._transport.set_write_buffer_limits(high=0)
                    await self.room()
            except TimeoutError:
                self._transport.abort()
        self._writer.close()


class Frames:
    """LSP's framing over a connection, with the limit of a line for each message.

    Args:
        connection: Where the frames come from.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes | None]:
        """Each message's body; None for one over the limit, whose bytes are skipped."""
        reader = self._connection.reader
        while True:
            await self._connection.room()
            length = await self._length()
            if length is None:
                return
            if length <= LINE_LIMIT:
                try:
                    yield await reader.readexactly(length)
                except (asyncio.IncompleteReadError, ConnectionError):
                    return
                continue
            while length > 0:
                part = await self._connection.read(min(length, _CHUNK))
                if not part:
                    return
                length -= len(part)
            yield None

    async def _length(self) -> int | None:
        """Read one header; None at the end, or when it is no header and nothing can be trusted."""
        length = -1
        while True:
            try:
                line = await self._connection.reader.readline()
            except (ValueError, ConnectionError):
                return None  # A header line longer than the stream's limit.
            if not line.endswith(b"\n"):
                return None
            name, _, value = line.partition(b":")
            if not line.strip():
                return length if length >= 0 else None
            if name.strip().lower() == b"content-length":
                if not value.strip().isdigit() or len(value) > 16:  # noqa: PLR2004 - sixteen digits
                    return None
                length = int(value)
