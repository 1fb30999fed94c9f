"""A minimal real editor: one LSP client over a language server's stdin and stdout.

It speaks the base protocol of LSP 3.17 and nothing of any one server: requests with ids, requests
from the server answered by handlers, a clean `shutdown` and `exit`. The demo plays a person's
editor with it, tests ask with it, and whoever ports Portico to another editor can watch the
conversation through it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import os
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    Handler = Callable[[dict[str, Any]], Awaitable[object]]
    """Takes the `params` of a server's message; what it returns is the answer to a request."""

_LIMIT = 64 * 1024 * 1024
_METHOD_NOT_FOUND = -32601
_INTERNAL_ERROR = -32603
_GRACE = 10.0

_log = logging.getLogger(__name__)


class EditorLost(Exception):  # noqa: N818 - it is the server that went; the editor noticed.
    """The language server ended, or sent what is not LSP, while an answer was awaited."""


class ErrorAnswer(Exception):  # noqa: N818 - JSON-RPC calls it an error; so does this name.
    """The server answered a request with a JSON-RPC error.

    Attributes:
        code: JSON-RPC error code.
        message: The server's sentence.
        data: Whatever came with it, or None.
    """

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class Editor:
    """One window of an editor, connected to one language server.

    Attributes:
        server: What the server said in `initialize`: `capabilities` and `serverInfo`.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.server: dict[str, Any] = {}
        self._process = process
        self._handlers: dict[str, Handler] = {
            "client/registerCapability": _nothing,
            "client/unregisterCapability": _nothing,
            "window/workDoneProgress/create": _nothing,
            "window/logMessage": _nothing,
            "window/showMessage": _nothing,
            "$/progress": _nothing,
        }
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._lost: str | None = None
        self._complaints: deque[str] = deque(maxlen=40)
        self._readers = [
            asyncio.create_task(self._read(), name="editor reads"),
            asyncio.create_task(self._overhear(), name="editor overhears"),
        ]

    @classmethod
    @contextlib.asynccontextmanager
    async def start(
        cls,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        name: str = "Demo editor",
        workspace: str | None = None,
    ) -> AsyncIterator[Self]:
        """Start a language server and shake hands with it; end both when the block ends.

        Args:
            command: The server's program and arguments.
            env: Its whole environment; None inherits ours.
            name: What the editor calls itself.
            workspace: The folder that is open in the window; the server starts in it.

        Raises:
            OSError: The program cannot be started.
            EditorLost: It ended before the handshake was done.
            ErrorAnswer: It refused `initialize`.
        """
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe, env=env, cwd=workspace
        )
        editor = cls(process)
        try:
            editor.server = await editor.request("initialize", _introduction(name, workspace))
            await editor.notify("initialized", {})
            yield editor
        finally:
            await editor.close()

    def on(self, method: str, handler: Handler) -> None:
        """Answer the server's `method` with `handler` from now on."""
        self._handlers[method] = handler

    async def request(
        self, method: str, params: dict[str, Any], *, patience: float | None = 60.0
    ) -> Any:  # noqa: ANN401 - the result's shape is the method's.
        """Ask the server and wait at most `patience` seconds for its result.

        Raises:
            ErrorAnswer: The server answered with an error.
            EditorLost: The server went away first.
            TimeoutError: It did not answer in time.
        """
        number = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            await self._send({"id": number, "method": method, "params": params})
            async with asyncio.timeout(patience):
                return await answer
        finally:
            del self._waiting[number]

    async def notify(self, method: str, params: dict[str, Any]) -> None:
        """Tell the server something that has no answer.

        Raises:
            EditorLost: The server is gone.
        """
        await self._send({"method": method, "params": params})

    async def close(self) -> None:
        """Say `shutdown` and `exit`, then make sure that the process is gone."""
        if self._process.returncode is None and self._lost is None:
            # A server that refuses to shut down, or dies of it, still has to go.
            with contextlib.suppress(ErrorAnswer, EditorLost, TimeoutError):
                await self.request("shutdown", {}, patience=_GRACE)
                await self.notify("exit", {})
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_GRACE):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        # A grandchild that inherited the pipes could keep them open for ever.
        _, stuck = await asyncio.wait(self._readers, timeout=_GRACE)
        for task in stuck:
            task.cancel()

    @property
    def exit_code(self) -> int | None:
        """The server's exit code, or None while it runs."""
        return self._process.returncode

    @property
    def complaints(self) -> str:
        """The last lines that the server wrote to its stderr."""
        return "\n".join(self._complaints)

    async def _send(self, message: dict[str, Any]) -> None:
        stdin = self._process.stdin
        if self._lost is not None or stdin is None:
            raise EditorLost(self._lost or "The language server has no stdin.")
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        try:
            stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            await stdin.drain()
        except ConnectionError as gone:
            msg = "The language server closed its stdin."
            raise EditorLost(msg) from gone

    async def _read(self) -> None:
        """Take the server's messages until its stdout ends, then fail whoever still waits."""
        lost = "The language server ended its output."
        try:
            while (message := await self._message()) is not None:
                self._take(message)
        except (ValueError, asyncio.IncompleteReadError) as wrong:
            lost = f"The language server sent what is not LSP: {wrong}"
        self._lost = f"{lost} {self.complaints}".rstrip()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(EditorLost(self._lost))

    async def _message(self) -> dict[str, Any] | None:
        """The next message, or None at a clean end."""
        stdout = self._process.stdout
        length = -1
        while stdout is not None and (line := await stdout.readline()):
            if line in {b"\r\n", b"\n"} and length >= 0:
                message = json.loads(await stdout.readexactly(length))
                if not isinstance(message, dict):
                    msg = "a message that is no object"
                    raise ValueError(msg)
                return message
            name, colon, value = line.partition(b":")
            if not colon:
                msg = f"{line[:80]!r} where a header belongs"
                raise ValueError(msg)
            if name.strip().lower() == b"content-length":
                length = int(value)
                if not 0 <= length <= _LIMIT:
                    msg = f"a message of {length} bytes"
                    raise ValueError(msg)
        return None

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message:
            # A prompt may stay open for minutes; everything else goes on meanwhile.
            task = asyncio.create_task(self._handle(message))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            return
        answer = self._waiting.get(message.get("id", 0))
        if answer is None or answer.done():
            _log.warning("an answer to nothing that was asked: id %r", message.get("id"))
        elif "error" in message:
            error = message["error"]
            answer.set_exception(ErrorAnswer(error["code"], error["message"], error.get("data")))
        else:
            answer.set_result(message.get("result"))

    async def _handle(self, message: dict[str, Any]) -> None:
        """Run one handler and send its answer, if the server wants one."""
        method = message["method"]
        handler = self._handlers.get(method)
        answer: dict[str, object]
        if handler is None:
            text = f"This editor knows no {method}."
            answer = {"error": {"code": _METHOD_NOT_FOUND, "message": text}}
        else:
            try:
                answer = {"result": await handler(message.get("params") or {})}
            except Exception as wrong:  # noqa: BLE001 - see the next line; it is logged whole.
                # Whatever a handler does wrong, the server must not wait for ever.
                _log.exception("the handler of %s failed", method)
                answer = {"error": {"code": _INTERNAL_ERROR, "message": type(wrong).__name__}}
        if "id" in message:
            # A server that has gone meanwhile has no use for the answer.
            with contextlib.suppress(EditorLost):
                await self._send({"id": message["id"], **answer})

    async def _overhear(self) -> None:
        """Keep the end of the server's stderr: it explains a lost connection."""
        stderr = self._process.stderr
        while stderr is not None and (part := await stderr.read(4096)):
            self._complaints.extend(part.decode(errors="replace").splitlines())


async def _nothing(params: dict[str, Any]) -> None:
    """The answer to what an editor only has to take note of."""


def _introduction(name: str, workspace: str | None) -> dict[str, Any]:
    """The params of `initialize`."""
    uri = None if workspace is None else Path(workspace).as_uri()
    folder = [] if uri is None else [{"uri": uri, "name": Path(str(workspace)).name}]
    return {
        "processId": os.getpid(),
        "clientInfo": {"name": name, "version": "1"},
        "rootUri": uri,
        "workspaceFolders": folder,
        "capabilities": {
            "window": {
                "workDoneProgress": True,
                "showDocument": {"support": True},
                "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}},
            }
        },
    }
