"""A workspace that brings its own code: an editor may open any folder, and none of it may run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.process.installation import Installation

PACKAGES = ("auth", "proxy", "ide_protocol", "sandbox", "click", "rich", "httpx2", "encodings")
MODULES = ("portico", "json", "socket", "asyncio", "sitecustomize", "usercustomize", "startup")


@pytest.fixture
def hostile(portico: Installation) -> dict[str, str]:
    """Fill the project with modules that leave a mark; the environment that points at them."""
    mark = portico.project / "ran"
    code = f"import os\nos.close(os.open({str(mark)!r}, os.O_CREAT | os.O_WRONLY))\n"
    for name in PACKAGES:
        (portico.project / name).mkdir()
        (portico.project / name / "__init__.py").write_text(code, encoding="utf-8")
    for name in MODULES:
        (portico.project / f"{name}.py").write_text(code, encoding="utf-8")
    here = str(portico.project)
    return {
        "PYTHONPATH": here,
        "PYTHONSTARTUP": f"{here}/startup.py",
        "PYTHONUSERBASE": here,
        "PYTHONPLATLIBDIR": "lib",
        "PYTHONINSPECT": "",
        "PYTHONBREAKPOINT": "startup.main",
        "PYTHONWARNINGS": "error::startup.Warning",
        "BASH_ENV": f"{here}/startup.py",
    }


def unharmed(portico: Installation) -> bool:
    """Whether nothing of the workspace ran."""
    return not (portico.project / "ran").exists()


async def test_the_trap_would_spring(portico: Installation, hostile: dict[str, str]) -> None:
    """An interpreter that is not isolated does run the workspace, so the tests below mean it."""
    command = [sys.executable, "-c", "import json"]
    await portico.execute(command, env={"PYTHONPATH": hostile["PYTHONPATH"]})
    assert not unharmed(portico)


@pytest.mark.parametrize("arguments", [("mcp",), ("mcp", "--standalone")])
async def test_nothing_of_a_hostile_workspace_runs_for_an_ai_client(
    portico: Installation, hostile: dict[str, str], arguments: tuple[str, ...]
) -> None:
    """Neither the shim, nor the hub that it starts, nor a call imports anything from there."""
    window = await portico.window(*arguments, env=hostile)
    await window.initialize()
    assert await window.tools() == []
    assert "portico.toml" in await window.text("portico_status")
    assert (await window.leave())[0] == 0
    assert unharmed(portico)


async def test_nothing_of_a_hostile_workspace_runs_for_an_editor(
    portico: Installation, hostile: dict[str, str]
) -> None:
    """An editor that stands there loads pygls from our own environment, in the hub too."""
    portico.environment.update(hostile)
    async with portico.editor() as editor:
        assert (await editor.request("portico/status", {}))["user"] is None
    assert unharmed(portico)


@pytest.mark.parametrize("command", ["status", "hub status", "doctor", "tools", "version"])
async def test_nothing_of_a_hostile_workspace_runs_for_a_command(
    portico: Installation, hostile: dict[str, str], command: str
) -> None:
    """A person in a terminal there gets our answer, not the workspace's."""
    ended = await portico.run(*command.split(), env=hostile)
    assert "Traceback" not in ended.errors
    assert unharmed(portico)


async def test_the_front_door_as_a_module_is_isolated_before_it_imports(
    portico: Installation, hostile: dict[str, str]
) -> None:
    """`python -m portico` with safe site hooks re-executes itself before a room is imported."""
    for name in ("portico", "sitecustomize", "usercustomize", "encodings"):
        for path in (portico.project / f"{name}.py", portico.project / name / "__init__.py"):
            path.unlink(missing_ok=True)
    (portico.project / "encodings").rmdir()
    command = [sys.executable, "-m", "portico", "version"]
    ended = await portico.execute(command, env={"PYTHONPATH": hostile["PYTHONPATH"]})
    assert (ended.code, ended.errors) == (0, "")
    assert unharmed(portico)
