"""What an editor or the command line says to a question, read with care.

Whatever is not exactly of the contract's shape is no answer: never a yes.
"""

from __future__ import annotations

from typing import Any

from ide_protocol.own.params import BadParams
from proxy.approval import Answer, LeaseWish, Reply

_ANSWERS = {"yes": Answer.YES, "no": Answer.NO, "stop": Answer.STOP}


def read_reply(given: object) -> Reply:
    """One `contract.Reply`.

    Raises:
        BadParams: It is none.
    """
    given = given if isinstance(given, dict) else {}
    answer = _ANSWERS.get(str(given.get("answer")))
    if answer is None:
        raise BadParams("`answer` is `yes`, `no` or `stop`.")
    arguments, lease = given.get("arguments"), given.get("lease")
    if (arguments is not None or lease is not None) and answer is not Answer.YES:
        raise BadParams("`arguments` and `lease` go with a yes.")
    if arguments is not None and not isinstance(arguments, dict):
        raise BadParams("`arguments` must be an object.")
    return Reply(answer, lease=None if lease is None else _lease(lease), arguments=arguments)


def read_replies(given: object) -> dict[str, Reply]:
    """The replies in an answer to `portico/approve`, by the question's id, without odd ones."""
    answers = given.get("answers") if isinstance(given, dict) else None
    found: dict[str, Reply] = {}
    for one in answers if isinstance(answers, list) else ():
        try:
            reply = read_reply(one)
        except BadParams:
            continue
        name = one.get("id")
        if isinstance(name, str):
            found.setdefault(name, reply)
    return found


def _lease(given: object) -> LeaseWish:
    lease: dict[str, Any] = given if isinstance(given, dict) else {}
    minutes, calls, patterns = lease.get("minutes"), lease.get("calls"), lease.get("arguments", {})
    if type(minutes) is not int or type(calls) is not int or minutes < 1 or calls < 1:
        raise BadParams("A `lease` has whole `minutes` and `calls` from 1 upwards.")
    if not isinstance(patterns, dict) or not all(isinstance(v, str) for v in patterns.values()):
        raise BadParams("The `arguments` of a lease are patterns, as texts.")
    return LeaseWish(minutes, calls, patterns)
