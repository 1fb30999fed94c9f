"""One connection in one process: the same answers as through the hub, and a clean stdout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ide_protocol.door.shim import VANISHED

if TYPE_CHECKING:
    from sandbox.editor import Editor
    from tests.process.box import Box
    from tests.process.installation import Installation
    from tests.process.window import Window

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
    return [{**server, "state": "", "era": ""} for server in listed]
