"""Calls that come back with an answer: one session, one exact call, once, for a short time."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.approval import Answer, Batch, Decision, Surface
from proxy.approval.form import read
from proxy.exchange.call import Call
from proxy.exchange.continuation import Carried, Continuations, strip
from proxy.session import Session
from proxy.upstream.listing import NOBODY
from tests.proxy.approval.questions import about

YES = {"portico": {"action": "accept", "content": {"decision": "yes"}}}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Unix seconds."""
        return self.now


def call(session: Session, **params: Any) -> Call:  # noqa: ANN401 - params of a call.
    """A modern client's call."""
    return Call(session, "presto_drop", params, NOBODY, returns=True)


def carried() -> Carried:
    """A batch of one question, which its own call carries."""
    asked = about()
    batch = Batch([asked], settle=lambda _, __: None, is_open=lambda _: False)
    return Carried(batch, asked)


def handle_of(envelope: dict[str, Any]) -> str:
    """The handle in a result that asks."""
    return str(envelope["result"]["requestState"])


def test_a_handle_serves_its_own_call_once() -> None:
    """Another session, another call, a second time and a late time find nothing."""
    clock, session = Clock(), Session("mcp")
    parked = Continuations(clock, 60.0)

    def decision(who: Session, bound: str, later: float = 0.0) -> Answer | None:
        handle = handle_of(parked.park(call(session), "bound", carried()))
        clock.now += later
        given = parked.answer(call(who, requestState=handle, inputResponses=YES), bound)
        again = parked.answer(call(session, requestState=handle, inputResponses=YES), "bound")
        assert again is None
        if given is None:
            return None
        assert isinstance(given, Decision)
        assert given.surface is Surface.ELICITATION
        return given.answer

    assert decision(session, "bound") is Answer.YES
    assert decision(session, "another call") is None
    assert decision(Session("mcp"), "bound") is None
    assert decision(session, "bound", later=61.0) is None


@pytest.mark.parametrize("state", [None, 7, "", "theirs", "portico-guessed"])
def test_what_is_no_handle_of_ours_answers_nothing(state: object) -> None:
    """A client cannot make up a yes."""
    parked = Continuations(Clock(), 60.0)
    given = call(Session("mcp"), requestState=state, inputResponses=YES)
    assert parked.answer(given, "bound") is None


def test_an_approved_call_goes_on_once_with_its_servers_own_state() -> None:
    """Answers to a server need its state, the same session and call, and are taken once."""
    clock, session = Clock(), Session("mcp")
    kept = Continuations(clock, 60.0)
    kept.remember(call(session), "bound", {"requestState": "theirs"})
    back = call(session, requestState="theirs", inputResponses={})
    assert not kept.approved(call(session, requestState="theirs"), "bound")
    assert not kept.approved(call(session, requestState="other", inputResponses={}), "bound")
    assert not kept.approved(call(Session("mcp"), **back.params), "bound")
    assert not kept.approved(back, "another call")
    assert kept.approved(back, "bound")
    assert not kept.approved(back, "bound")
    kept.remember(call(session), "bound", {"requestState": "theirs"})
    clock.now += 61.0
    assert not kept.approved(back, "bound")


def test_clients_that_never_come_back_do_not_fill_the_hub() -> None:
    """The newest thousand are kept, and of the expired none."""
    clock, session = Clock(), Session("mcp")
    kept = Continuations(clock, 60.0)
    handles = [handle_of(kept.park(call(session), "bound", carried())) for _ in range(1500)]
    oldest = call(session, requestState=handles[0], inputResponses=YES)
    newest = call(session, requestState=handles[-1], inputResponses=YES)
    assert kept.answer(oldest, "bound") is None
    assert kept.answer(newest, "bound") is not None


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"action": "accept", "content": {"decision": "yes"}}, Answer.YES),
        ({"action": "accept", "content": {"decision": "no"}}, Answer.NO),
        ({"action": "accept", "content": {"decision": True}}, Answer.NO),
        ({"action": "accept", "content": {"decision": "YES"}}, Answer.NO),
        ({"action": "accept"}, Answer.NO),
        ({"action": "decline", "content": {"decision": "yes"}}, Answer.NO),
        ({"action": "cancel"}, Answer.NO),
        ({"action": "maybe"}, Answer.SILENCE),
        ({}, Answer.SILENCE),
        (None, Answer.SILENCE),
        ("yes", Answer.SILENCE),
    ],
)
def test_only_an_accepted_literal_yes_is_a_yes(given: object, answer: Answer) -> None:
    """Everything else is no or silence, and both are no."""
    asked = about()
    replies = read([asked], given)
    assert replies is not None
    assert replies[asked.id].answer is answer


def test_no_server_sees_our_handle() -> None:
    """Our handle and answer are taken out; a server's own state travels on."""
    ours = {"name": "x", "requestState": "portico-abc", "inputResponses": YES}
    assert strip(ours) == {"name": "x"}
    theirs = {"name": "x", "requestState": "abc", "inputResponses": {"sure": {}}}
    assert strip(theirs) == theirs
