"""A question as a client's form: every default is no, and every call has its own answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proxy.approval import Answer, LeaseWish, Reply
from proxy.approval.form import form, read
from proxy.policy.lease import LeaseLimits
from tests.proxy.approval.test_prompt import question

LONG = json.dumps({"note": "x" * 5000 + "THE END"})


def accepted(**content: object) -> dict[str, Any]:
    """A form that the person sent."""
    return {"action": "accept", "content": content}


def test_one_call_is_asked_about_in_words_of_which_no_is_preselected() -> None:
    """A lease is offered where one may be given, and a look at everything where it is cut."""
    properties = form([question()])["requestedSchema"]["properties"]
    assert properties["decision"]["default"] == "no"
    assert properties["decision"]["enum"][:2] == ["no", "yes"]
    assert len(properties["decision"]["enum"]) == 3
    leased = question(lease=LeaseLimits(5, 3), arguments=LONG)
    words = form([leased])["requestedSchema"]["properties"]["decision"]["enum"]
    assert words[2] == "yes, and up to 3 more calls of this tool within 5 minutes"
    assert words[-1] == "show all arguments first"


def test_each_word_is_its_answer() -> None:
    """And a word that was not offered is a no."""
    asked = question(lease=LeaseLimits(5, 3))
    words = form([asked])["requestedSchema"]["properties"]["decision"]["enum"]
    said = [read([asked], accepted(decision=word)) for word in words]
    lease = Reply(Answer.YES, lease=LeaseWish(minutes=5, calls=3))
    expected = [Reply(Answer.NO), Reply(Answer.YES), lease, Reply(Answer.STOP)]
    assert said == [{asked.id: reply} for reply in expected]
    unleased = question()
    assert read([unleased], accepted(decision=words[2])) == {unleased.id: Reply(Answer.NO)}


def test_everything_is_shown_to_whoever_wants_to_see_it_first() -> None:
    """The form comes again with every argument whole, and does not offer that twice."""
    for questions in ([question(arguments=LONG)], [question(arguments=LONG), question()]):
        wish = {"decision": "show all arguments first"} if len(questions) == 1 else {}
        assert "xTHE END" not in form(questions)["message"].replace("… ", "")[:200]
        assert read(questions, accepted(show_all=True, **wish)) is None
        whole = form(questions, whole=True)
        assert LONG in whole["message"]
        assert "show_all" not in whole["requestedSchema"]["properties"]
        said = read(questions, accepted(show_all=True, **wish), whole=True)
        assert said is not None
        assert {reply.answer for reply in said.values()} == {Answer.NO}


def test_several_calls_have_a_box_each_and_none_is_ticked() -> None:
    """Only a box that the person ticked is a yes; what is missing or odd is a no."""
    questions = [question(arguments=f'{{"n":{n}}}') for n in range(5)]
    schema = form(questions)["requestedSchema"]
    assert [one["default"] for one in schema["properties"].values()] == [False] * 5
    assert '{"n":3}' in schema["properties"]["call_4"]["description"]
    said = read(questions, accepted(call_1=True, call_2=False, call_3="true", call_4=1))
    assert said is not None
    answers = [said[one.id].answer for one in questions]
    assert answers == [Answer.YES, *[Answer.NO] * 4]


@pytest.mark.parametrize("action", ["decline", "cancel"])
def test_a_form_that_is_not_sent_is_no_for_every_call(action: str) -> None:
    """Whatever it holds."""
    questions = [question(), question()]
    said = read(questions, {"action": action, "content": {"call_1": True}})
    assert said == {one.id: Reply(Answer.NO) for one in questions}
