"""One conversation with a server, the same whichever way it is reached."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.thirdparty.direct import MODERN, VERSION_KEY, DirectWindow

if TYPE_CHECKING:
    from tests.process.window import Window

    AnyWindow = Window | DirectWindow

LEGACY = "2025-11-25"
CAN: dict[str, Any] = {
    "elicitation": {"form": {}, "url": {}},
    "sampling": {"tools": {}, "context": {}},
    "roots": {"listChanged": True},
    "extensions": {"io.modelcontextprotocol/tasks": {}},
}
LISTS = {
    "tools/list": "tools",
    "prompts/list": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
}
NEWS_SECONDS = 12.0
"""Seconds to wait for what a server says by itself, which this one does every five."""

LISTED_SECONDS = 120.0
"""Seconds that a server's program may take until its lists are there."""

_VARIES = re.compile(
    r"\d{4}-\d\d-\d\d[T ][\d:.+Z-]+|\d\d?:\d\d:\d\d( [AP]M)?|\b[0-9a-f]{40}\b|[\d.]+ ?ms\b"
    r"|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b"
)
_PREFIX = "io.modelcontextprotocol/"
_WHO = {"name": "agent", "version": "1"}

Calls = list[tuple[str, dict[str, Any]]]
Steps = Callable[["Talk"], Awaitable[None]]


def answered(request: dict[str, Any]) -> dict[str, Any]:
    """What our client says to a server's question."""
    if request["method"] == "elicitation/create":
        return {"action": "accept", "content": {"name": "Ada", "check": True}}
    if request["method"] == "sampling/createMessage":
        text = {"type": "text", "text": "sampled"}
        return {"role": "assistant", "content": text, "model": "m", "stopReason": "endTurn"}
    return {"roots": []}


def steady(value: Any) -> Any:  # noqa: ANN401 - any JSON value.
    """The value without what is another one at each call: times, durations, ids of chance.

    A server says its name in each modern result. Between a legacy client and a server of both eras
    one side hears that name and the other does not.
    """
    return json.loads(_VARIES.sub("#", json.dumps(_unsigned(value), sort_keys=True)))


def _unsigned(value: Any) -> Any:  # noqa: ANN401 - any JSON value.
    if isinstance(value, list):
        return [_unsigned(part) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {k: _unsigned(part) for k, part in value.items() if k != f"{_PREFIX}serverInfo"}
    return {key: part for key, part in kept.items() if key != "_meta" or part}


@dataclass(slots=True)
class Talk:
    """A client that asks, and answers what it is asked.

    Attributes:
        window: Its connection.
        modern: Which era it speaks.
        found: Everything it was answered, by what it asked.
        asked: The methods of the questions that it was asked.
        news: How many notifications it compared.
    """

    window: AnyWindow
    modern: bool
    found: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    news: int = 0

    async def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """A request's answer, and on the way an answer to whatever the server asks."""
        if self.modern:
            own = {
                VERSION_KEY: MODERN,
                f"{_PREFIX}clientCapabilities": CAN,
                f"{_PREFIX}clientInfo": _WHO,
            }
            params = {**params, "_meta": {**own, **params.get("_meta", {})}}
        number = self.window.request(method, params)
        while True:
            message = await self._receive()
            if "method" not in message and message["id"] == number:
                return {key: message[key] for key in ("result", "error") if key in message}

    async def _receive(self) -> dict[str, Any]:
        message = await self.window.receive()
        if "method" in message and "id" in message:
            self.asked.append(message["method"])
            self.window.send({"id": message["id"], "result": answered(message)})
        elif "method" in message:
            self.window.heard.append(message)
        return message

    async def hear(self, method: str, about: str = "") -> dict[str, Any]:
        """The params of the next notification of this kind and text, also if it came before."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(NEWS_SECONDS):
                while True:
                    for message in self.window.heard:
                        if message["method"] == method and about in json.dumps(message):
                            self.window.heard.remove(message)
                            self.news += 1
                            return dict(message["params"])
                    await self._receive()
        return {}

    async def call(self, tool: str, arguments: dict[str, Any]) -> None:
        """Call a tool; keep its answer and its progress."""
        self.window.heard.clear()
        params = {"name": tool, "arguments": arguments, "_meta": {"progressToken": "p"}}
        self.found[f"{tool} {arguments}"] = await self.ask("tools/call", params)
        heard = [m for m in self.window.heard if m["method"] == "notifications/progress"]
        self.found[f"{tool} progress"] = [message["params"] for message in heard]
        self.news += len(heard)

    async def greet(self) -> dict[str, Any]:
        """Meet the server; its capabilities."""
        if self.modern:
            met = await self.ask("server/discover", {})
        else:
            hello = {"protocolVersion": LEGACY, "clientInfo": _WHO, "capabilities": CAN}
            met = await self.ask("initialize", hello)
            self.window.send({"method": "notifications/initialized"})
        found: dict[str, Any] = met["result"]["capabilities"]
        return found


async def listed(
    talk: Talk, method: str, key: str, complete: Callable[[list[dict[str, Any]]], bool]
) -> list[dict[str, Any]]:
    """A list, asked for until it is complete; a first one waits for no slow start.

    Some servers offer more once they have heard of the client's roots.
    """
    deadline = asyncio.get_running_loop().time() + LISTED_SECONDS
    while True:
        found: list[dict[str, Any]] = (await talk.ask(method, {})).get("result", {}).get(key, [])
        if complete(found) or asyncio.get_running_loop().time() > deadline:
            return sorted(found, key=lambda entry: json.dumps(entry, sort_keys=True))
        await asyncio.sleep(0.2)


async def converse(
    window: AnyWindow, calls: Calls, *, modern: bool, steps: Steps | None, before: Talk | None
) -> Talk:
    """All lists, all calls with their progress, every resource and prompt that a server offers.

    Lists are complete when they are as long as in the conversation `before`, and the first one's
    list of tools when every tool that is called stands in it.
    """
    talk = Talk(window, modern)
    capabilities = await talk.greet()
    called = {tool for tool, _ in calls}
    for method, key in LISTS.items():
        if method.partition("/")[0] not in capabilities:
            talk.found[method] = []
            continue

        def complete(entries: list[dict[str, Any]], method: str = method) -> bool:
            if before is not None:
                return len(entries) >= len(before.found[method])
            return method != "tools/list" or called <= {entry["name"] for entry in entries}

        talk.found[method] = await listed(talk, method, key, complete)
    for tool, arguments in calls:
        await talk.call(tool, arguments)
    for resource in talk.found["resources/list"]:
        uri = resource["uri"]
        talk.found[uri] = await talk.ask("resources/read", {"uri": uri})
    for prompt in talk.found["prompts/list"]:
        given = {argument["name"]: "1" for argument in prompt.get("arguments", [])}
        params = {"name": prompt["name"], "arguments": given}
        talk.found[f"prompt {prompt['name']}"] = await talk.ask("prompts/get", params)
    if steps is not None:
        await steps(talk)
    return talk
