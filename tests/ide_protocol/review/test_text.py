"""The text of the review: what it says, and what of it may be changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from ide_protocol.review.text import Held, Item, Writing
from proxy.policy.offering import Owner
from tests.proxy.approval.questions import about

if TYPE_CHECKING:
    from proxy.approval import Question

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=4)
WORDS = st.text(max_size=40)


def question(arguments: object, *, tool: str = "drop", reason: str = "It destroys.") -> Question:
    """A question about a call with these arguments."""
    return about(
        owner=Owner("data-platform"),
        tool=tool,
        arguments=json.dumps(arguments),
        reason=reason,
        deadline=1.0,
    )


def writing(*arguments: object, **more: Any) -> Writing:  # noqa: ANN401 - texts of a question.
    """A document of calls with these arguments, and of one tool that is held back."""
    items = [Item(question(one, **more), here=True, where="Here.") for one in arguments]
    held = Held(
        "presto", "read", "Presto", "It changed.", acceptable=True, difference=("```", "+ x")
    )
    return Writing(items, [held])


@given(st.lists(ARGUMENTS, max_size=3), WORDS, WORDS)
def test_whatever_is_asked_is_found_again(some: list[Any], tool: str, reason: str) -> None:
    """Each block is where it was written and holds the very arguments, whatever others wrote."""
    written = writing(*some, tool=tool, reason=reason)
    found = written.read(written.text)
    assert found is not None
    assert [one.changed for one in found] == [False] * (len(some) + 1)
    assert [json.loads(one.text) for one in found[:-1]] == some


@given(ARGUMENTS, ARGUMENTS)
def test_what_a_person_writes_into_a_block_is_found(was: Any, now: Any) -> None:  # noqa: ANN401
    """Lines may come and go in a block; what follows it is found where it is now."""
    written = writing(was, {"second": 2})
    place = written.sections[0]
    lines = written.text.split("\n")
    lines[place.first : place.last] = json.dumps(now, indent=4).split("\n")
    found = written.read("\n".join(lines))
    assert found is not None
    assert json.loads(found[0].text) == now
    assert json.loads(found[1].text) == {"second": 2}
    assert lines[found[1].section.heading].startswith("## 2.")


@given(st.data())
def test_no_other_line_may_be_changed(data: st.DataObject) -> None:
    """A text with one line more, fewer or changed outside the blocks is nobody's."""
    written = writing({"a": 1})
    lines = written.text.rstrip("\n").split("\n")
    inside = {n for one in written.sections for n in range(one.first, one.last)}
    at = data.draw(st.sampled_from([n for n in range(len(lines)) if n not in inside]))
    for instead in ([], [lines[at], "All is well."], [f"{lines[at]} "]):
        other = [*lines[:at], *instead, *lines[at + 1 :]]
        found = written.read("\n".join(other))
        assert found is None or any(one.changed for one in found)
