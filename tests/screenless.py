"""An editor without a screen: what it shows comes as lines of JSON, what its person does goes in.

The editor's side of this socket is a double of the person, beside the tests of each editor.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.process.installation import LAUNCHER, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from tests.process.installation import Installation
    from tests.process.window import Window

_LIMIT = 2**24


async def client(portico: Installation) -> Window:
    """An AI client beside the editor; one that started the editor could not have it asked."""
    line = '"$0" mcp --workspace "$1"; exit $?'
    window = await portico.start(["sh", "-c", line, LAUNCHER, str(portico.project)])
    return await window.initialize()


async def until(look: Callable[[], Awaitable[str]], holds: Callable[[str], bool]) -> str:
    """What is seen, as soon as it is as expected; for what no event tells of."""
    while not holds(seen := await look()):  # noqa: ASYNC110 - see above.
        await asyncio.sleep(0.01)
    return seen


class Screenless:
    """One process of an editor at a time.

    Args:
        cwd: The folder that is open in it.
    """

    def __init__(self, cwd: Path) -> None:
        self._cwd = cwd
        # The path of a socket must be short.
        self._folder = tempfile.TemporaryDirectory(prefix="portico-editor-")
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._events: defaultdict[str, asyncio.Queue[Any]] = defaultdict(asyncio.Queue)
        self._process: asyncio.subprocess.Process | None = None
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def spawn(self, command: list[str], environment: Mapping[str, str]) -> None:
        """Start the editor, and wait until its double of a person is there."""
        socket = Path(self._folder.name) / f"{next(self._numbers)}.sock"
        arrived: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()

        async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            arrived.set_result(writer)
            await self._hear(reader)

        self._server = await asyncio.start_unix_server(meet, str(socket), limit=_LIMIT)
        nothing = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=nothing,
            stdout=nothing,
            stderr=nothing,
            env={**environment, "PORTICO_TEST_SOCKET": str(socket)},
            cwd=self._cwd,
        )
        self._writer = await asyncio.wait_for(arrived, PATIENCE)

    async def run(self, code: str) -> Any:  # noqa: ANN401 - whatever the code returns.
        """Run code of the editor's own language in it; what it returns."""
        assert self._writer is not None
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps({"id": number, "code": code}).encode() + b"\n")
        ok, value = await asyncio.wait_for(answer, PATIENCE)
        assert ok, value
        return value

    async def next(self, event: str) -> Any:  # noqa: ANN401 - the double says what.
        """The next that the person is shown of a kind."""
        return await asyncio.wait_for(self._events[event].get(), PATIENCE)

    def unseen(self, event: str) -> int:
        """How many of these nobody looked at yet."""
        return self._events[event].qsize()

    async def told(self, words: str) -> str:
        """The next notification with these words in it."""
        while True:
            said: str = await self.next("notify")
            if words in said:
                return said

    async def close(self, leave: str) -> None:
        """End it by the code `leave`, and see it gone."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None and self._writer is not None:
            with contextlib.suppress(ConnectionError):
                self._writer.write(json.dumps({"id": 0, "code": leave}).encode() + b"\n")
                await self._writer.drain()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._writer is not None:
            self._writer.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def forget(self) -> None:
        """Remove what it left outside of the installation."""
        self._folder.cleanup()

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                said = json.loads(line)
                if "event" in said:
                    self._events[said["event"]].put_nowait(said["value"])
                elif (answer := self._answers.pop(said["id"], None)) and not answer.done():
                    # Whoever gave up meanwhile is told nothing, and the rest is heard all the same.
                    answer.set_result((said["ok"], said.get("value")))
