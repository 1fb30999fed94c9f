"""Whose a question is that a server asks without saying which call it is about."""

from __future__ import annotations

from typing import Any

from proxy.upstream.attribution import Attribution


def question(identifier: int) -> dict[str, Any]:
    """A server's question."""
    return {"id": identifier, "method": "elicitation/create"}


def test_a_question_goes_to_the_one_call_that_can_have_raised_it() -> None:
    """With one call open there is no doubt; with none, nobody is asked."""
    calls = Attribution()
    assert calls.arrived(question(1)) == [(question(1), None)]
    calls.opened(7, "a")
    assert calls.arrived(question(2)) == [(question(2), 7)]


def test_questions_of_one_windows_calls_are_spread_over_them() -> None:
    """The same person answers both, and each call carries one."""
    calls = Attribution()
    calls.opened(7, "a")
    calls.opened(8, "a")
    assert calls.arrived(question(1)) == [(question(1), 7)]
    assert calls.arrived(question(2)) == [(question(2), 8)]


def test_between_windows_a_question_waits_until_it_is_certain_whose_it_is() -> None:
    """The other window's call ends; a call that came after the question does not count."""
    calls = Attribution()
    calls.opened(7, "a")
    calls.opened(8, "b")
    assert calls.arrived(question(1)) == []
    calls.opened(9, "c")
    assert calls.closed(7) == [(question(1), 8)]


def test_no_window_is_ever_asked_by_a_guess() -> None:
    """When every window may wait for a question of its own, all are refused."""
    calls = Attribution()
    calls.opened(7, "a")
    calls.opened(8, "b")
    assert calls.arrived(question(1)) == []
    assert calls.arrived(question(2)) == [(question(1), None), (question(2), None)]


def test_a_withdrawn_question_is_not_asked_any_more() -> None:
    """The server took it back before it was placed."""
    calls = Attribution()
    calls.opened(7, "a")
    calls.opened(8, "b")
    calls.arrived(question(1))
    calls.withdrawn(1)
    assert calls.closed(7) == []


def test_who_waits_for_one_method_carries_no_other() -> None:
    """After news of roots a server may ask for those; what a call raises goes to that call."""
    found = Attribution()
    found.opened(1, "a", only="roots/list")
    found.opened(2, "a")
    asked = {"id": 7, "method": "elicitation/create"}
    roots = {"id": 8, "method": "roots/list"}
    assert found.arrived(asked) == [(asked, 2)]
    assert found.arrived(roots) == [(roots, 1)]
    assert found.single()
    found.closed(2)
    assert found.arrived({**asked, "id": 9}) == [({**asked, "id": 9}, None)]
    assert not found.single()
