"""Calls of modern clients that wait at a legacy server while the client fetches answers.

A legacy server asks in the middle of a call and keeps it open; a modern client is never asked, it
gets a *result* that asks (`input_required`) and calls again. Between the two the call is parked:
it stays open upstream, and a handle of Portico's leads back to it. The handle says nothing, cannot
be guessed, works once, for a short time, and only for the session, the user and the exact call that
it was made for. A call that may have run is never sent a second time for want of it.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from proxy.exchange.bridge import PARKED, for_modern
from proxy.upstream.contract import Refused
from proxy.upstream.era import Era
from proxy.wire import INTERNAL_ERROR, METHOD_NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from proxy.exchange.call import Call
    from proxy.upstream.contract import Relay

    Envelope = dict[str, Any]
    Send = Callable[[Relay], Coroutine[Any, Any, Envelope]]

MOST = 32
"""Calls of one session that may be parked at a time; its oldest makes room for one more."""

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


# --- deciding ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owner:
    """For whom a call is parked.

    Attributes:
        session: The id of the session that made it.
        bound: The digest of user, server, name, arguments and definition.
    """

    session: str
    bound: str


def handle_of(params: Mapping[str, Any]) -> str | None:
    """The handle that a call brings back, or None when it begins anew."""
    state = params.get("requestState")
    return state if isinstance(state, str) and state.startswith(PARKED) else None


def parks(call: Call, era: Era | None) -> bool:
    """Whether a call has to be parked when its server asks: for a modern client that can be asked.

    Where the era is not known yet, the server may turn out to be a legacy one.
    """
    return call.returns and (
        handle_of(call.params) is not None
        or (era is not Era.MODERN and bool(call.relay.capabilities))
    )


def can_be_asked(capabilities: Mapping[str, Any], method: str, params: Mapping[str, Any]) -> bool:
    """Whether a client declared that it takes this kind of question."""
    declared = capabilities.get(_CAPABILITY.get(method, ""))
    if not isinstance(declared, dict):
        return False
    if method == "elicitation/create" and declared:
        # An empty `elicitation` means forms, as it did before there was another mode.
        return (params.get("mode") or "form") in declared
    return method != "elicitation/create" or params.get("mode") != "url"


def is_parked(wanted: Mapping[str, Any]) -> bool:
    """Whether an `input_required` result is that of a parked call."""
    return handle_of(wanted) is not None


# --- waiting -----------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a call is parked."""

    parked: ParkedCall
    owner: Owner
    timer: asyncio.TimerHandle
    gave_up: Callable[[str], None]


class Parking:
    """The parked calls of one hub.

    Args:
        lifetime: Seconds that a client has to come back.
    """

    def __init__(self, lifetime: float) -> None:
        self._lifetime = lifetime
        self._parked: dict[str, _Place] = {}

    def claim(self, call: Call, bound: str) -> ParkedCall | None:
        """The parked call that `call` comes back to; None when it begins anew.

        Raises:
            NotWaiting: There is none for this session and this exact call, or not any more. Who
                does not own it cannot end it either.
        """
        handle = handle_of(call.params)
        if handle is None:
            return None
        place = self._parked.get(handle)
        if place is None or place.owner != Owner(call.session.id, bound):
            raise NotWaiting("The call that this answer is for does not wait for it.")
        del self._parked[handle]
        place.timer.cancel()
        return place.parked

    async def run(
        self,
        call: Call,
        bound: str,
        send: Send,
        parked: ParkedCall | None,
        gave_up: Callable[[str], None] = lambda _: None,
    ) -> Envelope:
        """Begin a call, or go on with a parked one, until its server answers or asks.

        Args:
            call: The call.
            bound: What it is parked under.
            send: Sends it.
            parked: Where it waits already.
            gave_up: Told why, in a few words, when nobody came back to it.

        Raises:
            Fault: What sending it raised.
        """
        if parked is None:
            parked = ParkedCall(call, send)
        else:
            parked.answer(call.params.get("inputResponses"))
        answered = await parked.settle(call)
        if answered is not None:
            return answered
        return parked.asking(self._park(Owner(call.session.id, bound), parked, gave_up))

    def _park(self, owner: Owner, parked: ParkedCall, gave_up: Callable[[str], None]) -> str:
        own = self._of(owner.session)
        if len(own) >= MOST:
            self._give_up(own[0], "too many")
        handle = PARKED + secrets.token_urlsafe(24)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._lifetime, self._give_up, handle, "silence")
        self._parked[handle] = _Place(parked, owner, timer, gave_up)
        return handle

    def _give_up(self, handle: str, why: str) -> None:
        place = self._parked.pop(handle)
        place.timer.cancel()
        place.parked.cancel()
        place.gave_up(why)

    def leave(self, session: str) -> None:
        """Give up every parked call of a session that has ended."""
        for handle in self._of(session):
            self._give_up(handle, "window gone")

    def _of(self, session: str) -> list[str]:
        """The handles of one session, the oldest first."""
        return [h for h, place in self._parked.items() if place.owner.session == session]


def _progress_token(call: Call) -> object:
    meta = call.params.get("_meta")
    return meta.get("progressToken") if isinstance(meta, dict) else None
