"""What a person is shown of a definition that changed."""

from __future__ import annotations

from proxy.trust.difference import difference


def test_what_was_never_trusted_is_only_added() -> None:
    """Nothing is taken out of nothing."""
    assert difference({}, {"name": "x", "description": "Adds."}) == [
        "+ description: Adds.",
        "+ name: x",
    ]


def test_a_key_that_looks_like_the_head_of_a_difference_is_shown() -> None:
    """No choice of names hides a line from whoever has to accept it."""
    shown = difference({"name": "x", "--old": "a"}, {"name": "x", "++new": "b", "@@": "c"})
    assert {"- --old: a", "+ ++new: b", "+ @@: c"} <= set(shown)
