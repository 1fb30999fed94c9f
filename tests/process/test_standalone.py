"""One connection in one process: the same answers as through the hub, and a clean stdout."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ide_protocol.door.shim import VANISHED
from tests.process.installation import PATIENCE

if TYPE_CHECKING:
    from sandbox.editor import Editor
    from tests.process.box import Box
    from tests.process.installation import Installation
    from tests.process.window import Window

ROOT = Path(__file__).parents[2]
HELLO: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}

REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("ping", {}),
    ("tools/list", {}),
    ("tools/call", {"name": "box_read", "arguments": {"a": 1}}),
    ("tools/call", {"name": "nobody_x", "arguments": {}}),
    ("acme/unknown", {}),
]


async def answers(window: Window) -> list[dict[str, Any]]:
    """What a window answers to everything."""
    await window.initialize()
    return [await window.ask(method, params) for method, params in REQUESTS]


async def test_standalone_answers_like_the_hub(portico: Installation, box: Box) -> None:
    """Both roles of MCP give equal answers; every line of stdout is JSON; no hub is started."""
    alone = await portico.window("mcp", "--standalone")
    told = await answers(alone)
    code, complaints = await alone.leave()
    assert code == 0
    assert "Traceback" not in complaints
    assert await portico.hub() is None
    shared = await portico.window()
    assert await answers(shared) == told
    await shared.leave()
    for line in (*alone.lines, *shared.lines):
        assert json.loads(line)["jsonrpc"] == "2.0"
    assert box.calls == ["read", "read"]


LOUD = """
import os, sys
import ide_protocol.wiring as wiring
quiet = wiring.build

def build(*anything):
    print("a library prints", flush=True)
    sys.stdout.write("and writes")
    os.write(1, b"and knows descriptors")
    os.system("echo and starts programs")
    return quiet(*anything)

wiring.build = build
from ide_protocol.door.shim import run
sys.exit(run(sys.argv[1], ["--standalone"]))
"""


async def test_nothing_but_protocol_is_on_stdout_even_when_a_library_prints(
    portico: Installation, box: Box
) -> None:
    """Whatever is printed where the hub shares a process with the wire goes to stderr instead."""
    alone = await portico.start([sys.executable, "-c", LOUD, "mcp"], cwd=ROOT)
    await alone.initialize()
    assert await alone.text("box_read") == "read"
    _, complaints = await alone.leave()
    for line in alone.lines:
        assert json.loads(line)["jsonrpc"] == "2.0"
    for printed in ("a library prints", "and writes", "and knows", "and starts programs"):
        assert printed in complaints
    editor = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LOUD, "lsp"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=portico.environment,
        cwd=ROOT,
    )
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO})
    leaving = '{"jsonrpc":"2.0","method":"exit"}'
    spoken = "".join(f"Content-Length: {len(one)}\r\n\r\n{one}" for one in (body, leaving))
    async with asyncio.timeout(PATIENCE):
        out, errors = await editor.communicate(spoken.encode())
    assert b"a library prints" in errors
    head, _, rest = out.partition(b"\r\n\r\n")
    length = int(re.fullmatch(rb"Content-Length: (\d+)", head.split(b"\r\n")[0])[1])  # type: ignore[index]
    assert json.loads(rest[:length])["id"] == 1
    assert rest[length:] == b""
    assert box.calls == ["read"]


async def test_standalone_serves_an_editor_like_the_hub(portico: Installation, box: Box) -> None:
    """An editor gets the same servers and capabilities either way, and exit code 0."""
    found: list[object] = []
    for arguments in (("lsp", "--standalone"), ("lsp",)):
        async with portico.editor(*arguments) as editor:
            found.append((editor.server, await servers(editor)))
            status = await editor.request("portico/status", {})
            assert status["hub"]["standalone"] == ("--standalone" in arguments)
        assert editor.exit_code == 0
    assert found[0] == found[1]
    assert box.methods()[:2] == ["server/discover", "tools/list"]


async def test_standalone_is_refused_beside_a_living_hub(portico: Installation) -> None:
    """A call that no editor of the hub could be asked about must not slip past it."""
    await (await portico.window()).initialize()
    alone = await portico.window("mcp", "--standalone")
    code, complaint = await alone.end()
    assert code == VANISHED
    assert "portico hub stop" in complaint


async def servers(editor: Editor) -> object:
    """The servers as an editor is told of them, but for whether they were asked already."""
    listed = (await editor.request("portico/servers", {}))["servers"]
    return [{**server, "state": "", "era": "", "fetched": 0.0} for server in listed]
