"""A modern client: many requests that know nothing of each other, on one line to the hub.

The line makes them one window, so that what a call leaves behind (the handle of a question, a
parked call) is found by the request that comes back for it. Clients choose ids and tokens as they
like and may choose the same twice, so both are replaced on the line by numbers of our own.
"""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ide_protocol.http import envelope
from ide_protocol.http.line import HubGone
from ide_protocol.http.request import identifier_of
from ide_protocol.http.stream import Stream
from proxy import wire
from proxy.upstream.era import RESERVED
from proxy.upstream.mirror import Marks

if TYPE_CHECKING:
    from ide_protocol.http.line import HubLine
    from ide_protocol.http.request import Identifier
    from proxy.upstream.mirror import Mirror

_SUBSCRIPTION_KEY = RESERVED + "subscriptionId"
_LOG_KEY = RESERVED + "logLevel"
_TOKEN = "progressToken"  # noqa: S105 - the name of a field.
_GONE = "The hub went away. Send the request again."


@dataclass(slots=True)
class _Open:
    """A request under way.

    Attributes:
        identifier: Its id as the client chose it.
        token: The client's progress token, or None.
        logs: Whether it asked for log messages.
    """

    identifier: Identifier
    token: Identifier | None
    logs: bool
    stream: Stream = field(default_factory=Stream)


class ModernClient:
    """What one modern client has under way.

    Args:
        line: Its line to the hub.
    """

    def __init__(self, line: HubLine) -> None:
        self._line = line
        self._numbers = itertools.count(1)
        self._open: dict[int, _Open] = {}
        self._marks = Marks()
        self._listed: set[str] = set()
        self._reading = asyncio.ensure_future(self._read())

    @property
    def closed(self) -> bool:
        """Whether its line to the hub has ended."""
        return self._line.closed

    @property
    def busy(self) -> bool:
        """Whether a response of its is open."""
        return bool(self._open)

    async def ask(self, message: dict[str, Any]) -> tuple[int, Stream]:
        """Pass on a request; its number on the line, and where its answer comes.

        Raises:
            HubGone: The hub has gone.
        """
        number = next(self._numbers)
        params = message["params"]
        meta = params["_meta"]
        token = identifier_of({"id": meta.get(_TOKEN)})
        if token is not None:
            params = {**params, "_meta": {**meta, _TOKEN: number}}
        opened = _Open(message["id"], token, _LOG_KEY in meta)
        self._open[number] = opened
        await self._line.send({**message, "id": number, "params": params})
        return number, opened.stream

    async def leave(self, number: int) -> None:
        """The client closed the response: that is how a modern one cancels."""
        if self._open.pop(number, None) is None or self._line.closed:
            return
        await self._line.send(
            {
                "jsonrpc": "2.0",
                "method": "notifications/cancelled",
                # The protocol has no words for why; see `proxy.exchange.patience`.
                "params": {"requestId": number, "reason": "connection closed"},
            }
        )

    async def marks(self, message: dict[str, Any]) -> Mirror:
        """The parameters of the called tool that headers repeat; lists the tools where need be.

        Raises:
            HubGone: The hub has gone.
        """
        name = message["params"].get("name")
        if isinstance(name, str) and name not in self._listed:
            meta = {k: v for k, v in message["params"]["_meta"].items() if k.startswith(RESERVED)}
            listing = {"jsonrpc": "2.0", "id": 0, "method": "tools/list", "params": {"_meta": meta}}
            _, stream = await self.ask(listing)
            await stream.next()
        return self._marks.of(name) or {}

    async def close(self) -> None:
        """End the line and everything on it."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async for message, _ in self._line.messages():
                await self._route(message)
        except HubGone:
            pass  # Between a question and its refusal.
        finally:
            self._line.close()
            for opened in self._open.values():
                error = wire.error(opened.identifier, wire.INTERNAL_ERROR, _GONE)
                opened.stream.put(wire.encode(error), last=True, status=503)
            self._open.clear()

    async def _route(self, message: dict[str, Any]) -> None:
        identifier, method = message.get("id"), message.get("method")
        if not isinstance(method, str):
            opened = self._open.pop(identifier, None) if isinstance(identifier, int) else None
            if opened is not None:
                self._learn(message.get("result"))
                answer = wire.encode({**message, "id": opened.identifier})
                opened.stream.put(answer, last=True, status=envelope.status(message))
        elif identifier is not None:
            # The modern era has no questions but those inside results.
            refused = wire.error(identifier, wire.METHOD_NOT_FOUND, "This client is not asked.")
            await self._line.send(refused)
        else:
            params = message.get("params")
            self._notify(message, params if isinstance(params, dict) else {})

    def _notify(self, message: dict[str, Any], params: dict[str, Any]) -> None:
        meta = params.get("_meta")
        meta = meta if isinstance(meta, dict) else {}
        if _SUBSCRIPTION_KEY in meta:
            opened = self._open.get(meta[_SUBSCRIPTION_KEY])
            if opened is not None:
                params = {**params, "_meta": {**meta, _SUBSCRIPTION_KEY: opened.identifier}}
        elif message["method"] == "notifications/progress":
            opened = self._open.get(params.get(_TOKEN, 0))
            if opened is not None:
                params = {**params, _TOKEN: opened.token}
        elif message["method"] == "notifications/message":
            # The line does not say whose it is: the newest that asked for such messages.
            opened = next((one for one in reversed(self._open.values()) if one.logs), None)
        else:
            opened = None
        if opened is not None:
            opened.stream.put(wire.encode({**message, "params": params}))

    def _learn(self, result: object) -> None:
        tools = result.get("tools") if isinstance(result, dict) else None
        if isinstance(tools, list):
            named = [tool for tool in tools if isinstance(tool, dict)]
            self._marks.learn("portico", named, drop=False)
            self._listed |= {tool["name"] for tool in named if isinstance(tool.get("name"), str)}
