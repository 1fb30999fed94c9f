"""JSON-RPC as lines, in both directions, over one connection.

It checks the envelope, matches answers to questions and keeps the requests under way; what a method
means is its owner's business. Nothing that arrives can end it: what cannot be read is answered with
an error, and the next line is read.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import TYPE_CHECKING, Any

from proxy import wire
from proxy.upstream.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ide_protocol.door.connection import Connection

log = logging.getLogger("portico.dialogue")

GRACE = 10.0
"""Seconds that requests under way get to finish after the other side has sent its last byte."""

MOST_UNDER_WAY = 256
"""Requests of one client that may be under way; one more is refused, so that memory is bounded."""

MOST_BYTES = 32 * 1024 * 1024
"""Bytes that the lines of those requests may have together."""

LONGEST_ID = 256
"""Characters of a request's id, which each answer and many a notification repeats."""

_MISTAKE = "Portico made a mistake; see its log."

Identifier = int | str


class Dialogue:
    """One side of a conversation.

    Args:
        connection: Where the lines come from and go to.
        requested: Called with id, method and params of each request; it answers, at once by `send`
            or later by a coroutine given to `start`.
        notified: Called with method and params of each notification.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        requested: Callable[[Identifier, str, dict[str, Any]], None],
        notified: Callable[[str, dict[str, Any]], None],
    ) -> None:
        self._connection = connection
        self._requested = requested
        self._notified = notified
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._chores: set[asyncio.Task[None]] = set()
        self._ended = False
        self._arriving = 0
        self._held = 0
        self.running: dict[Identifier, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Read until the other side has sent its last byte, then let what is under way finish."""
        try:
            async for line in self._connection.lines():
                if line is None:
                    limit = wire.LINE_LIMIT // (1024 * 1024)
                    self.fail(None, wire.INVALID_REQUEST, f"A message may have {limit} MiB.")
                elif line.strip():
                    self._take(line)
            await self._finish()
        finally:
            self._hang_up()
            for task in (*self.running.values(), *self._chores):
                task.cancel()

    async def _finish(self) -> None:
        self._hang_up()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + GRACE
        while self.running and not self._connection.gone() and loop.time() < deadline:
            await asyncio.wait(self.running.values(), timeout=0.25)

    def _hang_up(self) -> None:
        """What waits for an answer of the other side will not get one any more."""
        self._ended = True
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(Refused(wire.INTERNAL_ERROR, "The client has gone."))

    # --- arriving ----------------------------------------------------------------------------

    def _take(self, line: bytes) -> None:
        try:
            message = wire.decode(line)
        except wire.NotJson as wrong:
            self.fail(None, wire.PARSE_ERROR, f"Not a JSON message: {wrong}.")
            return
        if not isinstance(message, dict):
            self.fail(None, wire.INVALID_REQUEST, "A message is one JSON object.")
            return
        identifier, method = message.get("id"), message.get("method")
        if method is None and ("result" in message or "error" in message):
            self._settle(identifier, message)
            return
        named = isinstance(identifier, Identifier) and not isinstance(identifier, bool)
        if isinstance(identifier, str) and len(identifier) > LONGEST_ID:
            self.fail(None, wire.INVALID_REQUEST, f"An id may have {LONGEST_ID} characters.")
            return
        if not isinstance(method, str) or ("id" in message and not named):
            self.fail(
                identifier if named else None,
                wire.INVALID_REQUEST,
                "A request needs a method (text) and an id (text or whole number).",
            )
            return
        self._arriving = len(line)
        self._dispatch(message, method, message.get("params", {}))

    def _dispatch(self, message: dict[str, Any], method: str, params: object) -> None:
        if "id" not in message:
            if isinstance(params, dict):
                self._notified(method, params)
            return
        identifier: Identifier = message["id"]
        if not isinstance(params, dict):
            self.fail(identifier, wire.INVALID_PARAMS, "`params` must be an object.")
        elif identifier in self.running:
            self.fail(identifier, wire.INVALID_REQUEST, "That id is in use already.")
        elif len(self.running) >= MOST_UNDER_WAY:
            self.fail(identifier, wire.INTERNAL_ERROR, "Too many requests are under way.")
        elif self._held + self._arriving > MOST_BYTES:
            self.fail(identifier, wire.INTERNAL_ERROR, "The requests under way are too large.")
        else:
            try:
                self._requested(identifier, method, params)
            except Exception:
                # A bug in one method must not end the window.
                log.exception("a request failed")
                self.fail(identifier, wire.INTERNAL_ERROR, _MISTAKE)

    def start(self, identifier: Identifier, work: Coroutine[Any, Any, None]) -> None:
        """Answer a request by a coroutine, which a cancellation of the request cancels."""
        task = asyncio.ensure_future(work)
        self.running[identifier] = task
        size, self._arriving = self._arriving, 0
        self._held += size

        def ended(task: asyncio.Task[None]) -> None:
            del self.running[identifier]
            self._held -= size
            if not task.cancelled() and (wrong := task.exception()) is not None:
                log.error("a request failed", exc_info=wrong)
                self.fail(identifier, wire.INTERNAL_ERROR, _MISTAKE)

        task.add_done_callback(ended)

    def chore(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the requests, until the connection ends."""
        task = asyncio.ensure_future(work)
        self._chores.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._chores.discard(task)
            if not task.cancelled() and (wrong := task.exception()) is not None:
                log.error("something beside the requests failed", exc_info=wrong)

        task.add_done_callback(ended)

    # --- sending -----------------------------------------------------------------------------

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        self._connection.write(wire.encode(message) + b"\n")

    async def answer(self, message: dict[str, Any]) -> None:
        """Send a result once the other side has read what came before it.

        Many large results at once would else outgrow the outbox of a window that does read.
        """
        await self._connection.room()
        self.send(message)

    def fail(self, identifier: Identifier | None, code: int, message: str) -> None:
        """Answer a request with an error."""
        self.send(wire.error(identifier, code, message))

    def notify(self, method: str, params: dict[str, Any] | None = None) -> None:
        """Send a notification."""
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)

    def hint(self, method: str, params: dict[str, Any] | None = None) -> None:
        """Send a notification that nobody misses; not while the other side is behind with reading.

        A server that talks faster than a window reads would else fill its outbox, and cut it off.
        """
        if not self._connection.full():
            self.notify(method, params)

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Ask the other side and wait for its result. Cancelling this withdraws the request.

        Raises:
            Refused: It answered with an error, or has gone.
        """
        if self._ended:
            raise Refused(wire.INTERNAL_ERROR, "The client has gone.")
        identifier = f"portico-{next(self._numbers)}"
        asked: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[identifier] = asked
        self.send({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
        try:
            return await asked
        except asyncio.CancelledError:
            self.notify("notifications/cancelled", {"requestId": identifier})
            raise
        finally:
            del self._asked[identifier]

    def _settle(self, identifier: object, message: dict[str, Any]) -> None:
        asked = self._asked.get(identifier) if isinstance(identifier, str) else None
        if asked is None or asked.done():
            return
        if isinstance(message.get("result"), dict):
            asked.set_result(message["result"])
            return
        error = message.get("error")
        error = error if isinstance(error, dict) else {}
        code, text = error.get("code"), error.get("message")
        asked.set_exception(
            Refused(
                code if isinstance(code, int) else wire.INTERNAL_ERROR,
                text if isinstance(text, str) else "The client answered with an error.",
            )
        )
