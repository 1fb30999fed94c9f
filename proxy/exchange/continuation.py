"""Calls of modern clients that come back with an answer.

A modern client is not asked: the question is the call's *result*, and the client repeats the call
with the answer. What joins the two is a handle of Portico's, valid for one session, one exact call
and a short time; and, once a server's own question interrupts an approved call, that server's state
for the same call. Neither lets another call, or another window, through.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from proxy.approval import Decision, Surface
from proxy.approval.form import form, read
from proxy.exchange.bridge import ELICIT, state_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from proxy.approval import Batch, Question
    from proxy.exchange.call import Call

_KEY = "portico"
_PREFIX = "portico-"
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Carried:
    """A batch that left as the result of a call.

    Attributes:
        batch: What the form asks about.
        question: The one about the call that carries it.
        whole: Whether the form shows the arguments uncut.
    """

    batch: Batch
    question: Question
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Approved:
    """That a call was approved; `arguments` where the person corrected them."""

    arguments: dict[str, Any] | None


class Continuations:
    """What may be continued, until its deadline.

    Args:
        clock: Unix seconds.
        lifetime: Seconds that a handle is good for.
    """

    def __init__(self, clock: Callable[[], float], lifetime: float) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._parked: dict[str, tuple[str, str, float, Carried]] = {}
        self._approved: dict[tuple[str, str, str], tuple[float, Approved]] = {}

    def park(self, call: Call, bound: str, carried: Carried) -> dict[str, Any]:
        """The result that asks, with a handle for the answer to come back under."""
        self._tidy()
        handle = _PREFIX + secrets.token_urlsafe(24)
        until = self._clock() + self._lifetime
        self._parked[handle] = (call.session.id, bound, until, carried)
        return asking_result(carried.batch.questions, handle, whole=carried.whole)

    def answer(self, call: Call, bound: str) -> Decision | dict[str, Any] | None:
        """What a call brings along: the person's decision, or None when it brings none.

        A handle works once, for the session and the exact call it was made for. What the form says
        to the other calls of its batch settles those.

        Returns:
            A decision, or the result that asks once more with all arguments uncut.
        """
        handle = call.params.get("requestState")
        if not isinstance(handle, str) or not handle.startswith(_PREFIX):
            return None
        parked = self._parked.pop(handle, None)
        if parked is None or parked[:2] != (call.session.id, bound) or parked[2] < self._clock():
            return None
        carried = parked[3]
        responses = call.params.get("inputResponses")
        given = responses.get(_KEY) if isinstance(responses, dict) else None
        replies = read(carried.batch.questions, given, whole=carried.whole)
        if replies is None:
            return self.park(call, bound, replace(carried, whole=True))
        for question in carried.batch.open:
            carried.batch.settle(question, replies[question.id])
        reply = replies[carried.question.id]
        asked = parked[2] - self._lifetime
        return Decision(reply.answer, Surface.ELICITATION, reply.lease, asked=asked)

    def remember(
        self,
        call: Call,
        bound: str,
        wanted: dict[str, Any],
        arguments: dict[str, Any] | None = None,
    ) -> None:
        """A server's own question interrupts this call, which a person approved if need be."""
        self._tidy()
        key = (call.session.id, bound, state_key(wanted.get("requestState")))
        self._approved[key] = self._clock() + self._lifetime, Approved(arguments)

    def approved(self, call: Call, bound: str) -> Approved | None:
        """Whether this is an approved call coming back with answers for its server."""
        if "inputResponses" not in call.params:
            return None
        key = (call.session.id, bound, state_key(call.params.get("requestState")))
        until, approved = self._approved.pop(key, (0.0, None))
        return approved if until >= self._clock() else None

    def _tidy(self) -> None:
        """Forget what has expired; a client that never comes back must not fill the hub."""
        now = self._clock()
        self._parked = dict([(k, v) for k, v in self._parked.items() if v[2] >= now][-_MOST:])
        self._approved = dict([(k, v) for k, v in self._approved.items() if v[0] >= now][-_MOST:])


def strip(params: dict[str, Any]) -> dict[str, Any]:
    """The params without Portico's own handle and answer, which no server sees."""
    handle = params.get("requestState")
    if not isinstance(handle, str) or not handle.startswith(_PREFIX):
        return params
    return {k: v for k, v in params.items() if k not in {"requestState", "inputResponses"}}


# What the protocol knows in the params of a call. A person sees name and arguments.
_KNOWN = frozenset({"name", "uri", "arguments", "_meta", "inputResponses", "requestState", "task"})


def as_shown(params: dict[str, Any]) -> dict[str, Any]:
    """The params of a call that a person is asked about, without what no prompt could show.

    A field that nobody knows is passed on where nobody is asked; under a yes it would be something
    that the yes was not given to.
    """
    return {key: value for key, value in params.items() if key in _KNOWN}


def asking_result(
    questions: Sequence[Question], handle: str, *, whole: bool = False
) -> dict[str, Any]:
    """The `input_required` answer that carries questions to a modern client."""
    params = form(questions, whole=whole)
    return {
        "jsonrpc": "2.0",
        "result": {
            "resultType": "input_required",
            "inputRequests": {_KEY: {"method": ELICIT, "params": params}},
            "requestState": handle,
        },
    }
