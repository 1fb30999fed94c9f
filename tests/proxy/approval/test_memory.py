"""What differs from the last approved call, and that little is remembered of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proxy.approval.change import Change, changes
from proxy.approval.memory import LARGEST, MOST, LastApproved

TOOL = ("alice", "presto", "run_query")
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(st.text("ab", max_size=2), VALUES, max_size=3)


def test_each_difference_is_named_with_both_sides() -> None:
    """Added, gone and other values, inside objects too; lists are one value."""
    before = {"limit": 10, "filter": {"day": "mon", "old": 1}, "columns": ["a"], "gone": None}
    after = {"limit": 500, "filter": {"day": "tue", "new": True}, "columns": ["a", "b"]}
    assert changes(before, after) == (
        Change("limit", "10", "500"),
        Change("filter.day", '"mon"', '"tue"'),
        Change("filter.new", None, "true"),
        Change("filter.old", "1", None),
        Change("columns", '["a"]', '["a","b"]'),
        Change("gone", "null", None),
    )


@given(ARGUMENTS, ARGUMENTS)
def test_nothing_changed_only_where_nothing_did(
    before: dict[str, object], after: dict[str, object]
) -> None:
    """An empty list of changes means equal arguments, but for objects that hold nothing."""
    if before == after and not changes(before, after):
        return
    assert changes(before, before) == ()
    if not changes(before, after):
        assert _full(before) == _full(after)


def _full(value: object) -> object:
    """A value without objects that are empty inside."""
    if isinstance(value, dict):
        found = {key: _full(one) for key, one in value.items()}
        return {key: one for key, one in found.items() if one != {}}
    return repr(value)


def test_one_and_true_are_not_the_same() -> None:
    """Equal to Python, and not to a server."""
    assert changes({"a": 1}, {"a": True}) == (Change("a", "1", "true"),)


def test_only_the_last_approved_call_counts_and_only_for_whoever_approved_it() -> None:
    """By user, server and tool; somebody else's sign-in forgets the rest."""
    last = LastApproved()
    assert last.since(TOOL, {"a": 1}) is None
    last.remember(TOOL, {"a": 1})
    last.remember(TOOL, {"a": 2})
    assert last.since(TOOL, {"a": 2}) == ()
    assert last.since(("bob", *TOOL[1:]), {"a": 2}) is None
    last.keep_only("bob")
    assert last.since(TOOL, {"a": 2}) is None


def test_memory_is_bounded() -> None:
    """Of very large arguments nothing is kept, nor of more tools than a person uses."""
    last = LastApproved()
    last.remember(TOOL, {"a": 1})
    last.remember(TOOL, {"a": "x" * LARGEST})
    assert last.since(TOOL, {"a": 1}) is None
    for number in range(MOST + 1):
        last.remember(("alice", "presto", str(number)), {})
    assert last.since(("alice", "presto", "0"), {}) is None
    assert last.since(("alice", "presto", "1"), {}) == ()
