"""One server's shelf: what is kept, and when it is asked again."""

from __future__ import annotations

import math

import pytest

from auth.fault import Fault, Who
from auth.refresh import SignInNeeded
from proxy.catalog.shelf import PROMISE, Shelf
from proxy.upstream.fault import (
    UpstreamFault,
    UpstreamForbidden,
    UpstreamMisplaced,
    UpstreamSignInNeeded,
    UpstreamSlow,
    UpstreamUnreachable,
)
from proxy.upstream.freshness import UNSAID


@pytest.mark.parametrize("kind", [UpstreamSignInNeeded, UpstreamForbidden, SignInNeeded])
def test_what_needs_a_person_is_not_tried_again_by_itself(kind: type[Fault]) -> None:
    """Neither a refused token nor a missing sign-in is retried, whoever says so."""
    shelf = Shelf()
    shelf.failed(kind("no"), 1000.0)
    assert shelf.due == math.inf


def test_a_transient_failure_is_tried_ever_more_rarely_and_never_in_step() -> None:
    """The pause doubles up to five minutes, with a third of jitter in both directions."""
    assert UpstreamUnreachable.who is Who.NOBODY
    pauses: list[set[float]] = [set() for _ in range(12)]
    for _ in range(20):
        shelf = Shelf()
        for number in range(12):
            shelf.failed(UpstreamUnreachable("no"), 1000.0)
            pauses[number].add(shelf.due - 1000.0)
    for number, seen in enumerate(pauses):
        base = min(2.0 * 2**number, 300.0)
        assert base * 0.69 < min(seen) <= max(seen) < base * 1.31
        assert len(seen) > 1


def test_a_permanent_failure_is_looked_at_rarely_from_the_start() -> None:
    """A wrong address may be corrected, but nobody hammers it."""
    shelf = Shelf()
    shelf.failed(UpstreamMisplaced("no"), 1000.0)
    assert 200.0 < shelf.due - 1000.0 < 400.0


@pytest.mark.parametrize("fault", [UpstreamSlow("slow"), UpstreamFault("no"), Fault("odd")])
def test_a_failure_keeps_the_last_known_tools(fault: Fault) -> None:
    """A server that is down does not empty its shelf, and is asked again."""
    shelf = Shelf()
    assert shelf.succeeded([{"name": "a"}], 1000.0)
    shelf.failed(fault, 2000.0)
    assert (shelf.tools, shelf.live, shelf.fault) == ([{"name": "a"}], True, fault)
    assert 2000.0 < shelf.due < math.inf


def test_a_success_forgets_every_failure() -> None:
    """The same list again is no change; the next look is due when it is no longer fresh."""
    shelf = Shelf(tools=[{"name": "a"}])
    shelf.failed(UpstreamSlow("slow"), 1000.0)
    assert not shelf.succeeded([{"name": "a"}], 2000.0)
    assert (shelf.fault, shelf.failures, shelf.due) == (None, 0, 2000.0 + UNSAID)


def test_a_list_is_asked_for_again_when_its_server_says_that_it_is_stale() -> None:
    """Not after a time of ours; whoever looks at a stale one has it asked for at once."""
    shelf = Shelf()
    shelf.succeeded([{"name": "a"}], 1000.0, fresh=60.0)
    assert shelf.due == 1060.0
    assert not shelf.stale(1059.0)
    assert shelf.stale(1060.0)
    shelf.succeeded([{"name": "a"}], 2000.0, fresh=7200.0)
    assert shelf.due == 9200.0
    shelf.failed(UpstreamUnreachable("no"), 9200.0)
    assert not shelf.stale(99999.0)


def test_a_client_may_keep_a_list_no_longer_than_its_server_promises() -> None:
    """And no longer than a minute; what is not live promises nothing."""
    shelf = Shelf()
    assert shelf.promise(1000.0) == PROMISE
    shelf.succeeded([{"name": "a"}], 1000.0)
    assert shelf.promise(5000.0) == PROMISE
    shelf.succeeded([{"name": "a"}], 1000.0, fresh=100.0)
    assert [shelf.promise(1000.0 + age) for age in (0, 90, 200)] == [PROMISE, 10.0, 0.0]
    shelf.failed(UpstreamUnreachable("no"), 1010.0)
    assert shelf.promise(1010.0) == 0.0
