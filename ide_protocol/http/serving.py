"""Serving the loopback front until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from ide_protocol.door import hello
from ide_protocol.door.hardening import harden
from ide_protocol.http import gate, secret_file
from ide_protocol.http.front import HttpFront
from ide_protocol.http.line import HubLine
from ide_protocol.http.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from proxy.home import Home

HOST = "127.0.0.1"

MOST_VISITORS = 256
"""Connections at once; one more is closed unanswered."""


_TIDY_SECONDS = 60.0


class PortTaken(Fault):
    """The port for the HTTP front cannot be had."""

    reference = "http-port-taken"
    who = Who.PERSON
    remedy = "Give another port, or none to have a free one chosen."


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chose.

    Attributes:
        port: The port on loopback; 0 for a free one.
        only: The servers to show, by short name; None for all.
        bare: Whether the one server shows its names without its prefix.
        tools: `search` for two tools to find and to call; None for all.
        workspace: The folder that clients work on, or None.
        guarded: Whether clients must send the secret.
    """

    port: int = 0
    only: Sequence[str] | None = None
    bare: bool = False
    tools: str | None = None
    workspace: str | None = None
    guarded: bool = True


@contextlib.asynccontextmanager
async def listening(front: HttpFront, port: int) -> AsyncIterator[str]:
    """Serve a front on loopback until the end of the block; gives its URL.

    Raises:
        PortTaken: The port cannot be had.
    """
    visits: set[asyncio.Task[None]] = set()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(visits) >= MOST_VISITORS:
            writer.close()
            return
        visits.add(task)
        try:
            await Visitor(reader, writer, front.answer).serve()
        finally:
            visits.discard(task)

    try:
        server = await asyncio.start_server(receive, HOST, port)
    except (OSError, OverflowError) as wrong:
        msg = f"Port {port} cannot be had ({getattr(wrong, 'strerror', None) or wrong})."
        raise PortTaken(msg) from wrong
    keeping = asyncio.ensure_future(_keep(front))
    try:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}{gate.PATH}"
    finally:
        server.close()
        for task in (keeping, *visits):
            task.cancel()
        await asyncio.gather(keeping, *visits, return_exceptions=True)
        await front.close()


async def _keep(front: HttpFront) -> None:
    while True:
        await asyncio.sleep(_TIDY_SECONDS)
        await front.tidy()


def run(home: Home, options: Options, announce: Callable[[str, str | None], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        home: Whose hub is served.
        options: How.
        announce: Called with the URL and the path of the secret's file, None without one.

    Raises:
        PortTaken: The port cannot be had.
        SecretFileUnsafe: Others can read the secret.
    """
    harden()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    asyncio.run(_serve(home, options, announce))


async def _serve(home: Home, options: Options, announce: Callable[[str, str | None], None]) -> None:
    greeting = hello.compose(
        "mcp",
        workspace=options.workspace,
        only=options.only,
        bare=options.bare,
        tools=options.tools,
        resumes=True,
    )
    secret = secret_file.obtain(home) if options.guarded else None
    front = HttpFront(lambda: HubLine.open(home, greeting), secret=secret)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with listening(front, options.port) as url:
        announce(url, secret_file.path(home) if options.guarded else None)
        await stopped.wait()
