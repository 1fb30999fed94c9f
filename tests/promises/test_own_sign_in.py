"""A server that runs its own OAuth, behind the real processes."""
# ruff: noqa: ASYNC240 - a look at a local file delays nobody in a loop of one test.

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.auth.own_sign_in.server_double import OwnServer
from tests.listening import listening
from tests.process.box import Box, served
from tests.process.signing import Pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.process.installation import Installation


@pytest.fixture
async def weather(portico: Installation) -> AsyncIterator[OwnServer]:
    """A server with a sign-in of its own, which this home names `weather`."""
    double = OwnServer()
    async with listening(double.application()) as double.url:
        portico.configure(behind(double))
        yield double


def behind(weather: OwnServer, more: str = "") -> str:
    """A portico.toml with `weather` in it."""
    table = f'[servers.weather]\nurl = "{weather.endpoint}"\nauth = "oauth"\nrisk = "read"\n'
    return f"{table}\n{more}"


async def test_a_call_that_needs_a_sign_in_says_so_and_opens_nothing(
    portico: Installation, weather: OwnServer
) -> None:
    """The model and the command line read which server it is and what a person does about it."""
    async with portico.editor() as editor:
        pages = Pages(editor)
        window = await (await portico.window()).initialize()
        said = await window.text("weather_forecast")
        assert "server-sign-in-needed" in said
        assert "portico login weather" in said
        servers = (await portico.run("servers", "--json")).json["servers"]
        assert servers[0]["fault"]["reference"] == "server-sign-in-needed"
        assert (pages.unread, weather.forms, weather.registered) == (0, [], [])


async def test_a_servers_own_token_goes_to_that_server_alone(
    portico: Installation, weather: OwnServer
) -> None:
    """One sign-in in an editor serves every window; no other server, file or log has its token."""
    async with served(Box()) as box:
        portico.configure(behind(weather, f'[servers.box]\nurl = "{box.url}"\nrisk = "read"\n'))
        window = await (await portico.window()).initialize()
        async with portico.editor() as editor:
            pages = Pages(editor)
            signing = asyncio.ensure_future(editor.request("portico/signIn", {"server": "weather"}))
            await weather.person(await pages.next())
            assert await signing == {}
        assert await window.text("weather_forecast") == "rain"
        assert await window.text("box_read") == "read"
        assert not any("authorization" in seen.headers for seen in box.seen)
        assert set(weather.sent) == {"", *weather.alive}
        out = await portico.run("logout", "weather")
        assert (out.code, weather.revoked) == (0, [weather.refresh])
        assert "server-sign-in-needed" in await window.text("weather_forecast")
    kept = b"".join(f.read_bytes() for f in Path(portico.home.root).rglob("*") if f.is_file())
    assert weather.canary.encode() not in kept
    assert weather.canary not in "".join(portico.witnessed)


async def test_a_name_without_a_sign_in_of_its_own_is_told_so(
    portico: Installation, weather: OwnServer
) -> None:
    """An unknown server and one without such a sign-in answer alike."""
    del weather
    ended = await portico.run("login", "nobody")
    assert ended.code != 0
    assert "no-own-sign-in" in ended.errors
