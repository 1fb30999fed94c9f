"""What a cassette leaves out, and what it keeps."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proxy.cassette.scrub import scrubbed
from proxy.telltale import WITHHELD

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ({"password": "hunter2"}, "hunter2"),
        ({"db": {"Passphrase": "correct horse"}}, "correct horse"),
        ({"pin": 4711}, "4711"),
        ({"api_key": "abc"}, "abc"),
        ({"headers": ["Authorization: Bearer abcdefgh12"]}, "abcdefgh12"),
        ({"text": '{"password": "hunter2", "n": 1}'}, "hunter2"),
        ({"text": '{"clientSecret": "correct horse"}'}, "horse"),
        ({"text": r'{"inner": "{\"password\": \"hunter2\"}"}'}, "hunter2"),
        ({"text": '{"password": "correct horse battery"}'}, "horse"),
        ({"text": r'{"password": "a\"horse b"}'}, "horse"),
        ({"text": r"{\"password\": \"correct horse\", \"n\": 1}"}, "horse"),
        ({"text": "password = 'correct horse'"}, "horse"),
        ({"text": "client_secret=s3cr3t&x=1"}, "s3cr3t"),
        ({"text": "AWS_SECRET_ACCESS_KEY=wJalrXUt/bPx"}, "wJalrXUt"),
        ({"note": f"use {JWT} here"}, JWT),
        ({"note": "ghp_0123456789abcdefABCDEF0123456789abcd"}, "ghp_"),
        ({"note": KEY}, "MIIEvQIBADANBgkq"),
        ({"note": "postgres://alice:hunter2@db/x"}, "hunter2"),
        ({"note": "k3yW1thL3tt3rsAndD1g1tsM1x3d"}, "k3yW1th"),
        ({"note": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"}, "9f86d081884c7d659"),
        ({"hunter2password=hunter2": 1}, "=hunter2"),
    ],
)
def test_what_looks_like_a_secret_is_left_out(value: object, secret: str) -> None:
    """Under its name, by its form, in a text, in a name, or as JSON inside a text."""
    kept = json.dumps(scrubbed(value))
    assert secret not in kept
    assert WITHHELD in kept


@pytest.mark.parametrize(
    "value",
    [
        {"query": "SELECT * FROM dev_alice.daily_revenue WHERE ds = '2026-11-25'"},
        {"job": "application_1700000000000_0042", "attempt": "attempt-202611250001-m-000003-0"},
        {"id": "0b6e2f1c-4a35-4d6f-9e0a-2f7c1d3b5a79"},
        {"at": "2026-11-26T02:20:00.123Z", "max_tokens": 4096, "tokens": 12},
        {"text": "The token bucket is full; ask for the password reset page."},
        {
            "content": [
                {"type": "image", "mimeType": "image/png", "data": "iVBORw0KGgo4AAAANSUhEUg"}
            ]
        },
        {"pinned": "yes", "author": "alice", "keyword": "spark"},
        [None, True, 1.5, "", {}],
    ],
)
def test_what_an_agent_needs_is_kept(value: object) -> None:
    """Names, ids of jobs, times and pictures are as they were."""
    assert scrubbed(value) == value


PIECES = (
    "password",
    "Bearer ",
    "=",
    ":",
    '"',
    " ",
    "hunter2",
    "://",
    "@",
    "ghp_",
    JWT,
    KEY,
    "[",
    "]",
)


@example("]'://password://'token@")
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=9).map("".join))
def test_what_was_left_out_once_is_left_out_for_good(text: str) -> None:
    """A call is found again by what is left of it, also after that went through a file."""
    once = scrubbed({"text": text})
    assert scrubbed(once) == once
