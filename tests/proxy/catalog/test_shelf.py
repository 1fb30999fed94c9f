"""One server's shelf: what is kept, and when it is asked again."""

from __future__ import annotations

import math

import pytest

from auth.fault import Fault, Who
from auth.refresh import SignInNeeded
from proxy.catalog.shelf import FRESH, Shelf
from proxy.upstream.fault import (
    UpstreamFault,
    UpstreamForbidden,
    UpstreamMisplaced,
    UpstreamSignInNeeded,
    UpstreamSlow,
    UpstreamUnreachable,
)


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
    assert (shelf.fault, shelf.failures, shelf.due) == (None, 0, 2000.0 + FRESH)
