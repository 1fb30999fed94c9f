"""Looking after Portico from the command line, and the page that documents all of it."""

from __future__ import annotations

import json
import re
import shlex
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from ide_protocol.command_line import argument, main
from ide_protocol.command_line.checkup import folder_check, tilde
from ide_protocol.command_line.exit_code import MEANING, ExitCode
from ide_protocol.command_line.moment import span
from ide_protocol.command_line.program import program
from ide_protocol.own import contract
from sandbox.servers.presto import presto
from sandbox.servers.presto_warehouse import Warehouse
from tests.sandbox.loopback import connected, served

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from proxy.home import Home
    from tests.ide_protocol.command_line.conftest import FakeHub, Printed, Wire

    Start = Callable[..., subprocess.Popen[str]]

# Reaching the hub uses the process's one alarm, which is what the default method would use.
pytestmark = pytest.mark.timeout(180, method="thread")


def test_following_the_audit_shows_each_record_once(hub: FakeHub, start: Start) -> None:
    """`audit --follow --json` prints records as JSON lines as they appear, until Ctrl-C."""
    first: dict[str, Any] = hub.answers[contract.ACTIVITY]["records"][0]
    seen = iter([[first], [first], [first, {**first, "id": 4}]])

    def grow(wire: Wire, request: dict[str, Any]) -> None:
        wire.send(id=request["id"], result={"records": next(seen, [first])})

    hub.answers[contract.ACTIVITY] = grow
    process = start("audit", "--follow", "--json")
    assert process.stdout is not None
    ids = [json.loads(process.stdout.readline())["id"] for _ in range(2)]
    process.send_signal(signal.SIGINT)
    assert process.wait() == ExitCode.INTERRUPTED
    assert ids == [3, 4]


@pytest.mark.usefixtures("home")
def test_looking_at_the_hub_starts_none(printed: Printed, home: Home) -> None:
    """`hub status`, `hub stop` and `hub logs` work without a hub and bring none to life."""
    assert main(["hub", "status", "--json"]) == ExitCode.NO_HUB
    assert printed() == {"hub": None}
    assert main(["hub", "stop", "--json"]) == ExitCode.OK
    assert printed() == {"stopped": False}
    assert main(["hub", "logs", "--json"]) == ExitCode.OK
    assert printed() == {"path": home.log, "lines": []}
    assert not Path(home.run).exists()


@pytest.mark.parametrize("words", [("status",), ("hub", "status"), ("hub", "stop")], ids=" ".join)
def test_who_listens_in_a_folder_of_others_is_not_the_hub(
    words: tuple[str, ...], hub: FakeHub, printed: Printed
) -> None:
    """A socket in a folder that others may enter could be anybody's, so nothing is said to it."""
    Path(hub.home.run).chmod(0o755)
    assert main([*words, "--json"]) == ExitCode.NO_HUB
    assert printed()["fault"]["reference"] == "hub-unreachable"
    assert not hub.heard


