"""One HTTP/1.1 connection of a client: requests read one after the other, each answered in turn."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

import h11

from ide_protocol.http.request import Refusal, Request
from proxy import wire

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Fields = tuple[tuple[str, str], ...]

log = logging.getLogger("portico.http")

HEAD_LIMIT = 64 * 1024
"""Bytes that the head of a request may have."""

IDLE_SECONDS = 75.0
"""Seconds a connection may stand without a whole head."""

BODY_SECONDS = 60.0
"""Seconds a body may take to arrive."""

_CHUNK = 64 * 1024
_LINGER_SECONDS = 1.0
_STEADY = (("cache-control", "no-store"), ("x-content-type-options", "nosniff"))


class _TooLarge(Exception):  # noqa: N818 - it says what the body is.
    pass


class Visitor:
    """The front's end of one connection.

    Args:
        reader: Where requests come from.
        writer: Where responses go.
        answer: Answers one request; cancelled when the client has gone meanwhile.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answer: Callable[[Request, Reply], Awaitable[None]],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)

    async def serve(self) -> None:
        """Answer requests until one side ends the connection."""
        try:
            while await self._one():
                self._http.start_next_cycle()
        except h11.RemoteProtocolError as wrong:
            await self._turn_away(
                Refusal(wrong.error_status_hint, wire.INVALID_REQUEST, "No HTTP.")
            )
        except _TooLarge:
            limit = wire.LINE_LIMIT // (1024 * 1024)
            text = f"A message may have {limit} MiB."
            await self._turn_away(Refusal(413, wire.INVALID_REQUEST, text))
        except (TimeoutError, ConnectionError):
            pass  # A client that says nothing, or has gone, is told nothing.
        except asyncio.CancelledError:
            pass  # The front was told to stop. asyncio would report a cancelled visit as an error.
        finally:
            self._writer.close()

    async def _one(self) -> bool:
        """Answer one request; False when there will be no other on this connection."""
        async with asyncio.timeout(IDLE_SECONDS):
            head = await self._event()
        if not isinstance(head, h11.Request):
            return False
        async with asyncio.timeout(BODY_SECONDS):
            body = await self._body()
        request = Request(
            verb=head.method.decode("ascii"),
            target=head.target.decode("latin-1"),
            fields=[
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers
            ],
            body=body,
        )
        reply = Reply(self._http, self._writer)
        if not await self._unless_gone(self._answer(request, reply)):
            return False
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    async def _unless_gone(self, answering: Awaitable[None]) -> bool:
        """Run an answer to its end, or until the client has gone; whether it got to its end."""
        working = asyncio.ensure_future(answering)
        leaving = asyncio.ensure_future(self._leave())
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finished = working.done()
        finally:
            working.cancel()
            leaving.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)
        if finished and (wrong := working.exception()) is not None:
            if not isinstance(wrong, ConnectionError):
                log.error("a request failed", exc_info=wrong)
            return False
        return finished

    async def _leave(self) -> None:
        """Wait until the client has gone; what it sends ahead is kept for its next request."""
        ahead = 0
        while ahead <= HEAD_LIMIT and (part := await self._read()):
            ahead += len(part)
            self._http.receive_data(part)

    async def _body(self) -> bytes:
        body = bytearray()
        while isinstance(part := await self._event(), h11.Data):
            body += part.data
            if len(body) > wire.LINE_LIMIT:
                raise _TooLarge
        return bytes(body)

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event  # type: ignore[return-value]  # h11 types its two signals as one
            if self._http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                self._writer.write(self._http.send(go_on) or b"")
            self._http.receive_data(await self._read())

    async def _read(self) -> bytes:
        try:
            return await self._reader.read(_CHUNK)
        except ConnectionError:
            return b""

    async def _turn_away(self, refusal: Refusal) -> None:
        """Refuse what cannot be read on; read a little more, lest the refusal itself be lost."""
        if self._http.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            return
        with contextlib.suppress(ConnectionError, TimeoutError):
            await Reply(self._http, self._writer).send(refusal.status, refusal.body())
            self._writer.write_eof()
            async with asyncio.timeout(_LINGER_SECONDS):
                while await self._read():
                    pass


class Reply:
    """The response to one request: one JSON text, or a stream of events."""

    def __init__(self, http: h11.Connection, writer: asyncio.StreamWriter) -> None:
        self._http = http
        self._writer = writer
        self.streaming = False

    async def send(self, status: int, body: bytes = b"", fields: Fields = ()) -> None:
        """Send a whole response; a body is JSON unless the fields say otherwise."""
        given = {name for name, _ in fields}
        steady = [field for field in _STEADY if field[0] not in given]
        head = [*steady, *fields, ("content-length", str(len(body)))]
        if body and "content-type" not in given:
            head.append(("content-type", "application/json"))
        await self._send(
            h11.Response(status_code=status, headers=head), h11.Data(data=body), h11.EndOfMessage()
        )

    async def event(self, message: bytes, fields: Fields = (), identifier: str = "") -> None:
        """Send one message as an event, after the head where it is the first."""
        named = f"id: {identifier}\n".encode("ascii") if identifier else b""
        await self._stream(b"event: message\n" + named + b"data: " + message + b"\n\n", fields)

    async def prime(self, identifier: str, retry: int, fields: Fields = ()) -> None:
        """Send an event without data, by whose id a client can come back, and how soon it may."""
        await self._stream(f"id: {identifier}\nretry: {retry}\ndata: \n\n".encode("ascii"), fields)

    async def breathe(self, fields: Fields = ()) -> None:
        """Send a sign of life, by which a client that has gone is noticed."""
        await self._stream(b": \n\n", fields)

    async def finish(self, fields: Fields = (), *, retry: int | None = None) -> None:
        """End a stream, also one that never had an event.

        Args:
            fields: More response headers, where the stream has not begun.
            retry: Milliseconds after which the client shall come back for the rest; None for none.
        """
        await self._stream(b"" if retry is None else b"retry: %d\n\n" % retry, fields)
        await self._send(h11.EndOfMessage())

    async def _stream(self, data: bytes, fields: Fields) -> None:
        if not self.streaming:
            self.streaming = True
            head = [*_STEADY, *fields, ("content-type", "text/event-stream")]
            await self._send(h11.Response(status_code=200, headers=head))
        if data:
            await self._send(h11.Data(data=data))

    async def _send(self, *events: h11.Event) -> None:
        # As one write: a head and a body in two packets would cost a client another wake-up.
        self._writer.write(b"".join(self._http.send(event) or b"" for event in events))
        await self._writer.drain()
