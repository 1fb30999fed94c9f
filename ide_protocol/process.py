"""The process that a hub lives in: one of its own, or the one that wants it.

As a module (`python -I -m ide_protocol.process LOCK LISTENER`) it is the hub's own process, started
by a shim that hands over the lock and the listening socket. `serve_alone` is the same hub inside
the shim's process (`--standalone`), for one connection.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from typing import TYPE_CHECKING

from ide_protocol.door import hello
from ide_protocol.door.hardening import harden, raise_file_limit
from ide_protocol.door.log import open_log
from ide_protocol.door.reception import Reception
from ide_protocol.wiring import build, build_replay
from proxy.home import Home
from proxy.setup.managed import MANAGED

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.hub import Hub

log = logging.getLogger("portico.process")


def main(arguments: list[str]) -> int:
    """Be the hub: `LOCK LISTENER`, two inherited descriptors."""
    lock, listener = int(arguments[0]), int(arguments[1])
    os.umask(0o077)
    harden()
    raise_file_limit()
    open_log()
    _run(_hub(Home.find(), lock, socket.socket(fileno=listener)))
    return 0


async def _hub(home: Home, lock: int, listener: socket.socket) -> None:
    # A descendant that kept the lock would keep the next hub from being born.
    os.set_inheritable(lock, False)
    listener.set_inheritable(False)
    hub = build(home)
    hub.start()
    reception = Reception(hub, standalone=False, stale=_watch(home))
    server = await asyncio.start_unix_server(reception.receive, sock=listener)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, reception.stopped.set)
    log.info("hub %d serves %s", os.getpid(), home.root)

    async def make_way() -> None:
        """A draining hub lets its successor have socket and lock before its windows have gone."""
        await reception.draining.wait()
        server.close()
        os.close(lock)

    leaving = asyncio.ensure_future(make_way())
    await reception.until_over()
    leaving.cancel()
    server.close()
    await reception.close()
    await hub.aclose()
    log.info("hub %d ends", os.getpid())


def _watch(home: Home) -> Callable[[], bool]:
    """Says whether what a hub is built from is another than when this was called."""
    files = (home.file, f"{home.state}/setup", MANAGED)

    def stamp(path: str) -> tuple[int, int] | None:
        try:
            found = os.stat(path)  # noqa: PTH116
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    first = [stamp(path) for path in files]
    return lambda: [stamp(path) for path in files] != first


def serve_cassette(path: str, greeting: bytes, copy: Callable[[socket.socket, bytes], int]) -> int:
    """Serve this process's stdio from a cassette, as `serve_alone`; nothing of it is kept.

    Raises:
        CassetteUnusable: It cannot be read, or is no cassette.
    """
    from proxy.cassette.recorder import opened

    cassette = opened(path)
    with tempfile.TemporaryDirectory(prefix="portico-replay-") as folder:
        home = Home(folder, own=True)
        return serve_alone(home, greeting, copy, lambda: build_replay(home, cassette))


def serve_alone(
    home: Home,
    greeting: bytes,
    copy: Callable[[socket.socket, bytes], int],
    made: Callable[[], Hub] | None = None,
) -> int:
    """Serve this process's stdio by a hub of its own; returns the exit code.

    Args:
        home: Where its configuration and state are.
        greeting: The hello of this connection.
        copy: The shim's copying, which runs in this thread while the hub has another.
        made: Makes the hub; without it, it is the one of `home`.

    Raises:
        OSError: The hub refused the connection.
    """
    ours, theirs = socket.socketpair()
    harden()
    open_log()
    serving = _alone(made or (lambda: build(home)), theirs)
    hub = threading.Thread(target=_run, args=(serving,), name="portico-hub")
    hub.start()
    try:
        ours.sendall(greeting)
        heard = b""
        while b"\n" not in heard:
            part = ours.recv(4096)
            if not part:
                break
            heard += part
        line, _, rest = heard.partition(b"\n")
        if (refused := hello.read(line).get("error")) is not None:
            raise OSError(str(refused))
        return copy(ours, rest)
    finally:
        ours.close()
        hub.join()


async def _alone(made: Callable[[], Hub], connection: socket.socket) -> None:
    hub = made()
    hub.start()
    reception = Reception(hub, standalone=True, stale=lambda: False)
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    await reception.receive(reader, writer)
    await hub.aclose()


def _run(main_task: object) -> None:
    """Run a coroutine on the fastest loop there is."""
    try:
        import uvloop
    except ImportError:
        factory = None  # Not on every system; the loop of the standard library does the same.
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main_task)  # type: ignore[arg-type]  # a coroutine


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
