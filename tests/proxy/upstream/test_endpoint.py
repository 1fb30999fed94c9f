"""Tokens, redirects, and servers that misbehave below MCP."""

from __future__ import annotations

import asyncio
import gzip
import logging
import traceback
from typing import TYPE_CHECKING

import pytest

from auth.secret import Secret
from proxy.upstream import Era
from proxy.upstream.answer import LIMIT
from proxy.upstream.fault import (
    UpstreamFault,
    UpstreamLost,
    UpstreamMalformed,
    UpstreamMisplaced,
    UpstreamSignInNeeded,
    UpstreamUnreachable,
)
from tests.proxy.upstream.upstream_double import Asker, Double, Tokens

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.proxy.upstream.conftest import Room
    from tests.proxy.upstream.upstream_double import Wire

CALL = {"name": "t", "arguments": {}}


async def test_a_refused_token_is_replaced_once_and_the_call_succeeds(
    double: Double, room: Room
) -> None:
    """A 401 did not run, so the same call goes again with the next token."""

    async def behave(wire: Wire) -> None:
        if wire.seen.headers["authorization"] == "Bearer old":
            wire.send(401)
        else:
            await double.modern(wire)

    double.behave = behave
    grant = Tokens("old", "new")
    upstream = room.upstream(double.url, grant=grant, remembered=Era.MODERN)
    response = await upstream.send("tools/call", CALL, Asker())
    assert response["result"]["echo"]["name"] == "t"
    assert grant.refusals == ["old"]
    assert double.methods() == ["tools/call"] * 2


async def test_a_server_is_sent_the_users_own_headers_and_repeats_none_of_their_secrets(
    double: Double, room: Room
) -> None:
    """They go with every request; one that was refused is looked up again."""
    kept = {"x-api-key": "an-old-key-of-the-user", "x-team": "data"}

    async def own() -> dict[str, Secret]:
        return {name: Secret(value) for name, value in kept.items()}

    async def behave(wire: Wire) -> None:
        if wire.seen.headers["x-api-key"] == "an-old-key-of-the-user":
            wire.send(401, b"an-old-key-of-the-user is no key", "text/plain")
        else:
            await double.modern(wire)

    double.behave = behave
    upstream = room.upstream(double.url, remembered=Era.MODERN, headers=own)
    with pytest.raises(UpstreamFault) as refused:
        await upstream.send("tools/call", CALL, Asker())
    assert "an-old-key-of-the-user" not in f"{refused.value.message} {refused.value.data}"
    kept["x-api-key"] = "a-new-key-of-the-user"
    response = await upstream.send("tools/call", CALL, Asker())
    assert response["result"]["echo"]["name"] == "t"
    assert [seen.headers["x-team"] for seen in double.seen] == ["data"] * len(double.seen)


@pytest.mark.parametrize("era", [Era.MODERN, Era.LEGACY])
@pytest.mark.parametrize(
    "answered",
    [(200, "json"), (400, "json"), (403, "json"), (403, "text"), (500, "text"), (500, "json")],
)
async def test_a_token_that_a_server_repeats_gets_no_further(
    double: Double,
    room: Room,
    caplog: pytest.LogCaptureFixture,
    era: Era,
    answered: tuple[int, str],
) -> None:
    """Neither the error nor the fault nor the log holds it, whole or its beginning."""
    status, kind = answered
    caplog.set_level(logging.DEBUG)
    token = "eyJhbGciOiJFUzI1NiJ9.canary.of.this.test"

    async def behave(wire: Wire) -> None:
        if wire.seen.method != "tools/call":
            await double.legacy(wire)
        elif kind == "json":
            quoted = wire.seen.headers["authorization"][:30]
            wire.error(-32603, status, message=f"bad request: {quoted}")
        else:
            wire.send(status, str(wire.seen.headers).encode(), "text/plain")

    double.behave = behave
    upstream = room.upstream(double.url, grant=Tokens(token), remembered=era)
    try:
        said = str(await upstream.send("tools/call", CALL, Asker()))
    except UpstreamFault as fault:
        said = str(fault.as_json()) + "".join(traceback.format_exception(fault))
    assert "withheld" in said
    assert "ciOiJFUzI1" not in said + caplog.text


@pytest.mark.parametrize(("tokens", "attempts"), [(("a", "b", "c"), 2), (("a",), 1), ((), 1)])
async def test_a_server_that_refuses_the_fresh_token_too_needs_a_person(
    double: Double, room: Room, tokens: tuple[str, ...], attempts: int
) -> None:
    """There is one second chance, and none when the token would be the same or there is none."""

    async def behave(wire: Wire) -> None:
        wire.send(401)

    double.behave = behave
    grant = Tokens(*tokens) if tokens else None
    upstream = room.upstream(double.url, grant=grant, remembered=Era.MODERN)
    with pytest.raises(UpstreamSignInNeeded):
        await upstream.send("tools/call", CALL, Asker())
    assert len(double.seen) == attempts


async def test_a_gateway_that_learns_late_of_a_token_is_asked_again_with_the_same(
    double: Double, room: Room
) -> None:
    """As often as the grant says; what comes of it is the call's own answer."""

    async def behave(wire: Wire) -> None:
        if len(double.seen) < 4:
            wire.send(401)
        else:
            wire.result({"content": []})

    double.behave = behave
    grant = Tokens("old", "new", chances=5)
    upstream = room.upstream(double.url, grant=grant, remembered=Era.MODERN)
    answer = await upstream.send("tools/call", CALL, Asker())
    assert answer["result"]["content"] == []
    sent = [seen.headers["authorization"] for seen in double.seen]
    assert sent == ["Bearer old", *["Bearer new"] * 3]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_never_carries_the_token_anywhere(
    double: Double, room: Room, status: int
) -> None:
    """The other origin hears nothing at all, and the fault says that it is not followed."""
    elsewhere: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, w: elsewhere.append(w), "127.0.0.1", 0)
    target = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"

    async def behave(wire: Wire) -> None:
        wire.send(status, location=target)

    double.behave = behave
    upstream = room.upstream(double.url, grant=Tokens("secret"), remembered=Era.MODERN)
    with pytest.raises(UpstreamMisplaced, match="never followed"):
        await upstream.send("tools/call", CALL, Asker())
    server.close()
    assert elsewhere == []


