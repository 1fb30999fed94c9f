"""Calls of modern clients that come back with an answer.

A modern client is not asked: the question is the call's *result*, and the client repeats the call
with the answer. What joins the two is a handle of Portico's, valid for one session, one exact call
and a short time; and, once a server's own question interrupts an approved call, that server's state
for the same call. Neither lets another call, or another window, through.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from proxy.approval import Answer, Decision, Surface
from proxy.approval.prompt import text
from proxy.exchange.bridge import ELICIT, state_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.approval import Question
    from proxy.exchange.call import Call

_KEY = "portico"
_PREFIX = "portico-"
_MOST = 1000


class Continuations:
    """What may be continued, until its deadline.

    Args:
        clock: Unix seconds.
        lifetime: Seconds that a handle is good for.
    """

    def __init__(self, clock: Callable[[], float], lifetime: float) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._parked: dict[str, tuple[str, str, float]] = {}
        self._approved: dict[tuple[str, str, str], float] = {}

    def park(self, call: Call, bound: str) -> str:
        """The handle for a question that leaves as a result."""
        self._tidy()
        handle = _PREFIX + secrets.token_urlsafe(24)
        self._parked[handle] = (call.session.id, bound, self._clock() + self._lifetime)
        return handle

    def answer(self, call: Call, bound: str) -> Decision | None:
        """The person's decision that a call brings along, or None when it brings none.

        A handle works once, for the session and the exact call it was made for.
        """
        handle = call.params.get("requestState")
        if not isinstance(handle, str) or not handle.startswith(_PREFIX):
            return None
        parked = self._parked.pop(handle, None)
        if parked is None or parked[:2] != (call.session.id, bound) or parked[2] < self._clock():
            return None
        responses = call.params.get("inputResponses")
        given = responses.get(_KEY) if isinstance(responses, dict) else None
        return Decision(read_answer(given), Surface.ELICITATION)

    def remember(self, call: Call, bound: str, wanted: dict[str, Any]) -> None:
        """A server's own question interrupts this call, which a person approved if need be."""
        self._tidy()
        key = (call.session.id, bound, state_key(wanted.get("requestState")))
        self._approved[key] = self._clock() + self._lifetime

    def approved(self, call: Call, bound: str) -> bool:
        """Whether this is an approved call coming back with answers for its server."""
        if "inputResponses" not in call.params:
            return False
        key = (call.session.id, bound, state_key(call.params.get("requestState")))
        return self._approved.pop(key, 0.0) >= self._clock()

    def _tidy(self) -> None:
        """Forget what has expired; a client that never comes back must not fill the hub."""
        now = self._clock()
        self._parked = dict([(k, v) for k, v in self._parked.items() if v[2] >= now][-_MOST:])
        self._approved = dict([(k, v) for k, v in self._approved.items() if v >= now][-_MOST:])


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


def form(question: Question) -> dict[str, Any]:
    """The params of an `elicitation/create` that asks for one approval."""
    return {
        "mode": "form",
        "message": text(question),
        "requestedSchema": {
            "type": "object",
            "properties": {
                "decision": {
                    "type": "string",
                    "title": "Run this call?",
                    "enum": ["no", "yes"],
                    "default": "no",
                }
            },
            "required": ["decision"],
        },
    }


def read_answer(given: object) -> Answer:
    """The answer in an elicitation's result: only an accepted, literal yes is one."""
    if not isinstance(given, dict) or given.get("action") not in {"accept", "decline", "cancel"}:
        return Answer.SILENCE
    content = given.get("content")
    yes = (
        given["action"] == "accept"
        and isinstance(content, dict)
        and content.get("decision") == "yes"
    )
    return Answer.YES if yes else Answer.NO


def asking_result(question: Question, handle: str) -> dict[str, Any]:
    """The `input_required` answer that carries a question to a modern client."""
    return {
        "jsonrpc": "2.0",
        "result": {
            "resultType": "input_required",
            "inputRequests": {_KEY: {"method": ELICIT, "params": form(question)}},
            "requestState": handle,
        },
    }
