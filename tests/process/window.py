"""A window of an AI client: MCP as lines over the pipes of `portico mcp`, read only when asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATIENCE = 120.0
_HELLO = {"protocolVersion": "2025-11-25", "clientInfo": {"name": "agent", "version": "1"}}
_WIDE = 2**27


class Window:
    """One spawned shim.

    Attributes:
        process: The shim.
        heard: Every message that was no awaited answer, the oldest first.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.process = process
        self.stdin, self.stdout, self.stderr = process.stdin, process.stdout, process.stderr
        self.heard: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self._answers: dict[int | None, dict[str, Any]] = {}
        self._number = 0

    @classmethod
    async def start(cls, command: list[str], environment: Mapping[str, str], cwd: Path) -> Self:
        """Spawn it, in a process group of its own as an editor would."""
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(
                *command,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                env=dict(environment),
                cwd=cwd,
                limit=_WIDE,
                start_new_session=True,
            )
        )

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        self.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def request(self, method: str, params: dict[str, Any] | None = None) -> int:
        """Send a request without waiting for its answer; returns its id."""
        self._number += 1
        self.send({"id": self._number, "method": method, "params": params or {}})
        return self._number

    def call(self, tool: str, **arguments: object) -> int:
        """Send a `tools/call` without waiting for its answer; returns its id."""
        return self.request("tools/call", {"name": tool, "arguments": arguments})

    async def receive(self) -> dict[str, Any]:
        """The next message, whatever it is."""
        async with asyncio.timeout(PATIENCE):
            line = await self.stdout.readline()
        assert line, (await self.stderr.read()).decode()
        self.lines.append(line.decode())
        message: dict[str, Any] = json.loads(line)
        return message

    async def answer(self, number: int | None) -> dict[str, Any]:
        """The answer to the request `number`; None for an error that names no request."""
        while number not in self._answers:
            message = await self.receive()
            if "method" in message:
                self.heard.append(message)
            else:
                self._answers[message["id"]] = message
        return self._answers.pop(number)

    async def hear(self, method: str) -> dict[str, Any]:
        """The next request or notification of this method."""
        while True:
            for message in self.heard:
                if message["method"] == method:
                    self.heard.remove(message)
                    return message
            message = await self.receive()
            if "method" in message:
                self.heard.append(message)
            else:
                self._answers[message["id"]] = message

    async def ask(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request and its answer."""
        return await self.answer(self.request(method, params))

    async def initialize(self, **capabilities: object) -> Self:
        """The handshake of a legacy client."""
        answer = await self.ask("initialize", {**_HELLO, "capabilities": capabilities})
        assert answer["result"]["serverInfo"]["name"] == "portico"
        self.send({"method": "notifications/initialized"})
        return self

    async def tools(self) -> list[str]:
        """The names of all tools, but for Portico's own."""
        listed = (await self.ask("tools/list"))["result"]["tools"]
        return [tool["name"] for tool in listed if tool["name"] != "portico_status"]

    async def text(self, tool: str, **arguments: object) -> str:
        """Call a tool; the text of its result."""
        return text(await self.answer(self.call(tool, **arguments)))

    async def end(self) -> tuple[int, str]:
        """Wait for its end; exit code and what it complained about. The rest of stdout is read."""
        async with asyncio.timeout(PATIENCE):
            rest, errors, code = await asyncio.gather(
                self.stdout.read(), self.stderr.read(), self.process.wait()
            )
        self.lines += rest.decode().splitlines(keepends=True)
        return code, errors.decode()

    async def leave(self) -> tuple[int, str]:
        """End the input, as a client that quits, and wait."""
        self.stdin.close()
        return await self.end()

    async def kill(self) -> list[str]:
        """SIGKILL for its whole process group; everything it ever wrote."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.stdin.close()
        _, errors = await self.end()
        return [*self.lines, errors]


def text(answer: dict[str, Any]) -> str:
    """The text of a call's answer, or the message of its error."""
    if "error" in answer:
        return str(answer["error"]["message"])
    return "".join(part.get("text", "") for part in answer["result"]["content"])
