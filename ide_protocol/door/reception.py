"""Where windows arrive: the hello, the check of who it is, and the front that serves them.

It also knows when the hub may leave: after it has stood empty for a while, when it is told to, or
when a newer shim, or another portico.toml, wants another hub.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
from typing import TYPE_CHECKING, Any, Protocol

from auth.fault import Fault
from ide_protocol.door import hello
from ide_protocol.door.connection import Connection
from ide_protocol.mcp.front import McpFront
from ide_protocol.mcp.search import MODE
from proxy.approval.terminal import inspect, parent, session_of, started
from proxy.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from ide_protocol.own.methods import Methods
    from proxy.hub import Hub
    from proxy.upstream.contract import Relay

log = logging.getLogger("portico.reception")

MOST_WINDOWS = 256
"""Connections of one user; the command line still gets in beyond, to see and to stop the hub."""

_ROLES = ("mcp", "lsp", "cli")
_HELLO_SECONDS = 10.0
_HURRIED_SECONDS = 1.0
_PROJECT_MARKS = (".git", ".hg", ".vscode", ".idea", "pyproject.toml", "package.json", "go.mod")


_FULL = (
    f"Portico serves {MOST_WINDOWS} connections already. Close some editors or AI clients; "
    "`portico status` lists them, and `portico hub stop` ends them all."
)


class _Front(Protocol):
    async def serve(self) -> int: ...


class Reception:
    """The door of one hub.

    Args:
        hub: What is behind it.
        standalone: Whether it serves a single connection of its own process.
        stale: Says whether the hub's configuration is no longer what is on disk.
    """

    def __init__(self, hub: Hub, *, standalone: bool, stale: Callable[[], bool]) -> None:
        self._hub = hub
        self._standalone = standalone
        self._stale = stale
        self._started = hub.clock()
        self._open: dict[asyncio.Task[Any], Connection] = {}
        self._moved = asyncio.Event()
        self.stopped = asyncio.Event()
        """Set when the hub shall end now."""
        self.draining = asyncio.Event()
        """Set when it takes nobody new and ends with its last window."""

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection from its hello to its end."""
        connection = Connection(reader, writer)
        task = asyncio.current_task()
        if task is not None:
            self._open[task] = connection
        self._moved.set()
        try:
            words = await self._greeted(connection)
            if words is not None:
                await self._serve(connection, words)
        except asyncio.CancelledError:
            await connection.farewell(0)  # The hub was told to stop: this end is in order.
        except Exception:
            # One window's trouble must not harm another; without a farewell its shim reports it.
            log.exception("a connection failed")
        finally:
            await connection.close()
            if task is not None:
                del self._open[task]
            self._moved.set()

    async def until_over(self) -> None:
        """Wait until the hub may leave, then let every window go."""
        idle = self._hub.configuration.idle_seconds
        stopped = asyncio.ensure_future(self.stopped.wait())
        while not self.stopped.is_set():
            self._moved.clear()
            if not self._open and self.draining.is_set():
                break
            moved = asyncio.ensure_future(self._moved.wait())
            patience = None if self._open else idle
            done, _ = await asyncio.wait(
                {stopped, moved}, timeout=patience, return_when=asyncio.FIRST_COMPLETED
            )
            moved.cancel()
            if not done and not self._open:
                break
        stopped.cancel()

    async def close(self) -> None:
        """Let every window go."""
        tasks = list(self._open)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=5.0)

    async def _words(self, connection: Connection) -> dict[str, Any] | None:
        """Read a hello; None when it is none, or when there is no room for whoever says it."""
        crowd, words = len(self._open), None
        if crowd <= 2 * MOST_WINDOWS:
            # Read even when it will be refused: who is cut off while speaking hears nothing.
            patience = _HELLO_SECONDS if crowd <= MOST_WINDOWS else _HURRIED_SECONDS
            try:
                async with asyncio.timeout(patience):
                    words = hello.read(await connection.reader.readline())
            except (TimeoutError, ValueError, ConnectionError):
                return None
        if words is None or (crowd > MOST_WINDOWS and words.get("role") != "cli"):
            connection.write(hello.answer(error=_FULL))
            return None
        return words

    async def _greeted(self, connection: Connection) -> dict[str, Any] | None:
        """Exchange hellos; None when this is nobody the hub serves."""
        _, uid = connection.peer()
        if uid not in {os.getuid(), -1 if self._standalone else os.getuid()}:
            log.warning("somebody else (uid %d) knocked", uid)
            return None
        words = await self._words(connection)
        if words is None:
            return None
        newer = words["wire"][0] > hello.WIRE[0]
        if len(self._open) == 1 and (newer or self._stale()):
            # Whoever knocks wants a newer hub, or one that has read the file as it is now. A hub
            # with windows stays: split in two, an agent's call would no longer meet its editor.
            self.draining.set()
        if self.draining.is_set():
            connection.write(hello.answer(drained=True))
            return None
        if words["wire"][0] != hello.WIRE[0] or words.get("role") not in _ROLES:
            connection.write(
                hello.answer(
                    error="Another Portico than the one this editor starts is running. Point every "
                    "editor at the same one, then run `portico hub stop`."
                )
            )
            return None
        return words

    async def _serve(self, connection: Connection, words: dict[str, Any]) -> None:
        session = _session(connection, words)
        try:
            _experiment(session, words, self._hub.clock)
        except Fault as fault:
            connection.write(hello.answer(error=fault.sentence()))
            return
        connection.write(hello.answer())
        self._hub.sessions.add(session)
        try:
            self._hub.meet_window(session)
            front = await self._front(session, connection)
            code = await front.serve()
        finally:
            self._hub.sessions.remove(session)
        await connection.farewell(code)

    async def _front(self, session: Session, connection: Connection) -> _Front:
        if session.role == "mcp":
            return McpFront(self._hub, session, connection)
        # What an editor or a person can ask for is much to import; no AI client waits for it.
        await asyncio.to_thread(importlib.import_module, "ide_protocol.own.methods")
        if session.role == "cli":
            from ide_protocol.own.terminal_front import TerminalFront

            return TerminalFront(session, connection, lambda relay: self._methods(session, relay))
        # pygls takes half a second to import: only for editors, and beside the loop.
        module = await asyncio.to_thread(importlib.import_module, "ide_protocol.lsp.front")
        front: _Front = module.LspFront(
            self._hub, session, connection, self._methods(session, None)
        )
        return front

    def _methods(self, session: Session, relay: Relay | None) -> Methods:
        from ide_protocol.own.methods import Methods

        return Methods(
            self._hub,
            session,
            relay=relay,
            stop=self.stopped.set,
            started=self._started,
            standalone=self._standalone,
        )


