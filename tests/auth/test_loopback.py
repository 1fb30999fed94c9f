"""The way back from the browser: only the person's own answer counts."""

from __future__ import annotations

import asyncio
import socket
import struct
from urllib.parse import urlencode

import pytest

from auth.loopback import MOST_AT_ONCE, Loopback, NotTheAnswer, read_head, read_pasted

STATE = "the-right-state"


async def _ask(port: int, target: str, *, host: str = "", method: str = "GET") -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"{method} {target} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\n\r\n".encode()
    )
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_what_is_not_the_answer_changes_nothing() -> None:
    """Another path, state, Host or method is refused, and the person's answer still counts."""
    async with Loopback(STATE) as loopback:
        good = f"/callback?{urlencode({'state': STATE, 'code': 'c'})}"
        for target, host, method, status in (
            ("/favicon.ico", "", "GET", 404),
            ("//callback?state=" + STATE, "", "GET", 404),
            ("/callback/?state=" + STATE, "", "GET", 404),
            ("/callback?state=wrong&code=c", "", "GET", 400),
            ("/callback?code=c", "", "GET", 400),
            (good + "&code=d", "", "GET", 400),
            (good, "localhost", "GET", 400),
            (good, f"evil.example:{loopback.port}", "GET", 400),
            (good, "", "POST", 405),
        ):
            answer = await _ask(loopback.port, target, host=host, method=method)
            assert answer.startswith(f"HTTP/1.1 {status} "), target
        came = asyncio.create_task(_ask(loopback.port, good))
        assert await loopback.answer() == {"state": STATE, "code": "c"}
        assert (await _ask(loopback.port, good)).startswith("HTTP/1.1 410 ")
        loopback.conclude(200, "Signed in as <alice>", "Close this window.")
    page = await came
    assert "&lt;alice&gt;" in page
    assert "Content-Security-Policy: default-src 'none'" in page
    assert "no-referrer" in page
    with pytest.raises(ConnectionRefusedError):
        await _ask(loopback.port, good)


async def test_connections_that_say_nothing_do_not_hold_up_the_end() -> None:
    """A browser's unused connections are dropped, and too long a request is not read."""
    async with Loopback(STATE) as loopback:
        reader, writer = await asyncio.open_connection("127.0.0.1", loopback.port)
        _, long = await asyncio.open_connection("127.0.0.1", loopback.port)
        long.write(b"GET /" + b"x" * 100_000)
    assert await asyncio.wait_for(reader.read(), 120) == b""
    for end in (writer, long):
        end.transport.abort()


async def test_a_browser_that_leaves_before_the_page_loses_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The answer counts although the window was closed at once, and nothing is logged as wrong."""
    async with Loopback(STATE) as loopback:
        _, writer = await asyncio.open_connection("127.0.0.1", loopback.port)
        host = f"127.0.0.1:{loopback.port}"
        writer.write(f"GET /callback?state={STATE} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        await loopback.answer()
        own = writer.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        await asyncio.sleep(0)
        loopback.conclude(200, "Signed in", "Close this window.")
    assert caplog.text == ""


async def test_connections_that_say_nothing_do_not_keep_the_browser_out() -> None:
    """However many are held open in silence, the oldest makes way, and none of it is an error."""
    reported: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: reported.append(told))
    async with Loopback(STATE) as loopback:
        held = [
            await asyncio.open_connection("127.0.0.1", loopback.port)
            for _ in range(MOST_AT_ONCE + 1)
        ]
        assert await held[0][0].read() == b""
        came = asyncio.create_task(_ask(loopback.port, f"/callback?state={STATE}&code=c"))
        assert await loopback.answer() == {"state": STATE, "code": "c"}
        loopback.conclude(200, "Signed in", "Close this window.")
        assert (await came).startswith("HTTP/1.1 200 ")
    for _, writer in held:
        writer.transport.abort()
    assert reported == []


def test_a_request_that_is_not_http_is_refused() -> None:
    """Any bytes at all lead to a status, never to an error of our own."""
    for head in (
        b"",
        b"\r\n\r\n",
        b"\x16\x03\x01",
        b"GET\r\n\r\n",
        b"GET /callback?%ff HTTP/1.1\r\n",
    ):
        assert read_head(head, {1}, STATE) == 400
    many = b"&".join(b"a%d=1" % n for n in range(100))
    head = b"GET /callback?" + many + b" HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"
    assert read_head(head, {1}, STATE) == 400


BACK = "http://127.0.0.1:4711/callback"


@pytest.mark.parametrize(
    "pasted",
    [
        f"{BACK}?state={STATE}&code=c",
        f"  <{BACK}?code=c&state={STATE}>\n",
        f'"{BACK}?code=c&\nstate={STATE}"',
        f"{BACK}?code=c&state={STATE}#_=_",
    ],
    ids=["as it is", "in brackets", "broken over lines", "with a fragment"],
)
def test_the_address_at_which_a_browser_stopped_is_read_as_people_paste_it(pasted: str) -> None:
    """Quotes, brackets, line breaks of a terminal and a fragment do not matter."""
    assert read_pasted(pasted, BACK, STATE) == {"state": STATE, "code": "c"}


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "begins with"),
        ("the-code-alone", "begins with"),
        (f"http://127.0.0.1:4712/callback?state={STATE}&code=c", "begins with"),
        (f"https://evil.example/callback?state={STATE}&code=c", "begins with"),
        (f"{BACK}?state=another&code=c", "another sign-in"),
        (f"{BACK}?code=c", "another sign-in"),
        (f"{BACK}?state={STATE}&code=c&code=d", "another sign-in"),
        (BACK + "?" + "&".join(f"a{n}=1" for n in range(100)), "another sign-in"),
    ],
)
def test_a_pasted_address_of_another_sign_in_is_none(pasted: str, said: str) -> None:
    """The state decides, as it does for a browser; what is wrong is said, not repeated."""
    with pytest.raises(NotTheAnswer, match=said):
        read_pasted(pasted, BACK, STATE)


async def test_an_editors_forwarding_may_lead_here_from_loopback_alone() -> None:
    """Its port then counts as ours; another host, path or scheme is not taken."""
    async with Loopback(STATE) as loopback:
        good = f"/callback?{urlencode({'state': STATE, 'code': 'c'})}"
        for address in (
            "https://forwarded.example/callback",
            "http://localhost:4711/callback",
            "http://127.0.0.1:4711/other",
            "http://127.0.0.1:4711/callback?x=1",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1:99999/callback",
            "http://127.0.0.1/callback",
        ):
            assert not loopback.reached_by(address), address
        answer = await _ask(loopback.port, good, host="127.0.0.1:4711")
        assert answer.startswith("HTTP/1.1 400 ")
        assert loopback.reached_by("http://127.0.0.1:4711/callback")
        came = asyncio.create_task(_ask(loopback.port, good, host="127.0.0.1:4711"))
        assert await loopback.answer() == {"state": STATE, "code": "c"}
        loopback.conclude(200, "Signed in", "Close this window.")
    assert (await came).startswith("HTTP/1.1 200 ")
