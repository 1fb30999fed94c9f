"""Answers in advance: what they cover, and that they cover nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.approval import Answer, LeaseWish, Surface
from proxy.approval.lease import MOST, Lease, Leases, Scope, covers, fitting, usual
from proxy.policy.lease import LeaseLimits

SCOPE = Scope("alice", "spark", "submit", "def", "Agent", "/srv/a", "s1", 4242)


def lease(**changes: object) -> Lease:
    """A lease of ten minutes and three calls."""
    fields: dict[str, object] = {"until": 600.0, "left": 3}
    return Lease(SCOPE, Answer.YES, "Spark", Surface.EDITOR, **{**fields, **changes})  # type: ignore[arg-type]


WORDS = st.sampled_from(["a", "b"])


SCOPES = st.builds(
    Scope, WORDS, WORDS, WORDS, WORDS, WORDS, WORDS | st.none(), WORDS, st.sampled_from([2, 3])
)


@given(SCOPES)
def test_a_lease_covers_no_call_that_differs_in_anything_it_was_given_for(other: Scope) -> None:
    """User, server, tool, definition, program and workspace; without one, the session."""
    given_for = Scope("a", "a", "a", "a", "a", "a", "a", 2)
    for scope in (given_for, replace(given_for, workspace=None)):
        found = covers(Lease(scope, Answer.YES, "", Surface.EDITOR, left=1), other, {})
        same = replace(other, session="a") == scope
        assert found is (same and (scope.workspace is not None or other.session == "a"))


@pytest.mark.parametrize(
    ("patterns", "arguments", "covered"),
    [
        ({}, {"queue": "anything"}, True),
        ({"queue": "dev-*"}, {"queue": "dev-alice", "n": 1}, True),
        ({"queue": "dev-*"}, {"queue": "prod"}, False),
        ({"queue": "dev-*"}, {"queue": "DEV-x"}, False),
        ({"queue": "dev-*"}, {}, False),
        ({"n": "1"}, {"n": 1}, True),
        ({"n": "1"}, {"n": 10}, False),
        ({"on": "true"}, {"on": True}, True),
        ({"list": '["a"]'}, {"list": ["a"]}, False),
        ({"a": "*", "b": "x"}, {"a": "1", "b": "y"}, False),
    ],
)
def test_patterns_are_for_the_text_of_arguments(
    patterns: dict[str, str], arguments: dict[str, object], *, covered: bool
) -> None:
    """Every pattern has to match; a missing argument matches none."""
    assert covers(lease(patterns=patterns), SCOPE, arguments) is covered


def test_a_lease_that_is_used_up_over_or_revoked_is_gone() -> None:
    """By calls, by time and by the person; a stop only by the person or its session's end."""
    now = 0.0
    leases = Leases(lambda: now)
    given_now = lease()
    leases.give(given_now)
    for _ in range(3):
        assert leases.find(SCOPE, {}) is given_now
        leases.use(given_now)
    assert leases.find(SCOPE, {}) is None
    leases.give(lease())
    now = 600.0
    assert leases.find(SCOPE, {}) is None
    stop = Lease(SCOPE, Answer.STOP, "Spark", Surface.EDITOR)
    leases.give(stop)
    leases.give(lease(until=9e9))
    now = 1e8
    assert leases.find(SCOPE, {}) is stop, "a stop goes before a lease"
    leases.leave("s1")
    assert [one.answer for one in leases] == [Answer.YES]


def test_a_tool_that_changed_ends_its_lease_for_good() -> None:
    """Also where the server changes it back."""
    leases = Leases(lambda: 0.0)
    leases.give(lease())
    assert leases.find(replace(SCOPE, definition="other"), {}) is None
    assert leases.find(SCOPE, {}) is None


def test_what_was_for_one_session_alone_ends_with_it() -> None:
    """A lease without a workspace, too; one of a workspace outlives its window."""
    leases = Leases(lambda: 0.0)
    leases.give(lease())
    leases.give(Lease(replace(SCOPE, workspace=None), Answer.YES, "", Surface.EDITOR, left=1))
    leases.leave("s1")
    assert [one.scope.workspace for one in leases] == ["/srv/a"]
    leases.keep_only("alice")
    assert len(list(leases)) == 1
    leases.keep_only("bob")
    assert list(leases) == []


def test_no_lease_goes_further_than_the_rules_allow() -> None:
    """A wish is cut, and there is none where nothing may be given or is left."""
    limits = LeaseLimits(minutes=10, calls=5)
    assert fitting(LeaseWish(60, 50, {"a": "*"}), limits) == LeaseWish(10, 5, {"a": "*"})
    assert fitting(LeaseWish(1, 1), limits) == LeaseWish(1, 1)
    assert fitting(LeaseWish(1, 1), None) is None
    assert fitting(LeaseWish(0, 1), limits) is None
    assert usual(limits) == LeaseWish(10, 5)
    assert usual(LeaseLimits(600, 600)) == LeaseWish(15, 20)


def test_leases_do_not_fill_the_hub() -> None:
    """The oldest makes room."""
    leases = Leases(lambda: 0.0)
    given_now = [lease() for _ in range(MOST + 5)]
    for one in given_now:
        leases.give(one)
    assert [one.id for one in leases] == [one.id for one in given_now[5:]]


@pytest.mark.parametrize("pid", [0, 1])
def test_a_lease_of_a_process_that_is_no_program_is_its_sessions_alone(pid: int) -> None:
    """Process 1 takes in whoever was left by their starter, so anybody could be it."""
    given_for = replace(SCOPE, host_pid=pid)
    leases = Leases(lambda: 0.0)
    leases.give(replace(lease(), scope=given_for))
    assert leases.find(given_for, {}) is not None
    assert leases.find(replace(given_for, session="s2"), {}) is None
    leases.leave("s1")
    assert list(leases) == []


def test_a_process_number_that_is_used_again_is_another_program() -> None:
    """A lease outlives its session, and must not outlive the process it was given to."""
    given_for = replace(SCOPE, host_pid=4242, host_since=10.0)
    given_now = replace(lease(), scope=given_for)
    assert covers(given_now, replace(given_for, session="s2"), {})
    assert not covers(given_now, replace(given_for, host_since=70.0), {})
