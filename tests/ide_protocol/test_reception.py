"""Where windows arrive: who is let in, and when the hub may leave."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.door import hello, reception
from ide_protocol.door.connection import Connection
from ide_protocol.door.reception import Reception
from tests.ide_protocol.conftest import Client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from proxy.hub import Hub
    from tests.ide_protocol.conftest import Door


class Entrance:
    """The reception of a hub that serves whoever comes, as its process has it."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.stale = False
        self.reception = Reception(hub, standalone=False, stale=lambda: self.stale)
        self._clients: list[Client] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def knock(self, greeting: bytes) -> Client:
        """Somebody connects and says something."""
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_unix_connection(sock=theirs)
        self._tasks.append(asyncio.ensure_future(self.reception.receive(reader, writer)))
        client = Client(*await asyncio.open_unix_connection(sock=ours))
        self._clients.append(client)
        client.raw(greeting)
        return client

    async def answer(self, greeting: bytes) -> dict[str, Any]:
        """What somebody is told who says this."""
        return hello.read(await (await self.knock(greeting)).reader.readline())

    async def left(self) -> None:
        """Wait until everybody who came has gone."""
        await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Everybody goes."""
        for client in self._clients:
            client.close()
        await self.reception.close()


@pytest.fixture
async def entrance(door: Door) -> AsyncIterator[Entrance]:
    """An entrance to the door's hub."""
    opened = Entrance(door.hub)
    yield opened
    await opened.close()


def greeting(**changes: object) -> bytes:
    """A hello with changes."""
    words: dict[str, object] = {
        "wire": [1, 0],
        "role": "mcp",
        "workspace": None,
        "cwd": None,
        "window": {},
    }
    return json.dumps({"portico": {**words, **changes}}).encode() + b"\n"


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\n", b"x" * 200_000 + b"\n", b"{}\n"])
async def test_what_is_no_hello_gets_no_word(entrance: Entrance, said: bytes) -> None:
    """Its connection is closed, and the next one is served."""
    stranger = await entrance.knock(said)
    assert await stranger.rest() == b""
    assert "error" not in await entrance.answer(greeting())


