"""The birth, the life and the death of the hub, as processes see them."""
# ruff: noqa: ASYNC240 - a look at a local file delays nobody in a loop of one test.

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.door import hello
from ide_protocol.door.connection import Connection
from ide_protocol.door.reception import Reception
from ide_protocol.door.shim import VANISHED
from ide_protocol.wiring import build
from tests.process.conftest import behind
from tests.process.installation import gone, slay

if TYPE_CHECKING:
    from tests.process.box import Box
    from tests.process.installation import Installation


def knock(portico: Installation, greeting: bytes) -> bytes:
    """Say something to the hub; everything it answers until it hangs up."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(20)
        connection.connect(portico.home.socket)
        heard = b""
        # Whoever hangs up before it has read everything resets the connection.
        with contextlib.suppress(ConnectionError):
            connection.sendall(greeting)
            while part := connection.recv(4096):
                heard += part
        return heard


async def test_one_hub_whoever_races(portico: Installation) -> None:
    """Eight shims that start at once, twice over, share one hub each time."""
    for born in (1, 2):
        windows = await asyncio.gather(*(portico.window() for _ in range(8)))
        await asyncio.gather(*(window.initialize() for window in windows))
        hub = await portico.hub()
        assert hub is not None
        assert [session["role"] for session in hub["sessions"]].count("mcp") == 8
        assert portico.log.count(" serves ") == born
        assert (await portico.run("hub", "stop")).code == 0
        assert [await window.end() for window in windows] == [(0, "")] * 8
        await gone(hub["pid"])


async def test_the_hub_outlives_whoever_started_it(portico: Installation) -> None:
    """It has a session of its own, stands in `/`, and a fixed environment; a kill passes it by."""
    noisy = {"SECRET_OF_THE_WINDOW": "s3cret", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C"}
    window = await portico.window(env=noisy)
    await window.initialize()
    pid = await portico.pid()
    assert os.getsid(pid) not in {os.getsid(0), os.getsid(window.process.pid)}
    assert os.getpgid(pid) != os.getpgid(window.process.pid)
    process = Path(f"/proc/{pid}")
    assert (process / "cwd").readlink() == Path("/")
    environment = (process / "environ").read_bytes().split(b"\0")
    names = {entry.partition(b"=")[0] for entry in environment if entry}
    assert names <= {b"PATH", b"LANG", b"HOME", b"PORTICO_HOME"}
    os.killpg(window.process.pid, signal.SIGKILL)
    await window.end()
    assert await portico.pid() == pid


async def test_a_clean_end_is_exit_code_0(portico: Installation) -> None:
    """A client that ends its input gets what it asked for, and a shim that ends in order."""
    window = await portico.window()
    await window.initialize()
    assert await window.leave() == (0, "")


async def test_a_hub_that_dies_is_no_silence(portico: Installation, box: Box) -> None:
    """Its windows end with a code and a sentence; the next one starts a hub that works."""
    window = await portico.window()
    await window.initialize()
    window.call("box_wait")
    await asyncio.wait_for(box.waiting.wait(), 120)
    first = await portico.pid()
    slay(first)
    code, complaint = await window.end()
    assert code == VANISHED
    assert "the hub went away" in complaint
    second = await portico.window()
    await second.initialize()
    assert await second.text("box_read") == "read"
    assert await portico.pid() != first


async def test_an_idle_hub_leaves(portico: Installation) -> None:
    """After `idle_minutes` without a window the hub ends, and its socket answers nobody."""
    portico.configure("[hub]\nidle_minutes = 0.005\n")
    window = await portico.window()
    await window.initialize()
    pid = await portico.pid()
    assert await window.leave() == (0, "")
    await gone(pid)
    assert await portico.hub() is None


async def test_a_hub_whose_configuration_changed_is_stopped_without_a_fault(
    portico: Installation,
) -> None:
    """It leaves at the knock already, and that is what was asked for."""
    assert (await portico.run("tools")).code == 0
    pid = await portico.pid()
    portico.configure("# There was no file before.\n")
    stopped = await portico.run("hub", "stop")
    assert (stopped.code, stopped.out) == (0, "The hub has ended.\n")
    await gone(pid)


async def test_hub_status_stop_and_logs(portico: Installation) -> None:
    """`status` starts no hub and says so by its code; `stop` ends one; `logs` tells of both."""
    none = await portico.run("hub", "status")
    assert (none.code, portico.log) == (ExitCode.NO_HUB, "")
    assert (await portico.run("hub", "stop")).out == "No hub is running.\n"
    window = await portico.window()
    await window.initialize()
    pid = await portico.pid()
    assert str(pid) in (await portico.run("hub", "status")).out
    assert (await portico.run("hub", "stop")).out == "The hub has ended.\n"
    assert await window.end() == (0, "")
    await gone(pid)
    told = (await portico.run("hub", "logs")).out
    assert f"hub {pid} serves" in told
    assert f"hub {pid} ends" in told


async def test_a_newer_shim_gets_another_hub_once_the_windows_are_gone(
    portico: Installation,
) -> None:
    """A newer major version is refused beside windows, and makes an empty hub leave its place."""
    window = await portico.window()
    await window.initialize()
    old = await portico.pid()
    newer = json.dumps({"portico": {"wire": [hello.WIRE[0] + 1, 0], "role": "mcp"}}).encode()
    refused = hello.read(knock(portico, newer + b"\n").partition(b"\n")[0])
    assert "portico hub stop" in refused["error"]
    assert await window.leave() == (0, "")
    drained = hello.read(knock(portico, newer + b"\n").partition(b"\n")[0])
    assert drained["drained"] is True
    second = await portico.window()
    await second.initialize()
    assert await portico.pid() != old
    await gone(old)


async def test_an_older_shim_is_refused_with_a_sentence(portico: Installation) -> None:
    """A hello of an older major version, or of an unknown role, is told what to do."""
    await (await portico.window()).initialize()
    for wire, role in ((0, "mcp"), (hello.WIRE[0], ["mcp"])):
        older = json.dumps({"portico": {"wire": [wire, 0], "role": role}}).encode()
        answer = hello.read(knock(portico, older + b"\n").partition(b"\n")[0])
        assert "Another Portico" in answer["error"]


@pytest.mark.parametrize(
    "greeting",
    [
        b"\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b'{"portico":7}\n',
        b'{"portico":{"wire":["1"]}}\n',
        b'{"portico":{"wire":[1e400]}}\n',
        b"[" * 50_000 + b"\n",
        b"x" * (hello.LIMIT + 1000),
    ],
)
async def test_garbage_instead_of_a_hello_is_hung_up_on(
    portico: Installation, greeting: bytes
) -> None:
    """Whatever else is said first is answered by the end of the connection alone."""
    window = await portico.window()
    await window.initialize()
    assert knock(portico, greeting) == b""
    assert "result" in await window.ask("ping")
    assert "Traceback" not in portico.log


@pytest.mark.skipif(os.getuid() != 0, reason="NOT RUN: becoming another user takes root")
async def test_another_user_is_not_let_in(portico: Installation) -> None:
    """Even where folder and socket stand open, the kernel's word on the caller's uid decides."""
    await (await portico.window()).initialize()
    run = Path(portico.home.run)
    run.chmod(0o711)
    Path(portico.home.socket).chmod(0o777)
    stranger = (
        "import os, socket, sys\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "s.connect(sys.argv[1])\n"
        "try: s.sendall(sys.argv[2].encode()); print(s.recv(99))\n"
        "except ConnectionError: print(b'')"
    )
    command = [sys.executable, "-I", "-c", stranger, portico.home.socket]
    told = await portico.execute([*command, hello.compose("cli").decode()])
    run.chmod(0o700)
    assert (told.out, told.errors) == ("b''\n", "")
    assert "somebody else (uid 65534) knocked" in portico.log


async def test_an_unknown_uid_gets_no_answer(
    portico: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same check in this process, for those who cannot become another user."""
    monkeypatch.setattr(Connection, "peer", lambda _: (1, os.getuid() + 1))
    hub = build(portico.home)
    reception = Reception(hub, standalone=False, stale=lambda: False)
    ours, theirs = socket.socketpair()
    with ours:
        await reception.receive(*await asyncio.open_unix_connection(sock=theirs))
        assert await asyncio.to_thread(ours.recv, 99) == b""
    await hub.aclose()


