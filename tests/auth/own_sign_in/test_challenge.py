"""What a server says when it refuses a request."""

from __future__ import annotations

import pytest

from auth.own_sign_in.challenge import Challenge


@pytest.mark.parametrize(
    ("header", "wants_more", "scopes"),
    [
        ("", False, ""),
        ('Bearer error="insufficient_scope", scope="a b"', True, "a b"),
        ("Bearer scope=a, error=insufficient_scope", True, "a"),
        ('bearer ERROR="insufficient_scope"', True, ""),
        ('Bearer error="invalid_token", scope="a"', False, "a"),
        ('Bearer xerror="insufficient_scope"', False, ""),
        ('Bearer error="insufficient_scope", scope="a\x1b[2J b"', True, "b"),
    ],
)
def test_a_refusal_says_whether_more_is_wanted_and_what(
    header: str, *, wants_more: bool, scopes: str
) -> None:
    """Quoted or not, in any order; what cannot be shown is left out."""
    challenge = Challenge(403, header)
    assert (challenge.wants_more, challenge.scopes) == (wants_more, scopes)
    assert not Challenge(401, header).wants_more


def test_what_was_granted_is_not_asked_for_again() -> None:
    """Then another sign-in would bring nothing."""
    challenge = Challenge(403, 'Bearer error="insufficient_scope", scope="a b"')
    assert challenge.asks_beyond("a")
    assert not challenge.asks_beyond("b c a")
    assert Challenge(403, 'Bearer error="insufficient_scope"').asks_beyond("a")
