"""One call that stays open at a legacy server while its modern client comes and goes.

The server asks in the middle of the call; the client is given a result that asks, and calls again
with the answers. Where such calls wait in between is `proxy.exchange.parking`.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from proxy.exchange.bridge import for_modern
from proxy.upstream.contract import Refused
from proxy.upstream.era import Era
from proxy.wire import INTERNAL_ERROR, METHOD_NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from proxy.exchange.call import Call
    from proxy.upstream.contract import Relay

    Envelope = dict[str, Any]
    Send = Callable[[Relay], Coroutine[Any, Any, Envelope]]

_CAPABILITY = {
    "elicitation/create": "elicitation",
    "sampling/createMessage": "sampling",
    "roots/list": "roots",
}


class NotWaiting(Fault):
    """An answer came for a call that is not parked any more, or not for whoever brings it."""

    reference = "question-expired"
    who = Who.PERSON
    remedy = "Look whether the action took effect, then call again without the old answer."


def can_be_asked(capabilities: Mapping[str, Any], method: str, params: Mapping[str, Any]) -> bool:
    """Whether a client declared that it takes this kind of question."""
    declared = capabilities.get(_CAPABILITY.get(method, ""))
    if not isinstance(declared, dict):
        return False
    if method == "elicitation/create" and declared:
        # An empty `elicitation` means forms, as it did before there was another mode.
        return (params.get("mode") or "form") in declared
    return method != "elicitation/create" or params.get("mode") != "url"


class ParkedCall:
    """One call that is open upstream, whose client comes and goes; the relay of its server.

    Args:
        call: The call as it was made first.
        send: Sends it, with this as its relay.
    """

    era = Era.MODERN

    def __init__(self, call: Call, send: Send) -> None:
        self.capabilities: Mapping[str, Any] = call.relay.capabilities
        self._token = _progress_token(call)
        self._client: tuple[Relay, object] | None = None
        self._keys = itertools.count(1)
        self._asked: dict[str, tuple[str, dict[str, Any], asyncio.Future[dict[str, Any]]]] = {}
        self._news = asyncio.Event()
        self._task = asyncio.ensure_future(send(self))
        self._task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Envelope]) -> None:
        self._news.set()
        if not task.cancelled():
            task.exception()  # whoever waits has it; with nobody left it is not worth a warning

    def notify(self, message: dict[str, Any]) -> None:
        """Pass a notification on to the client, if it waits now, under its present token."""
        if self._client is None:
            return
        relay, token = self._client
        params = message.get("params")
        if isinstance(params, dict) and "progressToken" in params:
            if token is None or params["progressToken"] != self._token:
                return
            message = {**message, "params": {**params, "progressToken": token}}
        relay.notify(message)

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Keep a question until the client fetches it and comes back with its answer."""
        if not can_be_asked(self.capabilities, method, params):
            raise Refused(METHOD_NOT_FOUND, f"The client cannot be asked {method[:80]}.")
        key = f"q{next(self._keys)}"
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[key] = (method, for_modern(method, params), answer)
        self._news.set()
        try:
            return await answer
        finally:
            self._asked.pop(key, None)

    def answer(self, responses: object) -> None:
        """Hand the client's answers to the server; what it left out stays asked."""
        given = responses if isinstance(responses, dict) else {}
        for key in [key for key in self._asked if key in given]:
            _, _, answer = self._asked.pop(key)
            if answer.done():
                continue
            if isinstance(given[key], dict):
                answer.set_result({k: v for k, v in given[key].items() if k != "resultType"})
            else:
                answer.set_exception(Refused(INTERNAL_ERROR, "The client gave no answer."))

    async def settle(self, call: Call) -> Envelope | None:
        """Wait until the server has answered or asks; None means that it asks.

        Cancelling this cancels the call upstream.

        Raises:
            Fault: What sending it raised.
        """
        self._client = call.relay, _progress_token(call)
        try:
            while not self._task.done() and not self._asked:
                self._news.clear()
                await self._news.wait()
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        finally:
            self._client = None
        if not self._task.done():
            return None
        if self._task.cancelled():
            raise NotWaiting("The call was given up while it waited for an answer.")
        return self._task.result()

    def asking(self, handle: str) -> Envelope:
        """The `input_required` result that carries the open questions to the client."""
        requests = {
            key: {"method": method, "params": params}
            for key, (method, params, _) in self._asked.items()
        }
        result = {
            "resultType": "input_required",
            "inputRequests": requests,
            "requestState": handle,
        }
        return {"jsonrpc": "2.0", "result": result}

    def cancel(self) -> None:
        """Give the call up, upstream too."""
        self._task.cancel()


def _progress_token(call: Call) -> object:
    meta = call.params.get("_meta")
    return meta.get("progressToken") if isinstance(meta, dict) else None