async def test_a_run_folder_that_others_may_enter_is_refused(portico: Installation) -> None:
    """Nobody connects through a folder that is not this user's alone; the error says what to do."""
    run = Path(portico.home.run)
    run.mkdir(mode=0o755)
    run.chmod(0o755)
    window = await portico.window()
    code, complaint = await window.end()
    assert code == VANISHED
    assert f"{run} is not a private folder of this user. Remove it" in complaint
    command = await portico.run("status")
    assert command.code == ExitCode.NO_HUB
    assert "Remove it" in command.errors
    assert list(run.iterdir()) == []
    run.rmdir()


async def test_the_run_folder_is_private(portico: Installation) -> None:
    """Where a hub runs, folder, log and state are for this user alone."""
    await (await portico.window()).initialize()
    folders = (portico.home.run, portico.home.state)
    assert [stat.S_IMODE(Path(folder).stat().st_mode) for folder in folders] == [0o700, 0o700]
    assert stat.S_IMODE(Path(portico.home.log).stat().st_mode) == 0o600


async def test_a_changed_configuration_is_read_by_the_next_window(
    portico: Installation, box: Box
) -> None:
    """Once nobody is connected, a window that comes after a change finds a hub that has read it."""
    portico.configure("")
    first = await portico.window()
    await first.initialize()
    assert await first.tools() == []
    old = await portico.pid()
    await first.leave()
    portico.configure(behind(box))
    second = await portico.window()
    await second.initialize()
    assert "box_read" in await second.tools()
    await gone(old)
