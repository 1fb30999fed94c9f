"""Server-sent events, however they are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.upstream.stream import Events, TooLarge

_STREAM = (
    "\ufeff: hello\n\n"
    'event: message\r\nid: 7\r\ndata: {"ä":\r\ndata:  1}\r\n\r\n'
    "event: other\ndata: skipped\n\n"
    "data\n\n"
    "retry: 10\rdata:naïve\r\r"
    "data: cut off"
).encode()
_EVENTS = ['{"ä":\n 1}'.encode(), b"", "naïve".encode()]


@given(st.lists(st.integers(0, len(_STREAM))))
def test_events_are_the_same_wherever_the_stream_is_cut(cuts: list[int]) -> None:
    """Parts may end inside a character, a line end or a field; an unfinished event is dropped."""
    places = [0, *sorted(cuts), len(_STREAM)]
    events = Events(1000)
    found = [
        data
        for start, end in itertools.pairwise(places)
        for data in events.feed(_STREAM[start:end])
    ]
    assert found == _EVENTS


@pytest.mark.parametrize("part", [b"data: 0123456789", b"data: 01\n"])
def test_an_event_over_the_limit_is_refused_before_it_ends(part: bytes) -> None:
    """Neither one endless line nor endless lines are kept."""
    events = Events(50)

    def flood() -> None:
        for _ in range(20):
            events.feed(part)

    with pytest.raises(TooLarge):
        flood()


def test_the_limit_is_for_one_event_and_not_for_the_stream() -> None:
    """A long stream of small events goes on."""
    events = Events(50)
    assert sum(len(events.feed(b"data: 0123456789\n\n")) for _ in range(100)) == 100
