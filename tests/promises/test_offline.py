"""Offline, as real processes are: what works, what is refused, and that nothing is dialled."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.process.box import Box
    from tests.process.installation import Installation

COUNTING = str(Path(__file__).parents[1] / "process" / "counting.py")
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
    command = json.dumps([sys.executable, "-I", PROGRAM, "legacy"])
    near = f'[servers.box]\nurl = "{box.url}"\nrisk = "read"\n'
    portico.configure(near + ELSEWHERE.format(command=command))


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
    root = str(Path(__file__).parents[2])
    window = await portico.start(
        [sys.executable, COUNTING, str(counted), "mcp", "--standalone"], env={"PYTHONPATH": root}
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
