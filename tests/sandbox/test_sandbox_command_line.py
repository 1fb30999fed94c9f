"""`portico sandbox` starts one company, tells where it is, and ends exactly that one."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox.running import Folder, State, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Home:
    """A person's home, and the command run in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path / ".local/state/portico-sandbox"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `portico sandbox WORDS`."""
        return subprocess.run(
            [sys.executable, "-I", "-m", "sandbox", *words],
            env={"HOME": str(self.path), "PATH": os.environ["PATH"]},
            cwd=self.path,
            capture_output=True,
            text=True,
            check=False,
        )

    def read(self, *words: str) -> dict[str, Any]:
        """The JSON document that a command prints."""
        (line,) = self.run(*words, "--json").stdout.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A fresh home; what runs in it is ended."""
    home = Home(tmp_path)
    yield home
    home.run("down")


def state(pid: int, started: str) -> State:
    """What a sandbox would write down."""
    return State(pid, started, "", "", "", "", "", {}, "", "", "")


def test_a_sandbox_lives_from_up_to_down(home: Home) -> None:
    """It outlives the command, is found by the others, is started once and ends completely."""
    assert home.run("status").returncode == 1
    up = home.run("up")
    assert up.returncode == 0, up.stderr
    assert f"export PORTICO_HOME={home.folder}/home" in up.stdout
    assert "portico setup http://127.0.0.1:" in up.stdout
    assert "Alice Archer" in up.stdout

    found = home.read("status")
    assert found["running"] is True
    sandbox = found["sandbox"]
    discovery = f"{sandbox['issuer']}/.well-known/openid-configuration"
    with httpx2.Client(trust_env=False) as http:
        assert http.get(discovery).json()["issuer"] == sandbox["issuer"]
    toml = home.folder / "home/portico.toml"
    assert sandbox["gateway"] in toml.read_text()
    for path in (home.folder, home.folder / "home", toml):
        assert path.stat().st_mode & 0o077 == 0

    again = home.run("up")
    assert "runs already" in again.stdout
    assert home.read("status")["sandbox"]["pid"] == sandbox["pid"]

    assert home.read("down") == {"running": False, "sandbox": None}
    assert home.run("status").returncode == 1
    assert "nothing to end" in home.run("down").stdout
    assert (home.folder / "sandbox.log").read_text() == ""

    assert home.read("up")["sandbox"]["pid"] != sandbox["pid"]


def test_down_never_ends_a_process_that_is_not_the_sandbox(tmp_path: Path) -> None:
    """A state file that names somebody else's process is not believed."""
    folder = Folder(tmp_path)
    folder.make()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        folder.write(state(bystander.pid, "1"))
        assert folder.stop() is None
        # Even while somebody holds the folder, the start time tells the two apart.
        with folder.held():
            assert folder.running() is None
            assert folder.stop() is None
        assert bystander.poll() is None
        bystander.communicate(b"\n")
    assert bystander.returncode == 0


def test_one_folder_holds_one_sandbox(tmp_path: Path) -> None:
    """A second one is refused with a sentence that says what to do."""
    refused = pytest.raises(Trouble, match="portico sandbox down")
    with Folder(tmp_path).held(), refused, Folder(tmp_path).held():
        pass
    with Folder(tmp_path).held():
        pass


def test_a_broken_state_file_means_that_nothing_is_known(tmp_path: Path) -> None:
    """Text that no sandbox wrote is no state, and no traceback either."""
    folder = Folder(tmp_path)
    folder.make()
    for text in ("", "[]", '{"pid": 1}', "null"):
        (tmp_path / "state.json").write_text(text)
        assert folder.last() is None


def test_a_wrong_word_is_answered_with_usage(home: Home) -> None:
    """An unknown command is exit code 2 and says what there is."""
    wrong = home.run("sideways")
    assert wrong.returncode == 2
    assert "Usage" in wrong.stderr


def test_hints_name_the_folder_that_was_named(home: Home) -> None:
    """Whoever keeps a sandbox elsewhere can copy each command as it is shown."""
    elsewhere = home.path / "two words"
    assert f"up --dir '{elsewhere}'" in home.run("status", "--dir", str(elsewhere)).stdout
    refused = pytest.raises(Trouble, match=re.escape(f"down --dir '{elsewhere}'"))
    folder = Folder(elsewhere, named=True)
    with Folder(elsewhere).held(), refused, folder.held():
        pass


def test_control_c_ends_a_sandbox_in_the_foreground(home: Home) -> None:
    """It says where it is, ends when told, and its exit code says by what."""
    with subprocess.Popen(
        [sys.executable, "-I", "-m", "sandbox", "up", "--foreground", "--json"],
        env={"HOME": str(home.path), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["running"] is True
        running.send_signal(signal.SIGINT)
        assert running.wait() == 130


def test_no_help_ends_in_the_middle_of_a_sentence(home: Home) -> None:
    """What the list of commands says of each is whole."""
    assert "..." not in home.run("-h").stdout.replace("[ARGS]...", "")
