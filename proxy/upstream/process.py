"""One running program, its lines in both directions, and its end.

It has a process group of its own, so that whatever it starts ends with it, and an environment of
three variables beside what was configured: nothing of the hub's reaches it, no token least of all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
from typing import TYPE_CHECKING

from auth.fault import Who
from proxy.plain import plain
from proxy.upstream.answer import LIMIT
from proxy.upstream.fault import Kind, UpstreamFault, UpstreamLost

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.program import Program
    from proxy.upstream.contract import Tap

log = logging.getLogger("portico.upstream")
said = logging.getLogger("portico.program")

_INHERITED = ("PATH", "HOME", "LANG")
_UNREAD = 64 * 1024 * 1024
"""Bytes that a program may leave unread before it is given up."""

_LINES, _LINE = 100, 300
"""How many lines of its complaints are logged, and how much of each."""

_GRACE = 0.6
"""Seconds to end by itself once its input has ended, and again once it was asked to."""

_HIDDEN = re.compile(
    r"(?i)bearer\s+\S+|eyJ[\w-]{8,}\.[\w.-]+|(?:token|passw\w*|secret|api[-_]?key)\W{1,3}\S+"
)


class UpstreamNotStarted(UpstreamFault):
    """A local server could not be started, or ended before it said a word."""

    reference = "upstream-not-started"
    who = Who.PERSON
    kind = Kind.NEEDS_A_PERSON
    remedy = "Correct its `command` in portico.toml; `portico hub logs` shows what it said."


class Process:
    """A program that runs.

    Args:
        server: Short name, for messages.
        running: The process, with pipes.
        take: Takes each line that it writes, in order.
        ended: Called once, when it has ended.
        tap: Watches its lines, where somebody does.
    """

    def __init__(
        self,
        server: str,
        running: asyncio.subprocess.Process,
        take: Callable[[bytes], None],
        ended: Callable[[], None],
        tap: Tap | None = None,
    ) -> None:
        assert running.stdin is not None  # noqa: S101 - it was started with pipes
        assert running.stdout is not None  # noqa: S101
        assert running.stderr is not None  # noqa: S101
        self._server = server
        self._running = running
        self._input = running.stdin
        self._take = take
        self._ended = ended
        self._tap = tap
        self._tasks = [
            asyncio.ensure_future(self._read(running.stdout)),
            asyncio.ensure_future(self._complaints(running.stderr)),
        ]

    @classmethod
    async def start(
        cls,
        server: str,
        program: Program,
        take: Callable[[bytes], None],
        ended: Callable[[], None],
        tap: Tap | None = None,
    ) -> Process:
        """Start a program.

        Raises:
            UpstreamNotStarted: There is none of that name, or it may not be run.
        """
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        environment = {**inherited, **program.environment}
        pipe = asyncio.subprocess.PIPE
        try:
            running = await asyncio.create_subprocess_exec(
                *program.command,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                limit=LIMIT,
                cwd=program.folder or inherited.get("HOME", "/"),
                env=environment,
                start_new_session=True,
            )
        except (OSError, ValueError) as wrong:
            why = wrong.strerror if isinstance(wrong, OSError) else "not a command"
            msg = f"{server} could not be started ({plain(program.command[0], 80)}: {why})."
            raise UpstreamNotStarted(msg) from None
        return cls(server, running, take, ended, tap)

    @property
    def pid(self) -> int:
        """The number of the process, which is that of its group too."""
        return self._running.pid

    def write(self, line: bytes) -> None:
        """Send one line; one that reads nothing for long is given up."""
        if self._input.is_closing():
            return
        if self._tap is not None:
            self._tap.sent(line)
        self._input.write(line + b"\n")
        if self._input.transport.get_write_buffer_size() > _UNREAD:
            log.warning("%s does not read what it is sent; it is stopped", self._server)
            self._signal(signal.SIGKILL)

    async def send(self, line: bytes) -> None:
        """Send one line and wait until there is room for another.

        Raises:
            UpstreamLost: The program has ended.
        """
        if self._input.is_closing():
            raise self.lost()
        self.write(line)
        try:
            await self._input.drain()
        except ConnectionError:
            raise self.lost() from None

    def lost(self) -> UpstreamLost:
        """The fault that its end is for whoever waited for an answer."""
        return UpstreamLost(f"{self._server} ended before it answered.")

    async def _read(self, output: asyncio.StreamReader) -> None:
        try:
            while True:
                line = await output.readuntil(b"\n")
                if line.strip():
                    if self._tap is not None:
                        self._tap.received(line)
                    self._take(line)
        except asyncio.IncompleteReadError:
            pass  # It has closed its output.
        except (asyncio.LimitOverrunError, ConnectionError) as wrong:
            log.warning("%s is stopped: %s", self._server, type(wrong).__name__)
        finally:
            # Without output it can answer nothing, and whatever it started serves nobody.
            self._signal(signal.SIGKILL)
            self._input.close()
            self._ended()

    async def _complaints(self, errors: asyncio.StreamReader) -> None:
        """Log what it writes to standard error, not without end and without what may be secret."""
        left = _LINES
        while part := await errors.read(4096):
            for line in part.decode("utf-8", "replace").splitlines():
                if self._tap is not None:
                    self._tap.complained(line)
                if left > 0 and line.strip():
                    said.info("%s says: %s", self._server, plain(_HIDDEN.sub("[…]", line), _LINE))
                    left -= 1
                    if not left:
                        log.info("%s says more than is kept here", self._server)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    async def aclose(self) -> None:
        """End it: by the end of its input, by request, by force; and whatever it started."""
        self._input.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                async with asyncio.timeout(_GRACE):
                    await self._running.wait()
                break
            except TimeoutError:
                self._signal(number)
        await self._running.wait()
        self._signal(signal.SIGKILL)
        await asyncio.wait(self._tasks, timeout=_GRACE)
        for task in self._tasks:
            task.cancel()
