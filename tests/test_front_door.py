"""The front door: which program runs, and that a workspace's code never does."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

import portico
from ide_protocol.door import shim

if TYPE_CHECKING:
    from pathlib import Path


class Replaced(Exception):  # noqa: N818 - it stands for a process that is replaced.
    """The process would be another one now."""


def start(
    monkeypatch: pytest.MonkeyPatch, *arguments: str, isolated: bool = True
) -> SimpleNamespace:
    """An interpreter as the front door finds it, started with these arguments."""
    found = SimpleNamespace(
        flags=SimpleNamespace(isolated=int(isolated)),
        argv=["portico", *arguments],
        executable=sys.executable,
        stderr=sys.stderr,
    )
    monkeypatch.setattr(portico, "sys", found)
    return found


def test_an_interpreter_that_is_not_isolated_is_replaced_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every argument is passed on, and nothing of ours is imported before."""
    seen: list[Any] = []

    def execv(path: str, argv: list[str]) -> NoReturn:
        seen.extend((path, argv))
        raise Replaced

    start(monkeypatch, "mcp", "--workspace", "a b", isolated=False)
    monkeypatch.setattr("os.execv", execv)
    with pytest.raises(Replaced):
        portico.main()
    argv = [sys.executable, "-I", "-m", "portico", "mcp", "--workspace", "a b"]
    assert seen == [sys.executable, argv]


@pytest.mark.parametrize("role", ["mcp", "lsp"])
def test_editors_get_the_shim(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    """`mcp` and `lsp` run it with what follows, and its code is ours."""
    seen: list[Any] = []

    def run(*called: Any) -> int:  # noqa: ANN401 - whatever it is called with.
        seen.append(called)
        return 5

    monkeypatch.setattr("ide_protocol.door.shim.run", run)
    start(monkeypatch, role, "--standalone")
    assert portico.main() == 5
    assert seen == [(role, ["--standalone"])]


@pytest.mark.parametrize("arguments", [[], ["status"], ["--help"], ["MCP"]])
def test_everything_else_is_the_command_line(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """It gets all arguments, also none."""
    seen: list[list[str]] = []

    def command_line(given: list[str]) -> int:
        seen.append(given)
        return 7

    monkeypatch.setattr("ide_protocol.command_line.main", command_line)
    start(monkeypatch, *arguments)
    assert portico.main() == 7
    assert seen == [arguments]


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        (["demo", "--no"], ["portico sandbox", "demo", "--no"]),
        (["sandbox", "up"], ["portico sandbox", "up"]),
    ],
)
@pytest.mark.parametrize(("end", "code"), [(0, 0), (None, 0), (3, 3), ("told", 1)])
def test_the_company_in_a_box_runs_as_a_module(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    passed: list[str],
    end: object,
    code: int,
) -> None:
    """No room of ours imports it; however it ends becomes an exit code."""
    interpreter = start(monkeypatch, *arguments)

    def run_module(name: str, **_: object) -> NoReturn:
        assert (name, interpreter.argv) == ("sandbox", passed)
        raise SystemExit(end)

    monkeypatch.setattr(runpy, "run_module", run_module)
    assert portico.main() == code


def test_a_sandbox_that_is_not_installed_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The missing module is named, with what to do, and no registry is."""

    def run_module(*_: object, **__: object) -> NoReturn:
        raise ModuleNotFoundError(name="duckdb")

    monkeypatch.setattr(runpy, "run_module", run_module)
    start(monkeypatch, "demo")
    assert portico.main() == 1
    said = capsys.readouterr().err
    assert "duckdb" in said
    assert "extra `sandbox`" in said
    assert "pip" not in said


def test_the_code_of_a_workspace_never_runs(tmp_path: Path) -> None:
    """Started from a folder with its own `auth` and `json`, also on PYTHONPATH, ours runs."""
    marker = tmp_path / "ran"
    for name in ("auth", "proxy", "ide_protocol", "json", "os_hook", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(marker)!r}, 'w')\n")
    done = subprocess.run(
        [sys.executable, portico.__file__, "mcp", "--unknown"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "usage: portico mcp" in done.stderr
    assert not marker.exists()


@pytest.mark.parametrize("role", ["mcp", "lsp"])
def test_what_editors_start_explains_itself(
    role: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-h` prints help on stdout and starts no hub; it names every option that the shim takes."""
    monkeypatch.setenv("PORTICO_HOME", str(tmp_path))
    assert shim.run(role, ["--standalone", "-h"]) == 0
    shown = capsys.readouterr().out
    options = {"workspace", "standalone"} if role == "lsp" else set(shim._NAMES)
    assert options == set(re.findall(r"^  --(\w+)", shown, re.MULTILINE))
    assert not list(tmp_path.iterdir())
