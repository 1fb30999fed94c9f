"""What a server says while one of our requests is open, and who gets to hear it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from proxy.upstream.contract import LET_GO, Refused
from proxy.wire import INTERNAL_ERROR, METHOD_NOT_FOUND, encode, error, result

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.upstream.contract import Relay

log = logging.getLogger("portico.upstream")

ROOTS = "roots/list"
ROOTS_CHANGED = "notifications/roots/list_changed"

_QUESTIONS = frozenset({"elicitation/create", "sampling/createMessage", ROOTS})

ROOTS_SECONDS = 10.0
"""How long a server that was told of other roots may ask for them, with no call to ask on."""

LIST_CHANGED = "notifications/tools/list_changed"

MOST_QUESTIONS = 8
"""Questions of one request that may wait for an answer; a further one is refused."""


class Hearing:
    """The server's side of one open request.

    Args:
        identifier: The request's id upstream, which is also its progress token there.
        progress_token: What the caller calls its progress, or None when it wants none.
        relay: The way back to the caller.
        changed: Called when the server's list of tools changed.
        answer: POSTs a JSON-RPC response to the server; None where servers may not ask (modern).
        clock: The request's time limit, which stands still while a person thinks.
        asked: Takes the method of each question, where somebody keeps what a server asks.
    """

    __slots__ = (
        "_answer",
        "_asked",
        "_changed",
        "_clock",
        "_identifier",
        "_kept",
        "_pause",
        "_relay",
        "_token",
    )

    def __init__(
        self,
        identifier: int,
        progress_token: int | str | None,
        relay: Relay,
        *,
        changed: Callable[[], None],
        answer: Callable[[bytes], None] | None,
        clock: asyncio.Timeout,
        asked: set[str] | None = None,
    ) -> None:
        self._identifier = identifier
        self._token = progress_token
        self._relay = relay
        self._changed = changed
        self._answer = answer
        self._clock = clock
        self._asked: dict[object, asyncio.Task[None]] = {}
        self._kept = asked
        self._pause: float | None = None

    def hear(self, message: dict[str, Any]) -> None:
        """Take one message that is not the answer; order is kept, nothing is awaited."""
        method = message.get("method")
        params = message.get("params")
        if not isinstance(params, dict):
            params = {}
        if not isinstance(method, str):
            log.debug("an answer to another request was ignored")
        elif "id" in message:
            self._ask(message["id"], method, params)
        elif method == "notifications/progress":
            # A token that is not ours belongs to nobody here.
            if self._token is not None and params.get("progressToken") == self._identifier:
                own = {**params, "progressToken": self._token}
                self._relay.notify({**message, "params": own})
        elif method == LIST_CHANGED:
            self._changed()
        elif method == "notifications/cancelled":
            self._withdraw(params.get("requestId"))
        elif method != LET_GO:  # which no server says; see below
            self._relay.notify(message)

    def let_go(self, retry: int | None) -> None:
        """The server closed the stream, to be asked for the rest after `retry` milliseconds."""
        params = {} if retry is None else {"retry": retry}
        self._relay.notify({"jsonrpc": "2.0", "method": LET_GO, "params": params})

    def close(self) -> None:
        """Withdraw the questions that are still open: the request they belong to has ended."""
        self._pause = None
        for task in self._asked.values():
            task.cancel()

    def _ask(self, identifier: object, method: str, params: dict[str, Any]) -> None:
        if self._answer is None or not isinstance(identifier, int | str):
            log.warning("a question that the protocol does not allow was ignored")
            return
        if identifier in self._asked:
            return
        if method not in _QUESTIONS or len(self._asked) >= MOST_QUESTIONS:
            self._answer(encode(_at_once(identifier, method)))
            return
        if self._kept is not None:
            self._kept.add(method)
        task = asyncio.ensure_future(self._put(self._answer, identifier, method, params))
        self._asked[identifier] = task
        task.add_done_callback(lambda _: self._settled(identifier))
        end = self._clock.when()
        if end is not None:
            # The person's time is bounded where the question is shown, not here.
            self._pause = end - asyncio.get_running_loop().time()
            self._clock.reschedule(None)

    def _settled(self, identifier: object) -> None:
        self._asked.pop(identifier, None)
        if not self._asked and self._pause is not None:
            self._clock.reschedule(asyncio.get_running_loop().time() + max(self._pause, 0.0))
            self._pause = None

    def _withdraw(self, identifier: object) -> None:
        task = self._asked.get(identifier) if isinstance(identifier, int | str) else None
        if task is not None:
            task.cancel()

    async def _put(
        self,
        answer: Callable[[bytes], None],
        identifier: int | str,
        method: str,
        params: dict[str, Any],
    ) -> None:
        try:
            response = result(identifier, await self._relay.request(method, params))
        except Refused as refused:
            response = error(identifier, refused.code, refused.message)
        except Fault as fault:
            response = error(identifier, INTERNAL_ERROR, fault.message)
        answer(encode(response))


def _at_once(identifier: int | str, method: str) -> dict[str, Any]:
    """The answer to what no person needs to be asked."""
    if method == "ping":
        return result(identifier, {})
    if method in _QUESTIONS:
        return error(identifier, INTERNAL_ERROR, "Too many questions are open.")
    return error(identifier, METHOD_NOT_FOUND, "Method not found")
