"""What a server says on a connection outside of any answer, and who gets to hear it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from proxy.upstream.attribution import Attribution
from proxy.upstream.hearing import LIST_CHANGED, ROOTS
from proxy.upstream.listening import CHANGED
from proxy.wire import METHOD_NOT_FOUND, encode, error, result

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.upstream.attribution import Ruling
    from proxy.upstream.contract import Relay
    from proxy.upstream.hearing import Hearing

log = logging.getLogger("portico.upstream")


class Floor:
    """The open requests of one connection.

    Args:
        answer: Sends a JSON-RPC response to the server.
        changed: Called when the server's list of tools changed.

    Attributes:
        listeners: Hear every notification that is about no request.
    """

    def __init__(self, answer: Callable[[bytes], None], changed: Callable[[], None]) -> None:
        self.listeners: list[Callable[[dict[str, Any]], None]] = []
        self._answer = answer
        self._changed = changed
        self._open: dict[int, Hearing] = {}
        self._after_news: dict[int, Hearing] = {}
        self._attribution = Attribution()

    def enter(self, identifier: int, hearing: Hearing, relay: Relay) -> None:
        """A request has been sent."""
        self._open[identifier] = hearing
        if relay.capabilities:
            self._attribution.opened(identifier, _client(relay))

    def expect_roots(self, identifier: int, hearing: Hearing, relay: Relay) -> None:
        """The server was told of other roots: it may ask for them, and for nothing else."""
        self._after_news[identifier] = hearing
        self._attribution.opened(identifier, _client(relay), only=ROOTS)

    def leave(self, identifier: int) -> None:
        """A request has ended."""
        self._open.pop(identifier, None)
        self._after_news.pop(identifier, None)
        self._place(self._attribution.closed(identifier))

    def take(self, message: dict[str, Any]) -> None:
        """Take one message that is not an answer; order is kept, nothing is awaited."""
        method, params = message.get("method"), message.get("params")
        if not isinstance(method, str):
            return
        token = params.get("progressToken") if isinstance(params, dict) else None
        if "id" in message:
            self._asked(message, method)
        elif method == "notifications/progress":
            if isinstance(token, int) and token in self._open:
                self._open[token].hear(message)
        elif method == "notifications/cancelled":
            if isinstance(params, dict):
                self._attribution.withdrawn(params.get("requestId"))
            for hearing in [*self._open.values(), *self._after_news.values()]:
                hearing.hear(message)
        else:
            self._news(message, method)

    def _news(self, message: dict[str, Any], method: str) -> None:
        if method == LIST_CHANGED:
            self._changed()
        for listener in list(self.listeners):
            listener(message)
        if self._open and (method == "notifications/message" or self._nobodys(method)):
            # Nothing says which call it is about; the one that came last is the likeliest.
            next(reversed(self._open.values())).hear(message)

    def _nobodys(self, method: str) -> bool:
        """Whether news that has no listener may go by an open call: to the hub, or the one window.

        Its listener hears it on the connection that was made for that; a session of its client
        has none, and servers say there what a call has changed.
        """
        if self.listeners or method == LIST_CHANGED:
            return False
        return method in CHANGED or self._attribution.single()

    def _asked(self, message: dict[str, Any], method: str) -> None:
        identifier = message["id"]
        if not isinstance(identifier, int | str):
            return
        if method == "ping":
            self._answer(encode(result(identifier, {})))
        else:
            self._place(self._attribution.arrived(message))

    def _place(self, rulings: list[Ruling]) -> None:
        for question, call in rulings:
            hearing = None
            if call is not None:
                hearing = self._open.get(call) or self._after_news.get(call)
            if hearing is not None:
                hearing.hear(question)
            else:
                log.info("a question that no call can have raised was refused")
                refusal = error(question["id"], METHOD_NOT_FOUND, "Nobody can be asked.")
                self._answer(encode(refusal))


def _client(relay: Relay) -> str:
    # Only a relay of a window has one; it says which window's.
    return str(getattr(relay, "client", ""))
