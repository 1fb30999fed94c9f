"""`portico policy`: files and their problems, the way to a verdict, drafts, and expectations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.command_line import main
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract
from proxy.configuration import company_policy
from tests.ide_protocol.command_line.conftest import TOOL
from tests.unbroken import unbroken

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.home import Home
    from tests.ide_protocol.command_line.conftest import FakeHub

    Printed = Callable[[], dict[str, Any]]

EXPLANATION: contract.Weighing = {
    "server": "presto",
    "title": "Presto",
    "tool": "run_query",
    "verdict": "ask",
    "risk": "sensitive-read",
    "rule": "policy.toml:3 rules.big",
    "reason": "Large \x1b[31mresults cost money.",
    "remedy": "",
    "open": False,
    "steps": [
        {"name": "groups", "verdict": "", "rule": "", "finding": "You have a group."},
        {
            "name": "rule",
            "verdict": "ask",
            "rule": "policy.toml:3 rules.big",
            "finding": "args.limit > 10 is true",
        },
    ],
    "groups": ["data-eng"],
    "workspace": {"path": "/src/x", "remotes": ["git.corp.example/x"], "tags": ["data"]},
    "surfaces": ["editor", "page"],
    "surface": "",
    "lease": {"minutes": 30, "calls": 20},
    "prompt": "SENSITIVE-READ: run 'run_query' on Presto?\nArguments: {}",
}
POLICY = '[rules.no-drops]\nverdict = "deny"\ntools = ["drop_*"]\n'


@pytest.fixture
def managed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this machine's administrator would put the company's policy."""
    place = tmp_path / "managed.toml"
    monkeypatch.setattr(company_policy, "MANAGED", str(place))
    return place


def test_check_prints_every_problem_of_every_file_with_its_line(
    home: Home, managed: Path, capsys: pytest.CaptureFixture[str], printed: Printed
) -> None:
    """Both files are read, whatever is wrong with the other; what is not there is no problem."""
    assert main(["policy", "check"]) == ExitCode.OK
    assert "managed.toml is not there" in capsys.readouterr().out
    Path(home.file).write_text('[policy.rules.a]\nverdict = "no"\n', encoding="utf-8")
    managed.write_text('[rules.b]\nverdict = "ask"\nwhen = "arg.x"\n', encoding="utf-8")
    assert main(["policy", "check"]) == ExitCode.CONFIGURATION
    said = capsys.readouterr().out
    assert 'line 2: policy.rules.a.verdict: "no" is not one of "allow", "ask", "deny"' in said
    assert "line 3: rules.b.when: is not a CEL expression" in said
    assert main(["policy", "check", "--json"]) == ExitCode.CONFIGURATION
    found = printed()["files"]
    assert [(one["valid"], one["exists"]) for one in found] == [(False, True), (False, True)]
    assert found[0]["problems"][0]["line"] == 2


def test_check_reads_a_file_that_is_not_in_its_place_yet(
    home: Home, managed: Path, printed: Printed
) -> None:
    """Whoever it belongs to; a name that leads nowhere is a problem."""
    file = managed.parent / "new.toml"
    assert main(["policy", "check", str(file), "--json"]) == ExitCode.CONFIGURATION
    assert printed()["files"][0]["problems"][0]["message"] == "there is no such file"
    file.write_text(POLICY, encoding="utf-8")
    file.chmod(0o666)
    assert main(["policy", "check", str(file), "--json"]) == ExitCode.OK
    assert [one["path"] for one in printed()["files"]] == [str(file)]
    assert not Path(home.run).exists(), "no hub was needed"


def test_explain_shows_the_way_to_the_verdict(
    hub: FakeHub, capsys: pytest.CaptureFixture[str], printed: Printed
) -> None:
    """Steps, rule, groups, workspace, surfaces and prompt, and nothing that moves a cursor."""
    hub.answers[contract.EXPLAIN] = EXPLANATION
    words = ["policy", "explain", "presto.run_query", "--arg", "limit=20", "--workspace", "/src/x"]
    assert main(words) == ExitCode.OK
    assert hub.said(contract.EXPLAIN) == {
        "server": "presto",
        "tool": "run_query",
        "arguments": {"limit": 20},
        "workspace": "/src/x",
    }
    said = capsys.readouterr().out
    for part in (
        "A person would be asked: presto.run_query",
        "policy.toml:3 rules.big",
        "args.limit > 10 is true",
        "data-eng",
        "/src/x, git.corp.example/x, tagged data",
        "editor, page",
        "nowhere: no such window is open",
        "at most 30 minutes and 20 calls",
        "SENSITIVE-READ: run 'run_query' on Presto?",
    ):
        assert part in said
    assert "\x1b" not in said
    assert main([*words, "--json"]) == ExitCode.OK
    assert printed() == EXPLANATION


