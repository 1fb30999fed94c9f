"""Offline, as real processes are: what works, what is refused, and that nothing is dialled."""

from __future__ import annotations

import asyncio
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proxy.cassette.replay import MARK
from tests.process.installation import LAUNCHER, PATIENCE
from tests.process.player import Player

if TYPE_CHECKING:
    from tests.process.box import Box
    from tests.process.installation import Installation

ROOT = str(Path(__file__).parents[2])
COUNTING = str(Path(__file__).parents[1] / "process" / "counting.py")
CUT_OFF = str(Path(__file__).parents[1] / "process" / "cut_off.py")
AGENT: list[dict[str, object]] = [
    {
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "an agent", "version": "1"},
        },
    },
    {"method": "notifications/initialized"},
    {
        "id": 2,
        "method": "tools/call",
        "params": {"name": "presto_run_query", "arguments": {"query": "SELECT 42 AS answer"}},
    },
]
WALK = """
set -e
portico sandbox up --as alice
export PORTICO_HOME={home}
cat more.toml >> {home}/portico.toml
portico --offline
portico login
portico servers
portico call presto.run_query --arg query='SELECT 42 AS answer'
portico call program.echo --arg a=1
if portico call far.anything; then exit 9; fi
portico record agent < agent.jsonl
portico replay agent < agent.jsonl
portico hub stop
portico sandbox down
"""
PROGRAM = str(Path(__file__).parents[1] / "proxy" / "upstream" / "stdio_double.py")
ELSEWHERE = """
[servers.far]
url = "https://far.example.invalid/mcp"
risk = "read"
[servers.farther]
url = "https://10.255.255.1/mcp"
risk = "read"
[servers.program]
command = {command}
risk = "read"
"""


def configured(portico: Installation, box: Box) -> None:
    """Two servers beyond this computer, one on it, and one that is a program."""
    near = f'[servers.box]\nurl = "{box.url}"\nrisk = "read"\n'
    portico.configure(near + elsewhere())


def elsewhere() -> str:
    """What of it is not the box."""
    return ELSEWHERE.format(command=json.dumps([sys.executable, "-I", PROGRAM, "legacy"]))


def switched(portico: Installation) -> Path:
    """The file by which this home is offline, before any hub is there."""
    file = Path(portico.home.state) / "offline"
    file.parent.mkdir()
    file.touch()
    return file


def lines(counted: Path) -> set[str]:
    """Every address that was dialled or looked up so far."""
    return set(counted.read_text(encoding="utf-8").splitlines())


async def test_offline_dials_nothing_beyond_this_computer(
    portico: Installation, box: Box, tmp_path: Path
) -> None:
    """Lists, a server here and a program work; then all is asked again, without a restart."""
    configured(portico, box)
    switch = switched(portico)
    counted = tmp_path / "counted"
    window = await portico.start(
        [sys.executable, COUNTING, str(counted), "mcp", "--standalone"], env={"PYTHONPATH": ROOT}
    )
    await window.initialize()
    assert {"box_read", "program_echo"} <= set(await window.tools())
    for name in ("box_read", "program_echo"):
        answer = await window.ask("tools/call", {"name": name, "arguments": {"a": 1}})
        assert "isError" not in answer["result"], answer
    status = await window.ask("tools/call", {"name": "portico_status", "arguments": {}})
    assert status["result"]["content"][0]["text"].startswith("Portico is offline.")
    assert lines(counted) == {"127.0.0.1"}
    switch.unlink()
    async with asyncio.timeout(120):
        while not {"far.example.invalid", "10.255.255.1"} <= lines(counted):
            await window.tools()
    await window.leave()


async def test_every_window_goes_offline_by_one_word_and_comes_back(
    portico: Installation, box: Box
) -> None:
    """Said in a terminal, it holds for a client that is connected already, and for the next hub."""
    configured(portico, box)
    window = await portico.window()
    await window.initialize()
    await window.tools()
    said = await portico.run("--offline")
    assert (said.code, said.out.splitlines()[0]) == (
        0,
        "Offline, in every window, until you say `portico --online`.",
    )
    assert "offline by your word" in (await portico.run("status")).out
    await portico.run("hub", "stop")
    status = (await portico.run("status", "--json")).json
    assert status["offline"]["by"] == "person"
    assert "isError" not in (await portico.run("call", "box.read", "--json")).json
    assert (await portico.run("--online")).code == 0
    assert (await portico.run("status", "--json")).json["offline"] in (
        None,
        {"by": "network", "since": None},
    )