async def test_another_users_process_gets_no_word(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The kernel's word on the peer decides, before anything is read; unknown is refused too."""
    for uid in (4242, -1):
        monkeypatch.setattr(Connection, "peer", lambda _, uid=uid: (1, uid))
        assert await (await entrance.knock(b"")).rest() == b""
    assert "knocked" in caplog.text
    assert len(entrance.hub.sessions) == 0


@pytest.mark.parametrize(
    "changes",
    [{"wire": [0, 9]}, {"role": "root"}, {"role": ["mcp"]}, {"role": None}, {"role": {}}],
)
async def test_an_older_or_unknown_shim_is_refused_with_a_sentence(
    entrance: Entrance, changes: dict[str, Any]
) -> None:
    """It is told what to do, and the hub goes on serving."""
    assert "Another Portico" in (await entrance.answer(greeting(**changes)))["error"]
    assert not entrance.reception.draining.is_set()
    assert "error" not in await entrance.answer(greeting(wire=[1, 99]))


async def test_one_window_too_many_is_refused_with_a_sentence(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line still gets in, and those who are there stay."""
    monkeypatch.setattr(reception, "MOST_WINDOWS", 2)
    first = await entrance.knock(greeting())
    assert "error" not in hello.read(await first.reader.readline())
    second = await entrance.knock(greeting())
    assert "error" not in hello.read(await second.reader.readline())
    assert "already" in (await entrance.answer(greeting()))["error"]
    assert "error" not in await entrance.answer(greeting(role="cli"))
    assert (await second.ask("ping"))["result"] == {}


async def test_a_newer_shim_drains_only_a_hub_without_windows(entrance: Entrance) -> None:
    """A hub with windows stays whole: its calls must meet its editors. An empty one makes way."""
    over = asyncio.ensure_future(entrance.reception.until_over())
    staying = await entrance.knock(greeting())
    assert "error" not in hello.read(await staying.reader.readline())
    assert "hub stop" in (await entrance.answer(greeting(wire=[2, 0])))["error"]
    assert (await staying.ask("ping"))["result"] == {}
    staying.writer.write_eof()
    await staying.rest()
    assert (await entrance.answer(greeting(wire=[2, 0])))["drained"] is True
    async with asyncio.timeout(120):
        await over


async def test_a_changed_configuration_drains_only_a_hub_without_windows(
    entrance: Entrance,
) -> None:
    """While a window is open the hub keeps what it has read; after it, a new one is wanted."""
    first = await entrance.knock(greeting())
    await first.reader.readline()
    entrance.stale = True
    assert "drained" not in await entrance.answer(greeting())
    await entrance.close()
    assert (await entrance.answer(greeting()))["drained"] is True


async def test_an_empty_hub_leaves_and_a_full_one_stays(entrance: Entrance) -> None:
    """Only the time without any window counts."""
    entrance.hub.configuration = replace(entrance.hub.configuration, idle_seconds=0.0)
    window = await entrance.knock(greeting())
    await window.reader.readline()
    over = asyncio.ensure_future(entrance.reception.until_over())
    assert (await window.ask("ping"))["result"] == {}
    assert not over.done()
    window.writer.write_eof()
    async with asyncio.timeout(120):
        await over


async def test_a_stopped_hub_ends_every_window_in_order(entrance: Entrance) -> None:
    """Each shim gets a farewell, so that it does not look like a crash."""
    windows = [await entrance.knock(greeting()) for _ in range(3)]
    for window in windows:
        await window.reader.readline()
    over = asyncio.ensure_future(entrance.reception.until_over())
    entrance.reception.stopped.set()
    await over
    await entrance.reception.close()
    assert [await window.rest() for window in windows] == [b"\x000\n"] * 3


async def test_a_window_that_fails_harms_no_other_and_gets_no_farewell(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its shim reports a lost hub instead of a clean end."""
    fine = await entrance.knock(greeting())
    await fine.reader.readline()

    async def broken(*_: object) -> int:
        msg = "a bug"
        raise RuntimeError(msg)

    with monkeypatch.context() as patch:
        patch.setattr("ide_protocol.mcp.front.McpFront.serve", broken)
        failing = await entrance.knock(greeting())
        assert b"\0" not in await failing.rest()
    assert "a connection failed" in caplog.text
    assert (await fine.ask("ping"))["result"] == {}
    assert len(entrance.hub.sessions) == 1


@pytest.mark.parametrize(
    ("words", "marked", "expected", "named"),
    [
        ({"workspace": "/named"}, True, "/named", True),
        ({}, True, "cwd", False),
        ({}, False, None, False),
        ({"cwd": 7}, True, None, False),
        ({"cwd": "/no\0where"}, True, None, False),
        ({"workspace": ["x"], "window": ["x"]}, False, None, False),
    ],
)
async def test_the_workspace_is_what_was_named_else_a_project_else_unknown(
    entrance: Entrance,
    tmp_path: Path,
    words: dict[str, Any],
    *,
    marked: bool,
    expected: str | None,
    named: bool,
) -> None:
    """A folder without any mark of a project is no workspace, and odd words are none either."""
    if marked:
        (tmp_path / ".git").mkdir()
    client = await entrance.knock(greeting(**{"cwd": str(tmp_path), **words}))
    await client.reader.readline()
    await client.ask("ping")
    (session,) = entrance.hub.sessions
    assert session.workspace == (str(tmp_path) if expected == "cwd" else expected)
    assert session.workspace_named == named


@pytest.mark.parametrize("bus", ["a\0b", "\ud800", 7, None])
async def test_a_window_with_an_odd_environment_leaves_nothing_behind(
    entrance: Entrance, bus: object
) -> None:
    """What cannot be a variable is left out; the window is served, and gone once it went."""
    settings = {"DBUS_SESSION_BUS_ADDRESS": bus, "DISPLAY": ":1"}
    client = await entrance.knock(greeting(window=settings))
    assert "error" not in hello.read(await client.reader.readline())
    client.raw(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
    assert b"result" in await client.reader.readline()
    client.close()
    await entrance.left()
    assert len(entrance.hub.sessions) == 0
