"""The forwarded identity, in the forms that gateways send."""

from __future__ import annotations

import base64
import json

import pytest
from starlette.datastructures import Headers

from sandbox.kit import Caller, current_caller
from sandbox.kit.caller import parse_groups

BOTH = frozenset({"ads-eng", "employees"})


def encoded(value: object, *, url_safe: bool = False, padding: bool = True) -> str:
    """A JSON value in base64, as a gateway puts a list claim into a header."""
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    text = encode(json.dumps(value).encode()).decode()
    return text if padding else text.rstrip("=")


@pytest.mark.parametrize(
    ("header", "groups"),
    [
        ("ads-eng,employees", BOTH),
        (" ads-eng , employees ,", BOTH),
        (encoded(["ads-eng", "employees"]), BOTH),
        (encoded(["ads-eng", "employees"], padding=False), BOTH),
        (encoded(["a?b>c~", "d"], url_safe=True), {"a?b>c~", "d"}),
        ("admin", {"admin"}),
        ("", set()),
        (encoded({"ads-eng": 1}), {encoded({"ads-eng": 1})}),
        (encoded(["ads-eng", 1]), {encoded(["ads-eng", 1])}),
        (encoded(["ok", "bad\nname", "x" * 201]), {"ok"}),
    ],
)
def test_groups_are_read_from_comma_lists_and_encoded_lists(
    header: str, groups: frozenset[str]
) -> None:
    """A comma list and a base64 JSON list give the same groups; anything else gives no more."""
    assert parse_groups(header) == groups


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("x-forwarded-groups", "ads-eng")],
        [("x-forwarded-user", ""), ("x-forwarded-groups", "ads-eng")],
        [("x-forwarded-user", "alice\x1b[31m"), ("x-forwarded-groups", "ads-eng")],
        [
            ("x-forwarded-user", "alice"),
            ("x-forwarded-user", "ceo"),
            ("x-forwarded-groups", "ads-eng"),
        ],
    ],
)
def test_a_doubtful_identity_is_nobody_without_groups(headers: list[tuple[str, str]]) -> None:
    """No user, an unpresentable one or two of them make the caller nobody."""
    raw = [(name.encode(), value.encode()) for name, value in headers]
    assert Caller.from_headers(Headers(raw=raw)) == Caller()


def test_groups_that_came_twice_are_not_believed() -> None:
    """A second groups header, which a gateway would not send, costs the caller all groups."""
    raw = [
        (b"x-forwarded-user", b"alice"),
        (b"x-forwarded-groups", b"employees"),
        (b"x-forwarded-groups", b"ads-eng"),
    ]
    assert Caller.from_headers(Headers(raw=raw)) == Caller("alice")


def test_outside_of_a_call_nobody_calls() -> None:
    """Code that runs outside of a tool call sees nobody."""
    assert current_caller() == Caller()
