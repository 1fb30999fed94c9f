"""A server's questions, carried between the eras."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.exchange.bridge import named, named_all, questions, retry, state_key, wants_input
from proxy.policy.offering import Offering, Owner

PRESTO = Offering("presto", "com.example/presto", "Presto\u202e", "", owner=Owner("data\nteam"))


def wanting(**result: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a result.
    """An answer that asks for input."""
    return {"id": 1, "result": {"resultType": "input_required", **result}}


@pytest.mark.parametrize(
    "envelope",
    [{}, {"error": {}}, {"result": None}, {"result": {}}, {"result": {"resultType": "complete"}}],
)
def test_an_ordinary_answer_wants_nothing(envelope: dict[str, Any]) -> None:
    """Only `input_required` is a question."""
    assert wants_input(envelope) is None


def test_only_well_formed_questions_are_put() -> None:
    """What is no question is skipped; missing params are empty ones."""
    wanted = {
        "inputRequests": {
            "a": {"method": "elicitation/create", "params": {"message": "Sure?"}},
            "b": {"method": "roots/list"},
            "c": {"method": 7},
            "d": "elicitation/create",
        }
    }
    assert list(questions(wanted)) == [
        ("a", "elicitation/create", {"message": "Sure?"}),
        ("b", "roots/list", {}),
    ]
    assert list(questions({"inputRequests": []})) == []


def test_a_servers_question_says_whose_it_is() -> None:
    """The registry's name stands first, without tricks; other methods stay as they are."""
    asked = named(PRESTO, "elicitation/create", {"message": "Portico asks: OK?", "x": 1})
    assert asked == {"message": "Presto<U+202E> (run by data team) asks: Portico asks: OK?", "x": 1}
    assert named(PRESTO, "sampling/createMessage", {"messages": []}) == {"messages": []}


def test_every_question_of_an_answer_is_named_and_nothing_else_changes() -> None:
    """Unknown fields, unknown questions and the server's state survive."""
    requests = {
        "a": {"method": "elicitation/create", "params": {"message": "Sure?"}, "vendor": 1},
        "b": "odd",
    }
    envelope = wanting(requestState="s", inputRequests=requests, vendor=2)
    wanted = wants_input(envelope)
    assert wanted is not None
    named_all(PRESTO, envelope, wanted)
    result = envelope["result"]
    assert result["inputRequests"]["a"] == {
        "method": "elicitation/create",
        "params": {"message": "Presto<U+202E> (run by data team) asks: Sure?"},
        "vendor": 1,
    }
    assert (result["inputRequests"]["b"], result["requestState"], result["vendor"]) == (
        "odd",
        "s",
        2,
    )


def test_the_same_call_goes_again_with_the_servers_state() -> None:
    """An old state never travels with new answers."""
    params = {"name": "drop", "requestState": "old", "arguments": {}}
    assert retry(params, {"requestState": "new"}, {"a": {}}) == {
        "name": "drop",
        "arguments": {},
        "requestState": "new",
        "inputResponses": {"a": {}},
    }
    assert "requestState" not in retry(params, {}, {})


def test_states_are_told_apart() -> None:
    """Any JSON value names a state, and no two share a name."""
    states: list[object] = [None, "", "a", 1, "1", {"a": 1}, [1], "\ud800"]
    assert len({state_key(state) for state in states}) == len(states)
