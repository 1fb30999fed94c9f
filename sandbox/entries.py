"""The lines that put Portico into an editor, for the installation that prints them."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path


def launcher() -> list[str]:
    """The command that starts this installation's Portico: its launcher, else the module."""
    # Not resolved: an environment's python is a link, and the launcher lies beside the link.
    beside = Path(sys.executable).with_name("portico")
    if beside.is_file():
        return [str(beside)]
    return [sys.executable, "-I", "-m", "portico"]


def entries(command: list[str]) -> dict[str, str]:
    """Where each piece of configuration goes, and the piece.

    Args:
        command: What starts Portico, see `launcher`.
    """
    program, *rest = command
    server = {"type": "stdio", "command": program, "args": [*rest, "mcp"]}
    return {
        "VS Code, in .vscode/mcp.json": json.dumps({"servers": {"portico": server}}, indent=2),
        "Claude Code, in a shell": (
            f"claude mcp add --scope user portico -- {shlex.join(command)} mcp"
        ),
        "Neovim 0.11 or later, in a shell (the questions appear there)": (
            f"{shlex.join(command)} install neovim"
        ),
    }


def trial(command: list[str]) -> str:
    """How to try the company in a box from one's own editor."""
    portico = shlex.join(command)
    return f"{portico} sandbox up      # prints its PORTICO_HOME\n{portico} sandbox down"
