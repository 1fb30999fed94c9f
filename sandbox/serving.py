"""Serving ASGI applications on loopback, inside the running event loop.

uvicorn is made for owning its process: it takes over signals and waits for open streams when it
stops. Here it is one of several servers in somebody else's process, so both are taken away from it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Generator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"

_BACKLOG = 256

_KEEP_ALIVE = 75
"""Seconds an idle connection stays open: longer than any client of ours keeps one in its pool."""


class NotServed(Exception):  # noqa: N818 - the word says it; "error" would add nothing.
    """An application did not start; its own log says why."""


class Door:
    """One bound address, and later the application behind it.

    The address is bound at once, so that others can be told of it before anything answers there.

    Args:
        port: The port on 127.0.0.1 that would be best; a free one is taken where it is not.
    """

    def __init__(self, port: int = 0) -> None:
        try:
            self._socket = _listener(port)
        except OSError:
            self._socket = _listener(0)
        self.port: int = self._socket.getsockname()[1]
        self._exchanges = _Exchanges()
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The base URL, without a trailing slash."""
        return f"http://{HOST}:{self.port}"

    async def open(self, application: ASGIApp) -> None:
        """Serve an application, its lifespan included; returns when it answers.

        Raises:
            NotServed: The application's lifespan failed.
        """
        self._server = _Server(
            uvicorn.Config(
                self._exchanges.around(application),
                log_config=None,
                log_level="error",
                access_log=False,
                ws="none",
                timeout_keep_alive=_KEEP_ALIVE,
                server_header=False,
            )
        )
        self._task = asyncio.create_task(self._server.answer([self._socket]))
        ready = asyncio.create_task(self._server.ready.wait())
        try:
            await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if self._task.done():
            await self._task

    async def close(self) -> None:
        """Stop accepting, end every open exchange, and run the application's end of life."""
        if self._server is None or self._task is None:
            self._socket.close()
            return
        self._server.should_exit = True
        self._exchanges.end()
        with contextlib.suppress(NotServed):  # `open` has raised it before.
            await self._task
        self._socket.close()


def _listener(port: int) -> socket.socket:
    # asyncio turns Nagle's delay (40 ms an answer) off only where the protocol is named.
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
        # At once, because until somebody listens another socket may bind the same port.
        found.listen(_BACKLOG)
    except OSError:
        found.close()
        raise
    return found


class _Server(uvicorn.Server):
    """uvicorn without its hold on the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals of the process to whoever owns it."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, and say when it is done."""
        await super().startup(sockets)
        self.ready.set()

    async def answer(self, sockets: list[socket.socket]) -> None:
        """Serve until told to stop; a failed lifespan is our fault, not the end of the process."""
        try:
            await self.serve(sockets)
        except SystemExit as failed:
            msg = "An application of the sandbox did not start."
            raise NotServed(msg) from failed


class _Exchanges:
    """The open exchanges of one door, so that they can be ended."""

    def __init__(self) -> None:
        self._open: set[asyncio.Timeout] = set()
        self._ended = False

    def end(self) -> None:
        """End every open exchange, and those that still come in."""
        self._ended = True
        now = asyncio.get_running_loop().time()
        for life in self._open:
            life.reschedule(now)

    def around(self, application: ASGIApp) -> ASGIApp:
        """`application`, whose exchanges end when this door closes."""

        async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            begun = finished = False

            async def noted(message: Message) -> None:
                nonlocal begun, finished
                begun = True
                finished = message["type"] == "http.response.body" and not message.get("more_body")
                await send(message)

            try:
                async with asyncio.timeout(0 if self._ended else None) as life:
                    self._open.add(life)
                    try:
                        await application(scope, receive, noted)
                    finally:
                        self._open.discard(life)
            except TimeoutError:
                if not self._ended:
                    raise
            if self._ended and not finished:
                await _finish(send, begun=begun)

        return bounded


async def _finish(send: Send, *, begun: bool) -> None:
    """Bring an interrupted answer to an end that a client understands."""
    if not begun:
        await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
