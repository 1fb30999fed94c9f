"""What Portico's page shows of a question, and what its buttons say."""

from __future__ import annotations

import pytest

from ide_protocol.page import view
from ide_protocol.page.press import replies
from proxy.approval import Answer, LeaseWish, Reply
from proxy.approval.change import Change
from proxy.policy.lease import LeaseLimits
from proxy.policy.offering import SURFACES
from tests.proxy.approval.test_prompt import question


def shown(*asked: object, **changes: object) -> str:
    """The page with one question of these fields, or with the given ones."""
    one = question(**{"surfaces": SURFACES, **changes})
    return view.questions(asked or (one,), "/t", "secret", 0.0)  # type: ignore[arg-type]


def test_a_question_shows_its_arguments_whole_and_what_changed() -> None:
    """However long they are; others' markup stays text."""
    arguments = '{"note":"' + "x" * 5000 + '<b>END</b>"}'
    page = shown(arguments=arguments, changes=(Change("limit", "10", "<500>"),))
    assert "&lt;b&gt;END&lt;/b&gt;" in page
    assert "“limit” 10 → &lt;500&gt;" in page
    assert "x" * 5000 in page


def test_the_first_button_is_the_no_and_a_lease_is_offered_where_one_may_be_given() -> None:
    """Enter presses the first; a surface that the rule does not admit has no yes at all."""
    page = shown(lease=LeaseLimits(60, 50))
    assert page.index('name="no"') < page.index('name="stop"') < page.index('name="yes"')
    assert "Allow 20 calls in 15 minutes" in page
    assert "Allow 20 calls" not in shown()
    denied = shown(surfaces=frozenset({"editor"}), lease=LeaseLimits())
    assert ('name="yes"' in denied, 'name="lease"' in denied) == (False, False)


def test_a_changed_tool_is_not_dressed_as_a_call_nor_ticked_with_calls() -> None:
    """It says what it is, shows every line, and has no box."""
    changed = question(surfaces=SURFACES, difference=("- reads", "+ deletes <all>"))
    page = shown(changed, question(surfaces=SURFACES))
    assert "Accept what “drop_table” is now?" in page
    assert "+ deletes &lt;all&gt;" in page
    assert page.count('type="checkbox"') == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"no": ["q"]}, [("q", Reply(Answer.NO))]),
        ({"yes": ["q", "r"]}, [("q", Reply(Answer.YES))]),
        ({"stop": ["q"]}, [("q", Reply(Answer.STOP))]),
        ({"ticked": ["yes"], "call": ["q", "r"]}, [(n, Reply(Answer.YES)) for n in "qr"]),
        ({"ticked": ["no"], "call": ["q"]}, [("q", Reply(Answer.NO))]),
        ({"ticked": ["yes"]}, []),
        ({"ticked": ["stop"], "call": ["q"]}, None),
        ({"look": ["1"]}, None),
        ({}, None),
    ],
)
def test_each_button_is_its_answer(
    fields: dict[str, list[str]], said: list[tuple[str, Reply]] | None
) -> None:
    """To one question, or to those that are ticked; anything else is no answer."""
    assert replies(fields, []) == said


def test_a_lease_goes_as_far_as_its_question_allows() -> None:
    """The usual terms within the limits; a question that has gone takes a plain yes nowhere."""
    asked = question(lease=LeaseLimits(minutes=5, calls=2))
    assert replies({"lease": [asked.id]}, [asked]) == [
        (asked.id, Reply(Answer.YES, lease=LeaseWish(5, 2)))
    ]
    assert replies({"lease": ["gone"]}, [asked]) == [("gone", Reply(Answer.YES))]


def test_the_page_says_how_an_answer_came_out() -> None:
    """Which call or how many, what was given in advance, and what had ended before."""
    lease = Reply(Answer.YES, lease=LeaseWish(15, 20))
    said = view.decided(lease, ["drop of Presto"], 0)
    assert "Allowed: drop of Presto. So are 20 more within 15 minutes." in said
    assert "Denied: 3 calls. What had expired" in view.decided(Reply(Answer.NO), list("abc"), 1)
    assert "until the session ends" in view.decided(Reply(Answer.STOP), ["drop of Presto"], 0)
