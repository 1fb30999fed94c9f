"""Finding out which era a server speaks, and noticing when it has changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from proxy.upstream import Era
from proxy.upstream.fault import UpstreamFault, UpstreamMisplaced, UpstreamUnreachable
from tests.proxy.upstream.upstream_double import Asker

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proxy.upstream.conftest import Room
    from tests.proxy.upstream.upstream_double import Double, Wire

HANDSHAKE = ["initialize", "notifications/initialized"]

REFUSALS: dict[str, Callable[[Wire], None]] = {
    "400 with an error of the transport": lambda w: w.error(-32600, 400, identifier="server-error"),
    "400 with our id": lambda w: w.error(-32600, 400),
    "404 with nothing": lambda w: w.send(404),
    "405 with nothing": lambda w: w.send(405),
    "406 in plain text": lambda w: w.send(406, b"no", "text/plain"),
    "an error with 200": lambda w: w.error(-32601),
    "a page": lambda w: w.send(200, b"<html>", "text/html"),
    "a crash": lambda w: w.send(500, b"oops", "text/plain"),
    "a bow": lambda w: w.send(202),
    "versions from the future": lambda w: w.result({"supportedVersions": ["2031-01-01"]}),
    "an unsupported version": lambda w: w.error(-32022, 400),
}


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_whatever_a_legacy_server_says_to_the_probe_the_handshake_follows(
    double: Double, room: Room, refusal: str
) -> None:
    """However a server refuses `server/discover`, it is then greeted in the legacy way."""

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "server/discover":
            REFUSALS[refusal](wire)
        else:
            await double.legacy(wire)

    double.behave = behave
    upstream = room.upstream(double.url)
    response = await upstream.send("tools/call", {"name": "t"}, Asker())
    assert response["result"] == {"echo": {"name": "t"}}
    assert upstream.era is Era.LEGACY
    assert double.methods() == ["server/discover", *HANDSHAKE, "tools/call"]


@pytest.mark.parametrize("status", [301, 401, 403, 429, 502, 503])
async def test_a_probe_that_fails_for_another_reason_is_not_a_sign_of_the_legacy_era(
    double: Double, room: Room, status: int
) -> None:
    """Redirects, refusals of the person and outages are reported; no second greeting follows."""

    async def behave(wire: Wire) -> None:
        wire.send(status)

    double.behave = behave
    with pytest.raises(UpstreamFault) as fault:
        await room.upstream(double.url).send("tools/call", {"name": "t"}, Asker())
    assert not fault.value.may_have_run
    assert double.methods() == ["server/discover"]


@pytest.mark.parametrize("refusal", ["400 with an error of the transport", "an error with 200"])
async def test_a_remembered_modern_server_that_turned_legacy_is_greeted_anew(
    double: Double, room: Room, refusal: str
) -> None:
    """The call that finds out is rejected, did not run, and is sent again in the other era."""

    async def behave(wire: Wire) -> None:
        if wire.seen.headers.get("mcp-protocol-version") == "2026-07-28":
            REFUSALS[refusal](wire)
        else:
            await double.legacy(wire)

    double.behave = behave
    upstream = room.upstream(double.url, remembered=Era.MODERN)
    response = await upstream.send("tools/call", {"name": "t"}, Asker())
    assert response["result"] == {"echo": {"name": "t"}}
    assert upstream.era is Era.LEGACY
    assert double.methods() == ["tools/call", "server/discover", *HANDSHAKE, "tools/call"]


@pytest.mark.parametrize("status", [200, 400])
async def test_a_server_that_names_a_revision_we_know_is_asked_again_in_it(
    double: Double, room: Room, status: int
) -> None:
    """It is not greeted in the legacy way, and not asked a third time."""

    async def behave(wire: Wire) -> None:
        if len(double.seen) > 1:
            await double.modern(wire)
            return
        data = {"supported": ["2031-01-01", "2026-07-28"]}
        refusal = {"code": -32022, "message": "no", "data": data}
        wire.json({"jsonrpc": "2.0", "id": wire.seen.message["id"], "error": refusal}, status)

    double.behave = behave
    upstream = room.upstream(double.url)
    await upstream.send("tools/call", {"name": "t"}, Asker())
    assert upstream.era is Era.MODERN
    assert double.methods() == ["server/discover", "server/discover", "tools/call"]


async def test_a_legacy_server_that_turned_modern_while_we_talked_is_greeted_anew(
    double: Double, room: Room
) -> None:
    """Its session is gone, its handshake too, and the call still gets its answer."""
    double.behave = double.legacy
    upstream = room.upstream(double.url, remembered=Era.LEGACY)
    await upstream.send("tools/call", {"name": "t"}, Asker())

    async def behave(wire: Wire) -> None:
        if wire.seen.headers.get("mcp-protocol-version") == "2026-07-28":
            await double.modern(wire)
        else:
            wire.error(-32601, status=404, identifier=None)

    double.behave = behave
    response = await upstream.send("tools/call", {"name": "t"}, Asker())
    assert response["result"]["echo"]["name"] == "t"
    assert upstream.era is Era.MODERN


async def test_a_mistake_of_the_caller_is_not_taken_for_another_era(
    double: Double, room: Room
) -> None:
    """A proven modern server's own error is the answer, and nothing is asked again."""
    upstream = room.upstream(double.url)
    await upstream.send("tools/call", {"name": "t"}, Asker())

    async def behave(wire: Wire) -> None:
        wire.error(-32602, status=400)

    double.behave = behave
    response = await upstream.send("tools/call", {"name": "t"}, Asker())
    assert response["error"]["code"] == -32602
    assert double.methods() == ["server/discover", "tools/call", "tools/call"]


async def test_many_first_calls_negotiate_once_and_one_that_gives_up_harms_no_other(
    double: Double, room: Room
) -> None:
    """Whoever waits shares one probe, also when the first of them is cancelled."""
    probed, go = asyncio.Event(), asyncio.Event()

    async def behave(wire: Wire) -> None:
        if wire.seen.method == "server/discover":
            probed.set()
            await go.wait()
        await double.modern(wire)

    double.behave = behave
    upstream = room.upstream(double.url)
    calls = [
        asyncio.ensure_future(upstream.send("tools/call", {"name": "t"}, Asker())) for _ in range(4)
    ]
    await probed.wait()
    calls[0].cancel()
    go.set()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert all(isinstance(outcome, dict) for outcome in outcomes[1:])
    assert double.methods().count("server/discover") == 1


async def test_an_address_without_a_server_and_one_without_mcp_are_told_apart(
    double: Double, room: Room, unused_tcp_port: int
) -> None:
    """Nobody listening is for time to heal, a 404 to everything for the registry."""

    async def behave(wire: Wire) -> None:
        wire.send(404)

    double.behave = behave
    with pytest.raises(UpstreamMisplaced):
        await room.upstream(double.url).list_tools()
    with pytest.raises(UpstreamUnreachable):
        await room.upstream(f"http://127.0.0.1:{unused_tcp_port}/mcp").list_tools()
