"""Where a URL points: one answer, or none."""

from __future__ import annotations

import pytest

from proxy.address import BadAddress, endpoint, is_loopback, origin

REFUSED = [
    "http://gateway.example/mcp",  # a token would travel in the clear
    "https://gateway.example@evil.example/",
    "https://user:word@gateway.example/",
    "https://gateway.example\\@evil.example/",
    "https://gateway.example\t.evil.example/",
    "https://gätway.example/",
    "https://gateway.example:0/",
    "https://gateway.example:99999/",
    "https://gateway.example:a/",
    "https://gate%77ay.example/",
    "https://-gateway.example/",
    "https://[::1/",
    "https:///mcp",
    "ftp://gateway.example/",
    "javascript:alert(1)",
    "gateway.example",
    "",
]


@pytest.mark.parametrize("url", REFUSED)
def test_a_url_on_which_parsers_differ_has_no_origin(url: str) -> None:
    """It is refused, with the end of a sentence that says why."""
    with pytest.raises(BadAddress) as caught:
        origin(url)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://Gateway.Example:443/mcp", "https://gateway.example"),
        ("https://gateway.example.:8443/mcp", "https://gateway.example:8443"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:80/", "http://[::1]"),
        ("HTTP://127.0.0.1/", "http://127.0.0.1"),
    ],
)
def test_an_origin_has_one_spelling(url: str, where: str) -> None:
    """Lower case, without the default port or a dot at the end."""
    assert origin(url) == where


@pytest.mark.parametrize(
    "url", ["https://g.example/a/../b", "https://g.example/%2e%2e/b", "https://g.example/a#b"]
)
def test_an_endpoint_has_no_second_reading(url: str) -> None:
    """Dots and fragments are refused, however they are written."""
    with pytest.raises(BadAddress):
        endpoint(url)


def test_equal_endpoints_are_spelled_equally() -> None:
    """Case of the host, double slashes and a slash at the end make no other server."""
    spellings = ("https://G.example/a//b/", "https://g.example:443/a/b", "https://g.example/a/%62")
    assert {endpoint(url) for url in spellings} == {"https://g.example/a/b"}


def test_only_this_machine_is_loopback() -> None:
    """Names that merely look local are not."""
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "::1")))
    assert not any(map(is_loopback, ("127.0.0.256", "127.999.0.1")))
    assert not any(map(is_loopback, ("localhost.evil.example", "127.evil.example", "0.0.0.0")))  # noqa: S104