def test_logs_show_the_last_lines(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """`hub logs` prints the tail of the log, made safe to show."""
    Path(home.state).mkdir()
    Path(home.log).write_text("one\ntwo\x1b[2J\nthree\n", encoding="utf-8")
    assert main(["hub", "logs", "--lines", "2"]) == ExitCode.OK
    assert capsys.readouterr().out == "two\nthree\n"


def test_config_check_points_at_what_is_wrong(
    home: Home, capsys: pytest.CaptureFixture[str], printed: Printed
) -> None:
    """An invalid portico.toml exits 6 and names the key; a valid one is said to be."""
    file = Path(home.file)
    file.write_text("[compnay]\n", encoding="utf-8")
    assert main(["config", "check"]) == ExitCode.CONFIGURATION
    assert "compnay" in capsys.readouterr().err
    file.write_text("", encoding="utf-8")
    assert main(["config", "check", "--json"]) == ExitCode.OK
    assert printed() == {"path": home.file, "exists": True, "valid": True}


def test_version_is_said_both_ways(capsys: pytest.CaptureFixture[str], printed: Printed) -> None:
    """`version` and `--version` name the same version, and need no hub."""
    assert main(["version", "--json"]) == ExitCode.OK
    version = printed()["version"]
    assert main(["--version"]) == ExitCode.OK
    assert capsys.readouterr().out == f"portico {version}\n"


def _commands(group: click.Group, above: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{above} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{above} {name}")


def test_the_docs_list_every_command_flag_and_exit_code() -> None:
    """docs/command-line.md shows each command with each flag, and each exit code's meaning."""
    pages = Path(__file__).parents[3] / "docs" / "command-line.md"
    text = pages.read_text(encoding="utf-8")
    for words, command in _commands(program, "portico"):
        if isinstance(command, click.Group):
            continue
        found = re.search(rf"`{words}(?=[ `])", text)
        assert found, words
        section = text[found.end() :].partition("\n#")[0]
        for parameter in command.params:
            for flag in parameter.opts if isinstance(parameter, click.Option) else []:
                assert flag == "--json" or flag in section, (words, flag)
    for code, meaning in MEANING.items():
        assert f"| {code} | {meaning} |" in text


def test_the_doctor_finds_a_folder_that_others_may_enter(tmp_path: Path) -> None:
    """A private folder is well, an open one is named with the command that closes it."""
    folder = tmp_path / "state"
    assert folder_check("state folder", str(folder))["state"] == "ok"
    folder.mkdir(mode=0o700)
    assert folder_check("state folder", str(folder))["state"] == "ok"
    folder.chmod(0o750)
    found = folder_check("state folder", str(folder))
    assert found["state"] == "failed"
    assert found["remedy"] == f"Run `chmod go-rwx {folder}`."
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert folder_check("state folder", str(link))["state"] == "failed"


def test_paths_are_shown_as_people_write_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person's own folder is `~`; one that only begins like it is not."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tilde(f"{tmp_path}/state") == "~/state"
    assert tilde(str(tmp_path)) == "~"
    assert tilde(f"{tmp_path}er/state") == f"{tmp_path}er/state"
    assert (
        folder_check("state folder", f"{tmp_path}/s")["finding"] == "~/s is made when it is needed."
    )


def test_a_relative_home_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, printed: Printed
) -> None:
    """It would be another home in every folder, so no command and no editor uses it."""
    monkeypatch.setenv("PORTICO_HOME", "try")
    assert main(["version", "--json"]) == ExitCode.OK
    printed()
    for words in (["servers"], ["doctor"], ["hub", "status"], ["config", "check"]):
        assert main([*words, "--json"]) == ExitCode.FAILED
        found = printed()["fault"]
        assert found["reference"] == "home-unusable"
        assert "'try' is relative" in found["message"]


@pytest.mark.parametrize("words", [["hub"], ["config"], []], ids=" ".join)
def test_no_help_ends_in_the_middle_of_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What a list of commands says of each is whole."""
    assert main([*words, "--help"]) == ExitCode.OK
    assert "..." not in capsys.readouterr().out.replace("[ARGS]...", "")


@pytest.mark.parametrize(
    ("seconds", "said"), [(299.99, "5 min"), (59.4, "59 s"), (59.9, "1 min"), (0.2, "a moment")]
)
def test_what_is_left_is_rounded(seconds: float, said: str) -> None:
    """A moment after it was asked, a question of five minutes still has five."""
    assert span(seconds) == said


async def test_the_example_in_the_help_of_call_works_in_the_company_in_a_box() -> None:
    """Its arguments are those of the real tool, and the tool answers them."""
    example = re.search(r"portico call (presto\.\w+ .+)", str(program.commands["call"].help))
    assert example is not None
    tool, *options = shlex.split(example[1])
    pairs = [option for option in options if option != "--arg"]
    async with (
        served(presto(Warehouse()).application()) as address,
        connected(address, "legacy", "alice", "data-eng") as client,
    ):
        name = tool.partition(".")[2]
        tools = {one.name: one for one in (await client.list_tools()).tools}
        schema = tools[name].input_schema
        given = argument.parse(pairs, None, schema)
        assert argument.complaint(given, schema) == ""
        assert not (await client.call_tool(name, given)).is_error
