"""When a token is renewed, and what is written of a sign-in."""

from __future__ import annotations

import pytest

from auth.credential import Credential, Held
from auth.identity import Identity
from auth.secret import Secret

NOW = 1_800_000_000.0
ALICE = Identity("https://sso.example", "alice-sub", "alice", frozenset({"eng"}))


def test_renewal_is_early_and_never_in_step() -> None:
    """A minute before the end, give or take ten seconds, so that no two machines ask at once."""
    moments = {Held.received(Secret("t"), 600, NOW).renew_at - NOW for _ in range(50)}
    assert all(530 <= moment <= 550 for moment in moments)
    assert len(moments) > 1


def test_a_short_life_gives_up_a_fifth_at_most() -> None:
    """A token of two minutes is not renewed at every call."""
    assert all(Held.received(Secret("t"), 120, NOW).renew_at - NOW >= 96 for _ in range(50))


@pytest.mark.parametrize("ahead", [-7200.0, 0.0, 7200.0])
def test_what_the_issuers_clock_says_does_not_matter(ahead: float) -> None:
    """A token lives from when it came, by this computer's clock, whatever another one says."""
    held = Held.received(Secret("t"), 600, NOW + ahead)
    assert held.usable(NOW + ahead + 500)
    assert not held.usable(NOW + ahead + 600)


def test_a_sign_in_is_read_as_it_was_written_and_as_earlier_versions_wrote_it() -> None:
    """The ID token and the time to settle came later; a file without them is still a sign-in."""
    tokens = {"key": Held.received(Secret("a"), 600, NOW, after_refusal=True)}
    whole = Credential(ALICE, Secret("r"), tokens, Held.received(Secret("i"), 300, NOW))
    assert Credential.from_json(whole.to_json(), ALICE.issuer) == whole
    earlier = whole.to_json()
    del earlier["id_token"]
    earlier["tokens"] = {"key": ["a", NOW + 600, NOW + 540]}
    found = Credential.from_json(earlier, ALICE.issuer)
    assert (found.id_token, found.tokens["key"].settled_at) == (None, 0.0)


@pytest.mark.parametrize("held", [["a"], ["a", "soon", 1], ["a", 1, 2, 3, 4], "a", [1, 2, 3]])
def test_what_is_no_token_makes_no_sign_in(held: object) -> None:
    """It is refused whole, and the person signs in again."""
    content = Credential(ALICE, None, {}).to_json()
    content["tokens"] = {"key": held}
    with pytest.raises(ValueError, match="not a token"):
        Credential.from_json(content, ALICE.issuer)