def _session(connection: Connection, words: dict[str, Any]) -> Session:
    pid, _ = connection.peer()
    host = parent(pid)
    named, cwd, window = words.get("workspace"), words.get("cwd"), words.get("window")
    folder = named if isinstance(named, str) else _project(cwd)
    settings = window if isinstance(window, dict) else {}
    return Session(
        role=words["role"],
        pid=pid,
        host_pid=host,
        host_since=started(host),
        host_session=session_of(host),
        ancestors=_ancestors(pid) if words["role"] == "lsp" else (),
        workspace=folder,
        workspace_named=isinstance(named, str),
        only=_shown(words.get("only")),
        bare=words.get("bare") is True,
        search=words.get("tools") == MODE,
        resumes=words.get("resumes") is True,
        settings=_environment(settings),
    )


def _experiment(session: Session, words: dict[str, Any], clock: Callable[[], float]) -> None:
    """Begin what an AI client's window asks for beside its servers: a recording, or trouble.

    Raises:
        Fault: It cannot be had.
    """
    record, chaos = words.get("record"), words.get("chaos")
    if session.role != "mcp":
        return
    if isinstance(record, str) and record[:1] == "/":
        from proxy.cassette.recorder import Recorder  # few windows record

        session.recorder = Recorder(record, clock)
    if isinstance(chaos, list):
        from proxy.chaos.chaos import Chaos  # fewer still want trouble
        from proxy.chaos.recipe import parse

        session.chaos = Chaos(parse([str(word) for word in chaos]))


def _environment(settings: dict[str, object]) -> dict[str, str]:
    """What of a window's settings can be a variable of the environment."""
    said = {name: value for name, value in settings.items() if isinstance(value, str)}
    return {n: v for n, v in said.items() if "\0" not in v and not any(map(_odd, v))}


def _odd(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _ancestors(pid: int) -> tuple[int, ...]:
    seen = inspect(pid)
    return seen.ancestors if seen else ()


def _shown(only: object) -> tuple[str, ...]:
    """The servers that a window names; a hello that names none of them shows none."""
    if only is None:
        return ()
    listed = only if isinstance(only, list) else []
    return tuple(name for name in listed if isinstance(name, str) and name) or ("",)


def _project(cwd: object) -> str | None:
    """The current folder of the shim, where it is the root of a project."""
    if not isinstance(cwd, str):
        return None
    marked = any(os.path.exists(f"{cwd}/{mark}") for mark in _PROJECT_MARKS)  # noqa: PTH110
    return os.path.realpath(cwd) if marked else None