async def test_a_token_that_no_header_can_carry_stays_out_of_the_fault(
    double: Double, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """The HTTP library quotes the header it refuses; the fault and its traceback do not."""
    caplog.set_level(logging.DEBUG, "portico")
    upstream = room.upstream(double.url, grant=Tokens("canary\n"), remembered=Era.MODERN)
    with pytest.raises(UpstreamUnreachable) as fault:
        await upstream.send("tools/call", CALL, Asker())
    shown = "".join(traceback.format_exception(fault.value)) + caplog.text
    assert "canary" not in shown
    assert double.seen == []


async def _dies_in_a_stream(wire: Wire) -> None:
    wire.stream()
    wire.event({"jsonrpc": "2.0", "method": "notifications/message", "params": {}})
    wire.hang_up()


async def _ends_without_response(wire: Wire) -> None:
    wire.stream()
    wire.chunk(b"")


async def _dies_in_a_body(wire: Wire) -> None:
    wire.head(200, content_type="application/json", content_length="100")
    wire.writer.write(b'{"jsonrpc"')
    await wire.writer.drain()
    wire.writer.close()


async def _answers_garbage(wire: Wire) -> None:
    wire.send(200, b"{nonsense")


async def _nests_deeply(wire: Wire) -> None:
    wire.send(200, b"[" * 200_000)


async def _sends_a_page(wire: Wire) -> None:
    wire.send(200, b"<html>", "text/html; charset=utf-8")


async def _compresses(wire: Wire) -> None:
    wire.send(200, gzip.compress(b"{}"), content_encoding="gzip")


async def _answers_another(wire: Wire) -> None:
    wire.json({"jsonrpc": "2.0", "id": -1, "result": {}})


async def _is_not_http(wire: Wire) -> None:
    wire.writer.write(b"SSH-2.0-nonsense\r\n\r\n")


async def _never_ends_a_line(wire: Wire) -> None:
    wire.stream()
    piece = b"data: " + b"x" * (1024 * 1024)
    for _ in range(LIMIT // len(piece) + 2):
        wire.chunk(piece)
        await wire.writer.drain()


async def _sends_too_much(wire: Wire) -> None:
    wire.head(200, content_type="application/json", content_length=str(LIMIT + 1))
    for _ in range(33):
        wire.writer.write(b" " * (1024 * 1024))
        await wire.writer.drain()


@pytest.mark.parametrize(
    ("misbehave", "fault"),
    [
        (_dies_in_a_stream, UpstreamLost),
        (_ends_without_response, UpstreamLost),
        (_dies_in_a_body, UpstreamLost),
        (_is_not_http, UpstreamLost),
        (_answers_garbage, UpstreamMalformed),
        (_nests_deeply, UpstreamMalformed),
        (_sends_a_page, UpstreamMalformed),
        (_compresses, UpstreamMalformed),
        (_answers_another, UpstreamMalformed),
        (_never_ends_a_line, UpstreamMalformed),
        (_sends_too_much, UpstreamMalformed),
    ],
)
async def test_a_server_that_misbehaves_costs_one_call_and_never_the_next(
    double: Double,
    room: Room,
    misbehave: Callable[[Wire], Awaitable[None]],
    fault: type[UpstreamFault],
) -> None:
    """The call ends at once with a fault that says it may have run; the next one works."""
    upstream = room.upstream(double.url, remembered=Era.MODERN)
    await upstream.send("tools/call", CALL, Asker())
    double.behave = misbehave
    with pytest.raises(fault) as found:
        await upstream.send("tools/call", CALL, Asker())
    assert type(found.value) is fault
    assert found.value.may_have_run
    double.behave = double.modern
    assert "result" in await upstream.send("tools/call", CALL, Asker())
    assert double.methods() == ["tools/call"] * 3


async def test_a_gateway_that_refuses_in_plain_text_is_quoted_short(
    double: Double, room: Room
) -> None:
    """A 400 that is not JSON becomes a readable fault, and surely did not run."""

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "server/discover":
            await double.modern(wire)
        else:
            wire.send(
                400, b"body exceeds the configured body size\x1b[2J" + b"!" * 999, "text/plain"
            )

    double.behave = behave
    with pytest.raises(UpstreamMalformed, match="configured body size") as fault:
        await room.upstream(double.url).send("tools/call", CALL, Asker())
    assert fault.value.message.isprintable()
    assert len(fault.value.message) < 300
    assert not fault.value.may_have_run


async def test_a_connection_that_the_server_closed_while_idle_costs_nothing(
    double: Double, room: Room
) -> None:
    """The pool notices before it writes, so even a call that may not be repeated is safe."""

    async def behave(wire: Wire) -> None:
        await double.modern(wire)
        await wire.writer.drain()
        wire.writer.close()
        await wire.writer.wait_closed()
        closed.set()

    double.behave = behave
    upstream = room.upstream(double.url, remembered=Era.MODERN)
    for _ in range(3):
        closed = asyncio.Event()
        assert "result" in await upstream.send("tools/call", CALL, Asker())
        await closed.wait()
    assert double.methods() == ["tools/call"] * 3
