"""Who may talk to the loopback front."""

from __future__ import annotations

import pytest

from auth.secret import Secret
from ide_protocol.http.gate import refuse
from ide_protocol.http.request import Request

SECRET = Secret("k" * 43)


def knock(*fields: tuple[str, str], target: str = "/mcp") -> int | None:
    """The status of the refusal of a request with these headers; None when it is let in."""
    refusal = refuse(Request("POST", target, fields), SECRET)
    return None if refusal is None else refusal.status


HOST = ("host", "127.0.0.1:8080")
KEY = ("authorization", f"Bearer {SECRET.reveal()}")


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "LOCALHOST:80", "[::1]:9"])
def test_loopback_is_let_in_by_any_of_its_names(host: str) -> None:
    """And on any port, because one may be forwarded to ours."""
    assert knock(("host", host), KEY) is None


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "x@localhost", "", "["],
)
def test_a_name_that_only_resolves_to_loopback_is_refused(host: str) -> None:
    """DNS rebinding: the browser believes that it talks to its own page's server."""
    assert knock(("host", host), KEY) == 403


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://127.0.0.1", "http://[::1]"])
def test_a_page_of_this_machine_is_let_in(origin: str) -> None:
    """With the secret, as everybody."""
    assert knock(HOST, KEY, ("origin", origin)) is None
    assert knock(HOST, ("origin", origin)) == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "file://localhost", ""])
def test_pages_of_other_origins_are_refused(origin: str) -> None:
    """Also where a second header says otherwise."""
    assert knock(HOST, KEY, ("origin", origin)) == 403
    assert knock(HOST, KEY, ("origin", "http://localhost"), ("origin", origin)) == 403


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("authorization", "Bearer ")],
        [("authorization", SECRET.reveal())],
        [("authorization", f"Basic {SECRET.reveal()}")],
        [("authorization", f"Bearer {SECRET.reveal()}x")],
        [KEY, ("authorization", "Bearer other")],
    ],
)
def test_only_who_sends_the_secret_is_let_in(fields: list[tuple[str, str]]) -> None:
    """Once, whole, and as a bearer token; the refusal names no way to sign in."""
    assert knock(HOST, *fields) == 401


def test_without_a_secret_everybody_on_this_machine_is_let_in() -> None:
    """Which a person must ask for; the origin is checked all the same."""
    assert refuse(Request("POST", "/mcp", [HOST]), None) is None
    assert refuse(Request("POST", "/mcp", [HOST, ("origin", "http://a.example")]), None)


def test_there_is_one_path() -> None:
    """What follows a question mark is nobody's."""
    assert knock(HOST, KEY, target="/mcp?x=1") is None
    assert knock(HOST, KEY, target="/") == 404
