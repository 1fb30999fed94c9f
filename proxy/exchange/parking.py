"""Calls of modern clients that wait at a legacy server while the client fetches answers.

A legacy server asks in the middle of a call and keeps it open; a modern client is never asked, it
gets a *result* that asks (`input_required`) and calls again. Between the two the call is parked:
it stays open upstream, and a handle of Portico's leads back to it. The handle says nothing, cannot
be guessed, works once, for a short time, and only for the session, the user and the exact call that
it was made for. A call that may have run is never sent a second time for want of it.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proxy.exchange.bridge import PARKED
from proxy.exchange.parked import NotWaiting, ParkedCall
from proxy.upstream.era import Era

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from proxy.exchange.call import Call
    from proxy.exchange.parked import Envelope, Send

MOST = 32
"""Calls of one session that may be parked at a time; its oldest makes room for one more."""


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


def is_parked(wanted: Mapping[str, Any]) -> bool:
    """Whether an `input_required` result is that of a parked call."""
    return handle_of(wanted) is not None


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
