"""`portico audit`, `stats` and `why`, as people and scripts use them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ide_protocol.command_line import main
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.command_line.moment import parse
from ide_protocol.command_line.view.stats import bars
from ide_protocol.own import contract
from tests.ide_protocol.command_line.conftest import EXPLANATION, RECORD, STATS, USAGE
from tests.proxy.audit.ledger import records, tampered, written

if TYPE_CHECKING:
    from pathlib import Path

    from proxy.audit.chain import Head
    from proxy.home import Home
    from tests.ide_protocol.command_line.conftest import FakeHub, Printed

# Reaching the hub uses the process's one alarm, which is what the default method would use.
pytestmark = pytest.mark.timeout(180, method="thread")


@pytest.fixture
def kept(home: Home, tmp_path: Path) -> Head:
    """The head of an audit of five records in this home."""
    (tmp_path / "state").mkdir()
    assert home.audit == f"{tmp_path}/state/audit.sqlite3"
    return written(tmp_path / "state" / "audit.sqlite3", records(5, at=1.7e9))


def test_an_audit_is_verified_against_a_head(
    kept: Head, home: Home, printed: Printed, tmp_path: Path
) -> None:
    """Without a hub: good, good against its head, and broken once it was changed."""
    assert main(["audit", "verify", "--json"]) == ExitCode.OK
    told = {"records": 5, "begins": f"0:{'0' * 64}", "head": str(kept)}
    assert printed() == {**told, "matches": False}
    assert main(["audit", "verify", "--head", str(kept), "--json"]) == ExitCode.OK
    assert printed() == {**told, "matches": True}
    tampered(tmp_path / "state" / "audit.sqlite3", "UPDATE records SET tool = 'x' WHERE id = 3")
    assert main(["audit", "verify", "--head", str(kept), "--json"]) == ExitCode.FAILED
    fault = printed()["fault"]
    assert fault["reference"] == "audit-broken"
    assert fault["message"].startswith("Record 3 is not as it was written")
    assert not (tmp_path / "run").exists()
    assert home.own


def test_an_exported_file_is_verified_anywhere(
    kept: Head, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An export and the later part of one are good; a hole or a changed line is found."""
    assert main(["audit", "export"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines(keepends=True)
    file = tmp_path / "audit.jsonl"
    for some, said in (
        (lines, "✓ 5 records are as they were written."),
        (lines[2:], "✓ 3 records are as they were written, from number 3 on"),
        ([lines[0], *lines[2:]], "Record 2 is missing."),
        ([*lines[:3], lines[3].replace("run_query", "drop")], "Record 4 is not as it was written"),
        (["{}\n"], "Line 1 is not a record"),
        (["nonsense\n"], "Line 1 is not a record"),
        ([], "Records 1 to 5 are missing"),
    ):
        file.write_text("".join(some))
        code = main(["audit", "verify", str(file), "--head", str(kept)])
        shown = capsys.readouterr()
        assert said in shown.out + shown.err
        assert code == (ExitCode.OK if said.startswith("✓") else ExitCode.FAILED)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "words",
    [
        ["audit", "verify", "--head", "12:34"],
        ["audit", "verify", "no-such-file"],
        ["audit", "--since", "yesterday"],
        ["stats", "--since", "soon"],
        ["why", ".x"],
        ["why", "presto."],
    ],
    ids=" ".join,
)
def test_a_slip_in_looking_back_is_said_before_anything_starts(words: list[str]) -> None:
    """Times, heads and names are understood before the hub is asked."""
    assert main(words) == ExitCode.USAGE


def test_a_list_is_asked_for_what_the_options_say(hub: FakeHub) -> None:
    """Every filter reaches the hub, and `audit` alone is `audit list`."""
    words = ["--server", "presto", "--tool", "drop", "--event", "answered", "--outcome", "no"]
    assert main(["audit", "--limit", "3", *words, "--since", "2026-03-01"]) == ExitCode.OK
    said = hub.said(contract.ACTIVITY)
    assert said.pop("since") == parse("2026-03-01", 0.0)
    assert said == {
        "limit": 3,
        "server": "presto",
        "tool": "drop",
        "event": "answered",
        "outcome": "no",
    }
    assert main(["audit"]) == main(["audit", "list"]) == ExitCode.OK


def test_one_call_is_shown_whole(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    """A record's number leads to all records of its exchange, with what each says of its own."""
    asked: contract.Record = {
        **RECORD,
        "id": 2,
        "event": "answered",
        "surface": "editor",
        "outcome": "yes",
        "milliseconds": 4000.0,
    }
    payload = {**RECORD, "payload": '{"query": "a\u202eb"}', "waited": 4000.0}
    hub.answers[contract.ACTIVITY] = {"records": [asked, payload], "more": False}
    assert main(["audit", "show", "3"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert hub.said(contract.ACTIVITY)["exchange"] == "e"
    assert "presto.run_query, 2023-11-" in out
    assert "answered yes (editor)  4.0 s" in out
    assert "4.0 s of it for a person; 5 min saved, says its owner" in out
    assert '"query": "a\\u202eb"' in out
    hub.answers[contract.ACTIVITY] = {"records": [], "more": False}
    assert main(["audit", "show", "99"]) == ExitCode.FAILED
    assert "There is no record 99." in capsys.readouterr().err


@pytest.mark.parametrize("columns", [80, 120])
def test_statistics_fit_the_terminal(
    columns: int,
    hub: FakeHub,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At 80 and at 120 columns it is a table, no line is too long, and no name is cut."""
    monkeypatch.setenv("COLUMNS", str(columns))
    long: contract.Usage = {**USAGE, "tool": "export_quarterly_figures_of_everybody"}
    hub.answers[contract.STATS] = {**STATS, "tools": [USAGE, long]}
    assert main(["stats"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert any(line.startswith("TOOL ") for line in lines)
    assert any("presto.export_quarterly_figures_of_everybody" in line for line in lines)
    assert "12 h 30 min: the owners' estimate for each success, added up" in "\n".join(lines)


def test_a_small_picture_shows_the_most_and_the_none() -> None:
    """The tallest bar is the most, a point is nothing, and neighbours can share a bar."""
    assert bars([0, 1, 4, 8]) == "·▁▄█"
    assert bars([0, 0]) == "··"
    assert bars([1, 1, 0, 0, 4, 0], 3) == "▄·█"


def test_a_time_is_read_as_people_write_it() -> None:
    """Spans back from now, days and times; everything else is none."""
    assert parse("90s", 1000.0) == 910.0
    assert parse("2h", 10_000.0) == 2800.0
    assert parse("1w", 10**6) == 10**6 - 604_800
    day = parse("2026-03-01", 0.0)
    assert day is not None
    assert parse("2026-03-01T01:30", 0.0) == day + 5400
    assert [parse(text, 0.0) for text in ("", "7", "7 days", "-7d", "tomorrow")] == [None] * 5


def test_why_shows_who_can_change_it(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    """Verdict, missing group, owner, channel and a text to send, each on its line."""
    assert main(["why", "presto.drop_table"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert hub.said(contract.WHY) == {"server": "presto", "tool": "drop_table"}
    for line in (
        "verdict        you may not call it",
        "missing group  data-admins",
        "owner          Data Platform",
        "support        #data-help",
    ):
        assert line in out
    assert EXPLANATION["request"] in out


def test_why_of_an_unknown_name_is_what_every_command_says(
    hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hidden server is not among the known ones, so it reads like a slip of the pen."""
    report: contract.FaultReport = {
        "reference": "unknown-tool",
        "message": "Unknown server: hidden",
        "who": "",
        "remedy": "",
    }
    hub.refuse(contract.WHY, report)
    for name in ("hidden", "nobody"):
        assert main(["why", name, "--json"]) == ExitCode.FAILED
        fault = json.loads(capsys.readouterr().out)["fault"]
        assert (fault["reference"], fault["message"]) == (
            "no-such-server",
            f"There is no server {name}.",
        )
