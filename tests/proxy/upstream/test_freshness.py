"""How long lists stay true by their servers' own word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from proxy.upstream import Era
from proxy.upstream.freshness import (
    LONGEST,
    SHORTEST,
    SOONEST,
    UNSAID,
    pause,
    promised,
    shorter,
    stale_after,
)

if TYPE_CHECKING:
    from tests.proxy.upstream.conftest import Room
    from tests.proxy.upstream.upstream_double import Double, Wire


BOUNDED = [(60_000, 60.0), (1, 0.001), (0, 0.0), (-5, 0.0), (10**400, LONGEST)]
ODD: list[object] = [None, True, "60000", 1.5, [60_000], {}]


@pytest.mark.parametrize(("said", "seconds"), [*BOUNDED, *((odd, None) for odd in ODD)])
def test_a_silly_word_is_bounded_or_counts_as_none(said: object, seconds: float | None) -> None:
    """Nothing, less than nothing, years, and what is no whole number."""
    assert promised({"ttlMs": said}) == seconds
    assert promised({}) is None


def test_no_word_makes_us_ask_all_the_time_or_never() -> None:
    """A server that promises nothing is asked as one that is silent, but when somebody looks."""
    assert [pause(s) for s in (None, 0.0, 0.001, 60.0, LONGEST)] == [
        UNSAID,
        UNSAID,
        SHORTEST,
        60.0,
        LONGEST,
    ]
    assert [stale_after(s) for s in (None, 0.0, 60.0)] == [UNSAID, SOONEST, 60.0]


def test_the_shorter_word_counts() -> None:
    """Silence is no word at all."""
    assert shorter(None, None) is None
    assert shorter(None, 5.0) == shorter(5.0, None) == shorter(5.0, 9.0) == 5.0


@pytest.mark.parametrize(("era", "fresh"), [(Era.MODERN, 30.0), (Era.LEGACY, None)])
async def test_only_a_modern_servers_word_counts_and_the_shortest_of_its_pages(
    double: Double, room: Room, era: Era, fresh: float | None
) -> None:
    """What a field of that name means in the legacy era nobody agreed on."""
    pages: list[dict[str, Any]] = [
        {"tools": [], "ttlMs": 60_000, "cacheScope": "public", "nextCursor": "2"},
        {"tools": [], "ttlMs": 30_000, "cacheScope": "private"},
    ]

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "tools/list":
            wire.result(pages["cursor" in wire.seen.message["params"]])
        elif era is Era.MODERN:
            await double.modern(wire)
        else:
            await double.legacy(wire)

    double.behave = behave
    upstream = room.upstream(double.url, remembered=era)
    assert upstream.fresh is None
    await upstream.list_tools()
    assert upstream.fresh == fresh
