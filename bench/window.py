"""A window of an AI client, as raw as it gets: JSON lines over the pipes of `portico mcp`."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "bench", "version": "1"},
}


class Window:
    """One spawned shim and the blocking conversation through it."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.spawned = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._in = self.process.stdin
        self._out = self.process.stdout
        self._held = b""
        self._number = 0

    def initialize(self) -> None:
        """Shake hands."""
        self.request("initialize", _HELLO)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def tools(self) -> list[dict[str, Any]]:
        """The list of tools."""
        answer = self.request("tools/list", {})
        found: list[dict[str, Any]] = answer["result"]["tools"]
        return found

    def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call a tool and insist that it answered."""
        answer = self.request("tools/call", {"name": tool, "arguments": arguments})
        if "result" not in answer or answer["result"].get("isError"):
            msg = f"{tool} failed: {json.dumps(answer)[:400]}"
            raise RuntimeError(msg)
        return answer

    def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Send a request and read until its answer."""
        number = self.ask(method, params)
        while True:
            message = json.loads(self.line())
            if message.get("id") == number:
                return message  # type: ignore[no-any-return]  # JSON-RPC is an object.

    def ask(self, method: str, params: dict[str, Any]) -> int:
        """Send a request without waiting for its answer; returns its id."""
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        self.send(request)
        return self._number

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        self.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        view = memoryview(data)
        while view:
            view = view[self._in.write(view) :]

    def line(self) -> bytes:
        """The next line; the pipes are unbuffered, so nothing hides in a buffer."""
        while True:
            line, found, rest = self._held.partition(b"\n")
            if found:
                self._held = rest
                return line
            part = self._out.read(1 << 18)
            if not part:
                msg = "the window ended before its answer"
                raise RuntimeError(msg)
            self._held += part

    def skip(self, lines: int) -> None:
        """Read so many lines and keep nothing of them."""
        while lines > 0:
            part = self._out.read(1 << 18)
            if not part:
                msg = f"the window ended {lines} lines too early"
                raise RuntimeError(msg)
            lines -= part.count(b"\n")

    def close(self) -> int:
        """End the input, as an editor that quits; returns the exit code."""
        self._in.close()
        code = self.process.wait(15)
        self._out.close()
        return code

    def wait(self) -> None:
        """Wait for the shim to end by itself."""
        self.process.wait(15)
        self._in.close()
        self._out.close()

    def kill(self) -> None:
        """SIGKILL, as an editor that crashes with its whole process tree."""
        self.process.kill()
        self.process.wait()
        self._in.close()
        self._out.close()
