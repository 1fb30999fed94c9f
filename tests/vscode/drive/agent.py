"""An AI client of another kind: a program of its own, on the same project as an editor's window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.process.installation import LAUNCHER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.process.installation import Installation
    from tests.process.window import Window

DROP = "presto_drop_table"

_PROGRAM = ("sh", "-c", '"$@"; exit "$?"', "agent")
"""Stays the shim's parent, and so is the client as the kernel sees it.

The test itself cannot be: it started VS Code, and what an AI client started is no editor.
"""


async def agent(portico: Installation, project: Path) -> Window:
    """Start it, and greet."""
    window = await portico.start([*_PROGRAM, LAUNCHER, "mcp", "--workspace", str(project)])
    return await window.initialize()
