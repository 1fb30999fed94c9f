"""What issuers say in their own ways is read in the way that costs the person least."""

from __future__ import annotations

import math

import pytest

from auth.network import Answer
from auth.token_endpoint import GrantGone, IssuerRefused, IssuerUnwell, _refusal, lifetime, told


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (120, 120.0),
        ("120", 120.0),
        (None, 300.0),
        ("soon", 300.0),
        (math.nan, 300.0),
        (math.inf, 86400.0),
        (10**400, 300.0),
        (-5, 0.0),
        ([], 300.0),
    ],
)
def test_a_lifetime_is_read_from_numbers_and_strings(given: object, seconds: float) -> None:
    """A lifetime is bounded, and what is none counts as five minutes."""
    assert lifetime(given) == seconds


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"error":"invalid_grant"}', GrantGone),
        (400, b"", GrantGone),
        (401, b"", IssuerRefused),
        (400, b'{"error":"invalid_client"}', IssuerRefused),
        (400, b"<h1>Proxy</h1>", IssuerUnwell),
        (403, b'{"message":"blocked"}', IssuerUnwell),
        (400, b'{"error":"temporarily_unavailable"}', IssuerUnwell),
        (429, b"", IssuerUnwell),
        (503, b'{"error":"invalid_grant"}', IssuerUnwell),
        (302, b"", IssuerUnwell),
        (400, b"[" * 100_000, IssuerUnwell),
    ],
)
def test_only_a_clear_no_ends_a_sign_in(status: int, body: bytes, kind: type) -> None:
    """Errors of proxies and of an issuer in trouble pass; `invalid_grant` does not."""
    assert type(_refusal(Answer(status, {}, body), "https://sso.corp.example/token", [])) is kind


def test_an_issuer_that_quotes_what_was_sent_is_not_repeated() -> None:
    """Neither a secret nor a control character of an error gets into a message."""
    assert "0123456789" not in told("e", "bad token 0123456789abcdefXYZ", ["0123456789abcdefXYZ"])
    assert told("e", "a\x1b[2J\nb") == "e: a [2J b"
