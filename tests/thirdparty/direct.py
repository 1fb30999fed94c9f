"""A plain client of a server over HTTP, in both eras: what it hears, as it came."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENCE = 120.0
MODERN = "2026-07-28"
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
_NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


class DirectWindow:
    """What `tests.process.window.Window` is to a program, to a URL.

    Attributes:
        heard: Every message that was no awaited answer, the oldest first.
    """

    def __init__(self, http: httpx2.AsyncClient, url: str) -> None:
        self.heard: list[dict[str, Any]] = []
        self._http = http
        self._url = url
        self._number = 0
        self._session: dict[str, str] = {}
        self._arrived: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._leaving: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._tasks = [asyncio.ensure_future(self._send())]

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        self._leaving.put_nowait({"jsonrpc": "2.0", **message})

    def request(self, method: str, params: dict[str, Any] | None = None) -> int:
        """Send a request without waiting for its answer; returns its id."""
        self._number += 1
        self.send({"id": self._number, "method": method, "params": params or {}})
        return self._number

    async def receive(self) -> dict[str, Any]:
        """The next message, whatever it is."""
        async with asyncio.timeout(PATIENCE):
            return await self._arrived.get()

    async def close(self) -> None:
        """End every stream."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self) -> None:
        """One message after the other: each is taken before the next leaves."""
        while True:
            message = await self._leaving.get()
            taken = asyncio.Event()
            sent = {"content": json.dumps(message), "headers": self._headers(message)}
            self._tasks.append(asyncio.ensure_future(self._hear("POST", taken, **sent)))
            await taken.wait()
            if message.get("method") == "notifications/initialized":
                opened = asyncio.Event()
                headers = {**self._session, "accept": "text/event-stream"}
                listening = self._hear("GET", opened, headers=headers)
                self._tasks.append(asyncio.ensure_future(listening))
                await opened.wait()

    async def _hear(self, verb: str, taken: asyncio.Event, **sent: Any) -> None:  # noqa: ANN401
        try:
            async with self._http.stream(verb, self._url, **sent) as response:
                named = response.headers.get("mcp-session-id")
                if named is not None:
                    version = "2025-11-25"
                    self._session = {"mcp-session-id": named, "mcp-protocol-version": version}
                taken.set()
                if response.headers.get("content-type", "").startswith("text/event-stream"):
                    async for line in response.aiter_lines():
                        if line.startswith("data:") and line.removeprefix("data:").strip():
                            self._arrived.put_nowait(json.loads(line.removeprefix("data:")))
                elif body := await response.aread():
                    self._arrived.put_nowait(json.loads(body))
        finally:
            taken.set()

    def _headers(self, message: dict[str, Any]) -> dict[str, str]:
        headers = {
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
        }
        params = message.get("params", {})
        if VERSION_KEY not in params.get("_meta", {}):
            return {**headers, **self._session}
        named = params.get(_NAMED_BY.get(message["method"], ""))
        said = {"mcp-protocol-version": MODERN, "mcp-method": message["method"]}
        return {**headers, **said, **({"mcp-name": named} if named else {})}


@contextlib.asynccontextmanager
async def connected(url: str) -> AsyncIterator[DirectWindow]:
    """A client of that server."""
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
        window = DirectWindow(http, url)
        try:
            yield window
        finally:
            await window.close()
