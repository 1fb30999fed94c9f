"""A local server behind the real hub: it runs, and is gone when the hub is, however that ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.process.installation import gone, slay

if TYPE_CHECKING:
    from tests.process.installation import Installation

SCRIPT = str(Path(__file__).parents[1] / "proxy" / "upstream" / "stdio_double.py")


@pytest.mark.parametrize("end", ["stop", "kill", "standalone"])
async def test_a_local_server_ends_with_the_hub(portico: Installation, end: str) -> None:
    """Told to stop, killed without a word, or one connection's own: no program is left."""
    command = json.dumps([sys.executable, "-I", SCRIPT, "legacy"])
    portico.configure(f'[servers.box]\ncommand = {command}\nrisk = "read"\n')
    window = await portico.window("mcp", *(["--standalone"] if end == "standalone" else []))
    await window.initialize()
    assert await window.tools() == ["box_echo"]
    answer = await window.ask("tools/call", {"name": "box_echo", "arguments": {"a": 1}})
    found = answer["result"]
    assert found["params"] == {"name": "echo", "arguments": {"a": 1}}
    if end == "standalone":
        await window.leave()
    elif end == "kill":
        slay(await portico.pid())
    else:
        await portico.run("hub", "stop")
    await gone(found["pid"])
