"""How one answer of the registry follows another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.naming import short_names
from proxy.registry.entry import trim
from proxy.registry.listing import Copy, Listing, Page, follow, listing
from tests.proxy.registry.registry_double import KEY, block, envelope

if TYPE_CHECKING:
    from collections.abc import Mapping


def answer(*envelopes: dict[str, Any]) -> Copy:
    """One answer of the registry, on one page."""
    servers = [trimmed for each in envelopes if (trimmed := trim(each, KEY)) is not None]
    return Copy((Page("", "", "", tuple(servers)),), signed=True, fetched_at=1.0)


def names(listed: Listing) -> Mapping[str, str]:
    """The short names that a listing leads to."""
    pairs = [(entry.name, entry.published) for entry in listed.entries]
    return short_names([*pairs, *listed.departed.items()])


def test_a_new_version_never_renames_a_server() -> None:
    """The first publication decides, although a registry gives the time of the latest version."""
    first, second = "com.a/presto", "com.b/presto"
    young = envelope(second, publishedAt="2026-02-01T00:00:00Z")
    before = follow(None, answer(envelope(first, publishedAt="2026-01-01T00:00:00Z"), young), KEY)
    after = follow(before, answer(envelope(first, publishedAt="2026-03-01T00:00:00Z"), young), KEY)
    assert names(listing(before, KEY))[first] == "presto"
    assert names(listing(after, KEY)) == names(listing(before, KEY))


def test_a_server_that_left_keeps_its_short_name_until_it_is_back() -> None:
    """Nobody inherits a name, over any number of answers, and the server itself gets it again."""
    first, second = envelope("com.a/presto"), envelope("com.b/presto")
    both = follow(None, answer(first, second), KEY)
    alone = follow(follow(both, answer(second), KEY), answer(second), KEY)
    assert names(listing(alone, KEY)) == names(listing(both, KEY))
    back = follow(alone, answer(first, second), KEY)
    assert not back.departed
    assert names(listing(back, KEY)) == names(listing(both, KEY))


def test_of_several_versions_the_latest_counts() -> None:
    """A registry that lists every version still has one entry per server."""
    old, new = envelope(isLatest=False), envelope(isLatest=True)
    new["server"]["version"] = "2.0.0"
    for order in ((old, new), (new, old)):
        [entry] = listing(answer(*order), KEY).entries
        assert entry.version == "2.0.0"


def test_the_order_of_pages_does_not_change_the_revision() -> None:
    """The revision speaks of content alone."""
    one, two = envelope("com.a/x", block()), envelope("com.b/y", block())
    assert listing(answer(one, two), KEY).revision == listing(answer(two, one), KEY).revision
