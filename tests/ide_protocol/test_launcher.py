"""The command that an editor starts, before any Python runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

LAUNCHER = Path(__file__).parents[2] / "ide_protocol" / "launcher.sh"


def _script(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o700)
    return path


async def test_the_launcher_runs_nothing_from_the_path_or_the_folder_it_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a link, it starts the interpreter beside it, whatever PATH and cwd offer instead."""
    hostile, home = tmp_path / "workspace", tmp_path / "bin"
    for name in ("readlink", "python", "python3", "dirname", "command", "exec", "portico"):
        _script(hostile / name, f"echo hostile {name} >> {tmp_path}/ran; exit 1")
    _script(home / "python", 'echo "ours $*"')
    launcher = _script(home / "portico", "")
    launcher.write_bytes(LAUNCHER.read_bytes())
    link = tmp_path / "link"
    link.symlink_to(launcher)
    monkeypatch.chdir(hostile)
    process = await asyncio.create_subprocess_exec(
        str(link),
        "mcp",
        "two words",
        env={"PATH": f"{hostile}:.:/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert (process.returncode, said) == (0, b"ours -I -m portico mcp two words\n")
    assert not (tmp_path / "ran").exists()
