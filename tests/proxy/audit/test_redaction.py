"""What the audit keeps of arguments."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.audit.redaction import digest, summary

SECRETS = st.text(string.ascii_letters + string.digits, min_size=16, max_size=120).filter(
    lambda text: any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.text(string.ascii_letters + "_.", min_size=1, max_size=20), SECRETS)
def test_nothing_that_looks_like_a_token_is_kept(name: str, secret: str) -> None:
    """Whatever the argument is called, in a string, a list or an object."""
    for value in (secret, f"Bearer {secret}", [secret], {"deep": secret}, f"x-{secret}"):
        assert secret not in summary({name: value})


@pytest.mark.parametrize(
    "name", ["password", "API_KEY", "accessToken", "auth", "client-secret", "Cookie", "otp", "PIN"]
)
def test_an_argument_that_sounds_secret_is_withheld(name: str) -> None:
    """Even a value that reads like a word, or a number."""
    for value in ("hunter", 1234, True):
        assert summary({name: value}) == f"{name}=[withheld]"


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        "xoxb-12-abc",
        "glpat_abcDEF",
        "sk-live-AbC",
        "postgres:x:y1/db",
        4111111111111111,
    ],
)
def test_a_key_under_an_innocent_name_is_only_measured(value: object) -> None:
    """Digits, capitals and long numbers are what keys are made of."""
    assert str(value) not in summary({"value": value})


def test_what_recognises_a_call_is_kept() -> None:
    """Names, numbers and flags stay; the rest is only measured."""
    arguments = {
        "table": "dev.orders",
        "limit": 5,
        "dry": False,
        "where": None,
        "sql": "select * from x",
        "ids": [1, 2],
        "options": {"a": 1},
    }
    assert summary(arguments) == (
        "table=dev.orders limit=5 dry=false where=null sql=[15 characters] ids=[2 items] "
        "options=[1 fields]"
    )


@given(st.dictionaries(st.text(st.characters(), max_size=60), VALUES, max_size=30))
def test_a_summary_is_one_short_printable_line(arguments: dict[str, object]) -> None:
    """Whatever the arguments are, their summary can be shown and stored."""
    line = summary(arguments)
    assert len(line) <= 400
    assert line.isprintable()
    if len(arguments) > 12:
        assert "more" in line or line.endswith("…")


@given(st.dictionaries(st.text(st.characters(), max_size=8), VALUES, max_size=6))
def test_equal_arguments_have_equal_digests(arguments: dict[str, object]) -> None:
    """The order of keys does not matter; the key of the journal does."""
    turned = dict(reversed(arguments.items()))
    assert digest(b"k", arguments) == digest(b"k", turned)
    assert digest(b"k", arguments) != digest(b"other", arguments)
    assert digest(b"k", arguments) != digest(b"k", {**arguments, "added": 1})
