"""`portico try`: a server that somebody writes, from a script and at a real terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.command_line import main
from ide_protocol.command_line.exit_code import ExitCode
from proxy.lint.rule import Rule
from tests.proxy.lint import bad_names, bad_schemas, bad_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from proxy.home import Home

    Printed = Callable[[], dict[str, Any]]

ROOT = Path(__file__).parents[3]
BAD = {"finance": bad_names, "handbook": bad_schemas, "customers": bad_words}
ASKING = (sys.executable, "-m", "tests.proxy.trial.asking_server")

NOTES = """
from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

server = MCPServer("notes", version="0.2.0")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def find(word: str) -> str:
    '''Find the notes that hold a word.'''
    if word == "nothing":
        raise ValueError(word)
    return f"FOUND {word}"


server.run()
"""


class Lines:
    """A script's lines; before each of them something can happen."""

    def __init__(self, *lines: str | Callable[[], object]) -> None:
        self._lines = lines

    def isatty(self) -> bool:
        """A script is no terminal."""
        return False

    def __iter__(self) -> Iterator[str]:
        """Each line, once what stands before it was done."""
        for line in self._lines:
            if isinstance(line, str):
                yield line + "\n"
            else:
                line()


@pytest.fixture
def notes(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server in a folder of its own, which is the current one."""
    del home
    folder = tmp_path / "notes"
    folder.mkdir()
    file = folder / "server.py"
    file.write_text(NOTES)
    monkeypatch.chdir(folder)
    return file


def written(file: Path, text: str) -> None:
    """Write a file so that its time is another one, whatever the disk's clock can tell apart."""
    before = file.stat().st_mtime_ns
    file.write_text(text)
    os.utime(file, ns=(before + 10**9, before + 10**9))


@pytest.mark.parametrize("server", BAD)
def test_the_lint_finds_the_planted_faults_of_a_real_program(
    server: str, home: Home, printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a build server: one document, every fault at its tool, and exit code 1."""
    del home
    bad: ModuleType = BAD[server]
    monkeypatch.chdir(ROOT)
    command = ("--", sys.executable, "-m", bad.__name__)
    assert main(["try", "--lint", "--json", "--name", server, *command]) == ExitCode.FAILED
    found = printed()
    planted = {(str(rule), tool) for rule, tool in bad.PLANTED}
    assert {(one["rule"], one["tool"]) for one in found["findings"]} == planted
    assert found["era"] == "legacy"


def test_ignoring_what_is_wrong_leaves_nothing_to_fail_for(
    notes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule is left out by its name, and an unknown name is told what there is."""
    command = ("--", sys.executable, notes.name)
    assert main(["try", "--lint", *command]) == ExitCode.FAILED
    assert "parameter-undescribed" in capsys.readouterr().out
    ignored = ("--ignore", "parameter-undescribed")
    assert main(["try", "--lint", *ignored, *command]) == ExitCode.OK
    assert "Nothing is wrong with its tools." in capsys.readouterr().out
    assert main(["try", "--ignore", "tabs", *command]) == ExitCode.USAGE
    assert str(Rule.NOISE) in capsys.readouterr().err


def test_a_script_calls_tools_and_learns_whether_they_worked(
    notes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results are on stdout, what to hand in at the end; any failed call is an exit code."""
    command = ["try", "--", sys.executable, notes.name]
    monkeypatch.setattr(sys, "stdin", Lines("find word=tax", 'find {"word": "a b"}', "/quit"))
    assert main(command) == ExitCode.OK
    said = capsys.readouterr()
    assert "FOUND tax\nFOUND a b\n" in said.out
    entry = json.loads(said.out[said.out.index('{\n  "server"') : said.out.index("[servers.")])
    assert entry["server"]["version"] == "0.2.0"
    assert f'cwd = "{notes.parent}"' in said.out
    monkeypatch.setattr(sys, "stdin", Lines("find word=nothing", "find word=tax"))
    assert main(command) == ExitCode.FAILED
    monkeypatch.setattr(sys, "stdin", Lines("fnd word=tax", "find tax"))
    assert main(command) == ExitCode.FAILED
    said = capsys.readouterr()
    assert "There is no tool fnd (did you mean find?)." in said.err
    assert "Not understood: 'tax' is not NAME=VALUE." in said.err


def test_nothing_is_left_behind(notes: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration, no state, no hub, and nothing beside the server."""
    before = sorted(Path(home.root).rglob("*"))
    monkeypatch.setattr(sys, "stdin", Lines("find word=tax"))
    assert main(["try", "--", sys.executable, "-B", notes.name]) == ExitCode.OK
    assert sorted(Path(home.root).rglob("*")) == before
    assert not Path(home.run).exists()


def test_a_server_whose_files_changed_is_started_anew(
    notes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No call goes to what was there before; what does not start says so, and comes back."""
    better = NOTES.replace("FOUND", "LOOKED FOR").replace("def find", "def look")
    script = Lines(
        "find word=tax",
        lambda: written(notes, better),
        "look word=tax",
        lambda: written(notes, "import nothing_of_that_name\n"),
        "look word=tax",
        lambda: written(notes, NOTES),
        "find word=tax",
    )
    monkeypatch.setattr(sys, "stdin", script)
    assert main(["try", "--", sys.executable, "-B", notes.name]) == ExitCode.FAILED
    said = capsys.readouterr()
    assert said.out.count("FOUND tax") == 2
    assert "LOOKED FOR tax" in said.out
    assert "new: look\ngone: find" in said.err
    assert "No module named 'nothing_of_that_name'" in said.err
    assert "upstream-not-started" in said.err
    assert "server does not run. Correct it, or say /reload." in said.err


def test_the_raw_exchange_is_shown_on_request(
    notes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both directions, on stderr, from the first message on or from where one asks for it."""
    command = ["--", sys.executable, "-B", notes.name]
    monkeypatch.setattr(sys, "stdin", Lines("find word=tax"))
    assert main(["try", "--raw", "--era", "legacy", *command]) == ExitCode.OK
    said = capsys.readouterr()
    first = next(line for line in said.err.splitlines() if line.startswith("→"))
    assert json.loads(first[2:])["method"] == "initialize"
    assert any(line.startswith("←") and "FOUND tax" in line for line in said.err.splitlines())
    assert "→" not in said.out
    monkeypatch.setattr(sys, "stdin", Lines("find word=tax", "/raw", "find word=toll", "/raw"))
    assert main(["try", *command]) == ExitCode.OK
    shown = [line for line in capsys.readouterr().err.splitlines() if line.startswith("→")]
    assert [json.loads(line[2:])["params"]["arguments"] for line in shown] == [{"word": "toll"}]


def test_the_commands_of_the_prompt_say_what_there_is(
    notes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One tool with its arguments, the lint, help for what is unknown, and the entry on request."""
    script = Lines("/tools find", "/lint", "/what", "/reload", "/entry", "# a remark", "")
    monkeypatch.setattr(sys, "stdin", script)
    assert main(["try", "--", sys.executable, "-B", notes.name]) == ExitCode.OK
    said = capsys.readouterr()
    assert "ARGUMENT" in said.out
    assert said.out.count("parameter-undescribed") == 2
    assert "There is no /what." in said.out
    assert said.out.count('"com.example/notes"') + said.out.count('"com.example/server"') == 2


def test_a_variable_reaches_the_program_only_where_it_is_named(
    notes: Path,
    printed: Printed,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in portico.toml: what a server needs of the environment has to be said."""
    written(
        notes,
        NOTES.replace('"notes"', 'os.environ.get("MODE", "none")').replace(
            "from", "import os\nfrom", 1
        ),
    )
    monkeypatch.setenv("MODE", "of-the-shell")
    for given, expected in (((), "none"), (("--env", "MODE"), "of-the-shell")):
        assert main(["try", "--json", *given, "--", sys.executable, notes.name]) == ExitCode.OK
        assert printed()["entry"]["server"]["title"] == expected
    del capsys


def test_offline_a_trial_reaches_nothing_beyond_this_computer(home: Home, printed: Printed) -> None:
    """A person's word that Portico is offline holds here as well."""
    Path(home.state).mkdir(parents=True)
    Path(home.state, "offline").touch()
    url = "https://mcp.corp.example/presto/mcp"
    assert main(["try", "--json", url]) == ExitCode.FAILED
    assert printed()["fault"]["reference"] == "offline"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--name", "Not A Name", "--", "python"], "A short name has"),
        (["http://127.0.0.1:1/mcp", "again"], "A URL stands alone"),
        (["ftp://127.0.0.1/mcp"], "ftp://127.0.0.1/mcp must start with https://"),
        (["--env", "A=b", "http://127.0.0.1:1/mcp"], "--env is for a command"),
    ],
)
def test_what_cannot_be_tried_is_said_before_anything_starts(
    words: list[str], said: str, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the exit code of a command that was not understood."""
    del home
    assert main(["try", *words]) == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_at_a_terminal_questions_are_answered_and_words_completed(home: Home) -> None:
    """A real terminal: the tab key, a form of the server's, and Ctrl-D in it and at the end."""
    keyboard, screen = pty.openpty()
    command = [sys.executable, "-I", "-m", "portico", "try", "--", *ASKING]
    environment = {**os.environ, "PORTICO_HOME": home.root, "TERM": "xterm", "COLUMNS": "200"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=screen, stdout=screen, stderr=screen
    ) as process:
        os.close(screen)
        seen = Screen(keyboard)
        seen.until("asking-server> ")
        os.write(keyboard, b"pa\t wa\tnorth\n")
        seen.until("Which colour?")
        seen.until("(colour, string): ")
        os.write(keyboard, b"blue\n")
        seen.until("Send it? [y/N] ")
        os.write(keyboard, b"y\n")
        seen.until("north in blue")
        seen.until("asking-server> ")
        os.write(keyboard, b"paint wall=south\n")
        seen.until("(colour, string): ")
        os.write(keyboard, b"\x04")
        seen.until("south in nothing")
        seen.until("asking-server> ")
        os.write(keyboard, b"\x04")
        seen.until("[servers.asking-server]")
        seen.rest()
        assert process.wait() == ExitCode.OK
    os.close(keyboard)


class Screen:
    """What a program writes to a terminal, read until something appears."""

    def __init__(self, keyboard: int) -> None:
        self._keyboard = keyboard
        self._text = ""

    def until(self, words: str) -> None:
        """Wait for words that come anew; the timeout of the test is the patience."""
        while words not in self._text:
            read = os.read(self._keyboard, 4096)
            assert read, self._text
            self._text += read.decode(errors="replace")
        self._text = self._text.partition(words)[2]

    def rest(self) -> None:
        """Read on until the program has closed the terminal."""
        try:
            while os.read(self._keyboard, 4096):
                pass
        except OSError:
            pass  # What Linux answers once nobody has the terminal open any more.