async def test_a_replay_dials_nothing_at_all(
    portico: Installation, box: Box, tmp_path: Path
) -> None:
    """A cassette answers without an address being dialled or looked up, loopback included."""
    recording = await (await portico.start([LAUNCHER, "record", "reads"])).initialize()
    assert await recording.text("box_read", a=1) == "read"
    await recording.leave()
    calls = list(box.calls)
    counted = tmp_path / "counted"
    window = await portico.start(
        [sys.executable, COUNTING, str(counted), "mcp", "--replay", "reads"],
        env={"PYTHONPATH": ROOT},
    )
    await window.initialize()
    assert "box_read" in await window.tools()
    answer = await window.answer(window.call("box_read", a=1))
    assert MARK in answer["result"]["_meta"]
    await window.leave()
    assert lines(counted) == set()
    assert box.calls == calls


async def test_the_company_in_a_box_dials_loopback_alone(
    portico: Installation, tmp_path: Path
) -> None:
    """Whoever signs in and calls every way there is meets a company that knows nothing else."""
    counted = tmp_path / "counted"
    company = await asyncio.create_subprocess_exec(
        *(sys.executable, COUNTING, str(counted), "sandbox", "up", "--foreground", "--json"),
        *("--as", "bob"),
        env={**portico.environment, "PYTHONPATH": ROOT},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert company.stdout is not None
        told = json.loads(await asyncio.wait_for(company.stdout.readline(), PATIENCE))
        player = Player(portico)
        await player.keep(f"export PORTICO_HOME={shlex.quote(told['sandbox']['home'])}")
        await player.type("portico login")
        for call in (
            "presto.run_query --arg query='SELECT 42 AS answer'",
            "spark.list_failed_jobs",
            "knowledge.search --arg query=on-call",
            "revenue.top_campaigns --dry-run",
        ):
            ended = await player.type(f"portico call {call}")
            assert ended.code == 0, ended.errors
    finally:
        company.terminate()
        await company.wait()
    assert lines(counted) == {"127.0.0.1"}


def cut_off() -> list[str]:
    """What runs a command without a network, or nothing where the machine permits none."""
    unshare = shutil.which("unshare")
    command = [str(unshare), "--map-root-user", "--net"]
    permitted = unshare and subprocess.run([*command, "true"], check=False, capture_output=True)
    return command if permitted and permitted.returncode == 0 else []


@pytest.mark.skipif(not cut_off(), reason="NOT RUN: this machine permits no network namespace")
async def test_without_a_network_all_that_is_here_works_and_nothing_tries_to_leave(
    portico: Installation,
) -> None:
    """In a namespace without a route, the kernel counts no packet that would have left."""
    agent = "\n".join(json.dumps({"jsonrpc": "2.0", **line}) for line in AGENT)
    (portico.project / "agent.jsonl").write_text(agent + "\n", encoding="utf-8")
    (portico.project / "more.toml").write_text(elsewhere(), encoding="utf-8")
    player = Player(portico)
    folder = Path(portico.environment["HOME"]) / ".local/state/portico-sandbox/home"
    await player.keep(f"export PORTICO_HOME={shlex.quote(str(folder))}")
    walk = WALK.format(home=shlex.quote(str(folder)))
    apart = [*cut_off(), sys.executable, "-I", CUT_OFF, "sh", "-c", walk]
    ended = await player.type(shlex.join(apart))
    # Where the walk broke off, the sandbox is still there.
    await player.type("portico sandbox down")
    assert ended.code == 0, ended.errors
    assert ended.out.count("[[42]]") == 2
    assert MARK in ended.out
    lost, tried = map(int, ended.out.splitlines()[-1].split())
    assert (lost, tried > 0) == (0, True)