def test_without_arguments_nothing_is_said_of_them(hub: FakeHub) -> None:
    """Not known is another thing than none."""
    hub.answers[contract.EXPLAIN] = {**EXPLANATION, "verdict": "deny", "remedy": "Ask."}
    assert main(["policy", "explain", "presto.run_query"]) == ExitCode.OK
    assert "arguments" not in hub.said(contract.EXPLAIN)
    assert main(["policy", "explain", "presto"]) == ExitCode.USAGE


def test_a_dry_run_makes_no_call(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    """The same explanation, for arguments that the tool takes."""
    hub.answers[contract.EXPLAIN] = EXPLANATION
    name = f"{TOOL['server']}.{TOOL['tool']}"
    needed = TOOL["inputSchema"].get("required", [])
    words = [word for key in needed for word in ("--arg", f"{key}=x")]
    assert main(["call", name, *words, "--dry-run"]) == ExitCode.OK
    assert "A person would be asked" in capsys.readouterr().out
    assert contract.CALL not in {message.get("method") for message in hub.heard}


def test_a_draft_goes_to_stdout_and_its_notes_to_stderr(
    hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that the block can be kept in a file as it is."""
    hub.answers[contract.DRAFT] = {"governance": {"schemaVersion": 1}, "notes": ["Name the owner."]}
    assert main(["policy", "draft", "presto"]) == ExitCode.OK
    said = capsys.readouterr()
    assert json.loads(said.out) == {"schemaVersion": 1}
    assert said.err == "- Name the owner.\n"


def test_a_draft_of_a_server_that_is_not_there_says_so(hub: FakeHub, printed: Printed) -> None:
    """It names near ones, as every command does."""
    hub.refuse(
        contract.DRAFT,
        {"reference": "unknown-tool", "message": "Unknown tool: prest.", "who": "", "remedy": ""},
    )
    assert main(["policy", "draft", "prest", "--json"]) == ExitCode.FAILED
    assert printed()["fault"]["reference"] == "no-such-server"


EXPECTATIONS = """\
policy = "policy.toml"
[servers.presto]
name = "com.example/presto"
tools = "tools.json"
[expect.drops]
call = "presto.drop_table"
verdict = "deny"
rule = "no-drops"
[expect.reads]
call = "presto.read"
verdict = "{verdict}"
risk = "unknown"
surfaces = ["editor", "page", "elicitation", "terminal"]
lease = true
listed = true
"""


def test_expectations_that_are_met_exit_with_0_and_others_with_1(
    tmp_path: Path, home: Home, capsys: pytest.CaptureFixture[str], printed: Printed
) -> None:
    """What is not met is told with its line, what came instead, and by which rule."""
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "tools.json").write_text('{"tools": [{"name": "read"}]}', encoding="utf-8")
    file = tmp_path / "expectations.toml"
    file.write_text(EXPECTATIONS.replace("{verdict}", "ask"), encoding="utf-8")
    assert main(["policy", "test", str(file)]) == ExitCode.OK
    assert "2 met, 0 not met." in capsys.readouterr().out
    file.write_text(EXPECTATIONS.replace("{verdict}", "allow"), encoding="utf-8")
    assert main(["policy", "test", str(file)]) == ExitCode.FAILED
    said = capsys.readouterr().out
    assert "line 9: expected allow, met ask" in said
    assert "closed default" in said
    assert main(["policy", "test", str(file), "--json"]) == ExitCode.FAILED
    found = printed()["expectations"]
    assert [(one["name"], one["met"]) for one in found] == [("drops", True), ("reads", False)]
    assert not Path(home.run).exists(), "no hub was needed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expect: must hold one call at least"),
        ('[expect.a]\ncall = "x.y"\nverdict = "ask"\n', "expect.a.call: must be SERVER.TOOL"),
        ('policy = "nowhere.toml"\n', "policy: names no file"),
        ('[servers.a]\nname = "a.b/a"\ngovernance = "nowhere"\n', "a file that cannot be read"),
        ("[expect.a]\nverdikt = 1\n", 'is not a key that Portico knows (did you mean "verdict"?)'),
        ("[expect", "is not TOML"),
    ],
)
def test_expectations_that_cannot_be_used_say_why(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that tests nothing by mistake must not pass."""
    file = tmp_path / "expectations.toml"
    file.write_text(text, encoding="utf-8")
    assert main(["policy", "test", str(file)]) == ExitCode.CONFIGURATION
    assert unbroken(said) in unbroken(capsys.readouterr().err)
