"""The command line against a hub that says what each test tells it to."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any, NotRequired, get_origin, get_type_hints

import pytest

from ide_protocol.command_line import main
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.command_line.report import META
from ide_protocol.own import contract
from proxy import fault
from tests.ide_protocol.command_line.conftest import (
    FAULT,
    GATED,
    QUESTION,
    RECORD,
    SERVER,
    STATUS,
    TOOL,
)

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.ide_protocol.command_line.conftest import FakeHub, Printed, Wire

    Start = Callable[..., subprocess.Popen[str]]

# Reaching the hub uses the process's one alarm, which is what the default method would use.
pytestmark = pytest.mark.timeout(180, method="thread")

SHAPES: dict[tuple[str, ...], tuple[str, type]] = {
    ("servers",): ("servers", contract.Server),
    ("tools",): ("tools", contract.Tool),
    ("login",): ("user", contract.User),
    ("whoami",): ("user", contract.User),
    ("approvals",): ("approvals", contract.Question),
    ("reject", "q1"): ("approval", contract.Question),
    ("leases",): ("leases", contract.Lease),
    ("leases", "revoke"): ("leases", contract.Lease),
    ("audit",): ("records", contract.Record),
    ("doctor",): ("checks", contract.Check),
    ("doctor", "auth"): ("chain", contract.ChainLink),
    ("hub", "status"): ("hub", contract.Hub),
}

QUIET: dict[tuple[str, ...], dict[str, Any]] = {
    ("logout",): {},
    ("hub", "stop"): {"stopped": True},
}


@pytest.mark.parametrize("words", SHAPES, ids=" ".join)
def test_json_has_the_shapes_of_the_contract(
    words: tuple[str, ...], hub: FakeHub, printed: Printed
) -> None:
    """Every command prints, with --json, one document with exactly the contract's keys."""
    key, shape = SHAPES[words]
    code = main([*words, "--json"])
    document = printed()
    # The doctor's verdict on the machine that runs the test is not what is tested here.
    assert code in {ExitCode.OK, ExitCode.FAILED} if words[0] == "doctor" else code == ExitCode.OK
    found = document[key]
    for one in found if isinstance(found, list) else [found]:
        hints = get_type_hints(shape, include_extras=True)
        spared = {name for name, kind in hints.items() if get_origin(kind) is NotRequired}
        assert set(hints) - spared <= set(one) <= set(hints)
    assert hub.heard


def test_the_key_of_a_fault_is_the_hubs() -> None:
    """Both ends of the socket call it the same."""
    assert META == fault.META


def test_json_status_is_the_hubs_answer_whole(hub: FakeHub, printed: Printed) -> None:
    """`status --json` is the contract's Status, nothing left out."""
    assert main(["status", "--json"]) == ExitCode.OK
    document = printed()
    assert set(document) == set(get_type_hints(contract.Status))
    assert document == json.loads(json.dumps(hub.answers[contract.STATUS]))


@pytest.mark.parametrize("words", QUIET, ids=" ".join)
@pytest.mark.usefixtures("hub")
def test_json_of_commands_without_an_answer(words: tuple[str, ...], printed: Printed) -> None:
    """Commands that only do something still print one JSON document."""
    assert main([*words, "--json"]) == ExitCode.OK
    assert printed() == QUIET[words]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["status"], ["alice", "1 question waits", "Portico tries again by itself."]),
        (["servers"], ["Runs SQL", "not for you", "It is for ads-eng."]),
        (["tools"], ["presto.run_query  read  runs    Run one query.\n"]),
        (["tools", "presto.run_query"], ["query     string   yes", "And more."]),
        (
            ["whoami"],
            [
                "alice at https://sso.corp.example",
                "data-eng",
                "keyring",
                "presto",
                "refused the aud",
            ],
        ),
        (["login"], ["Signed in as alice"]),
        (
            ["approvals"],
            ["portico approve q1", '"table": "a\\u202eb"', "Data Platform, #data-help"],
        ),
        (
            ["audit"],
            ["replied  presto.run_query  read  12 ms  Code  query=[8 characters]", "2023-11-"],
        ),
        (
            ["leases"],
            ["9b3e7788", "spark.submit_job", "20 calls, ", "queue like dev-*", "until the session"],
        ),
        (["leases", "revoke"], ["asked about again", "9b3e7788"]),
        (["hub", "status"], ["process 4242", "editor  Code"]),
        (["doctor"], ["sign-in", "Fine."]),
        (
            ["doctor", "auth"],
            [
                "✗  connection",
                "trusted certificate",
                "(nobody: it",
                "The first thing wrong: connection",
            ],
        ),
        (["call", "presto.run_query", "--arg", "query=x"], ["one\n        two\n"]),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("hub")
def test_people_read_text_that_moves_no_cursor(
    words: list[str], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every view names what matters, and nothing unprintable from elsewhere reaches the screen."""
    main(words)
    out = capsys.readouterr().out
    for one in expected:
        assert one in out
    assert all(c.isprintable() or c == "\n" for c in out)
    assert not any(line.endswith(" ") for line in out.splitlines())


@pytest.mark.parametrize(
    "words",
    [("tools", "zz{}"), ("tools", "zz{0}.yy{0}"), ("zz{}",), ("--zz{}",), ("status", "zz{}")],
    ids=" ".join,
)
def test_a_word_of_the_command_line_comes_back_without_escapes(
    words: tuple[str, ...], hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an agent or a web page made a person type cannot draw on their terminal."""
    hub.answers["portico/tools"] = {"tools": []}
    code = main([word.format("\x1b]0;PWN\x07\x9b31m\u202e") for word in words])
    printed = capsys.readouterr()
    assert code != ExitCode.OK
    assert "zz" in printed.err
    assert all(c.isprintable() or c == "\n" for c in printed.out + printed.err)


def test_call_takes_values_as_the_schema_wants_them(hub: FakeHub) -> None:
    """A number stays text where the tool wants text; later words win over --json-args."""
    open_schema = {**TOOL["inputSchema"], "additionalProperties": True}
    hub.answers[contract.TOOLS] = {"tools": [{**TOOL, "inputSchema": open_schema}]}
    words = ["call", "presto.run_query", "--arg", "query=1", "--arg", "limit=5"]
    assert main([*words, "--json-args", '{"limit": 1, "deep": {"a": [null]}}']) == ExitCode.OK
    assert hub.said(contract.CALL) == {
        "server": "presto",
        "tool": "run_query",
        "arguments": {"query": "1", "limit": 5, "deep": {"a": [None]}},
    }


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["call", "presto"], ExitCode.USAGE),
        (["call", "presto.x", "--arg", "nothing"], ExitCode.USAGE),
        (["call", "presto.x", "--json-args", "[1]"], ExitCode.USAGE),
        (["call", "presto.x", "--json-args", '{"a": 1e400}'], ExitCode.USAGE),
        (["audit", "--limit", "0"], ExitCode.USAGE),
        (["nonsense"], ExitCode.USAGE),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_slip_of_the_keyboard_starts_nothing(
    words: list[str], code: ExitCode, hub: FakeHub, printed: Printed
) -> None:
    """A command that is not understood exits 2 before the hub hears of it."""
    assert main([*words, "--json"]) == code
    assert printed()["fault"]["reference"] == "usage"
    assert not hub.heard


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("sign-in-needed", ExitCode.PERSON),
        ("upstream-sign-in-needed", ExitCode.PERSON),
        ("denied-by-policy", ExitCode.DENIED),
        ("not-approved", ExitCode.DENIED),
        ("configuration-invalid", ExitCode.CONFIGURATION),
        ("upstream-slow", ExitCode.FAILED),
    ],
)
def test_a_fault_says_who_acts_and_what_they_do(
    reference: str, code: ExitCode, hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault of the hub keeps its words, in JSON and for people, and decides the exit code."""
    report: contract.FaultReport = {
        "reference": reference,
        "message": "It went wrong.",
        "who": "you",
        "remedy": "Do this.",
    }
    hub.refuse(contract.TOOLS, report)
    assert main(["tools", "--json"]) == code
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"fault": report}
    for words in ("It went wrong.", "who acts    you", "what to do  Do this.", reference):
        assert words in captured.err


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("not-approved", ExitCode.DENIED),
        ("sign-in-needed", ExitCode.PERSON),
        ("upstream-slow", ExitCode.FAILED),
        (None, ExitCode.FAILED),
    ],
)
def test_a_failed_call_is_not_a_success(
    reference: str | None, code: ExitCode, hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tool error goes to stderr; Portico's own says who acts, and its reference decides."""
    report: contract.FaultReport = {**FAULT, "reference": reference or "", "message": "It is so."}
    hub.answers[contract.CALL] = {
        "content": [{"type": "text", "text": "It is so."}],
        "isError": True,
        **({"_meta": {META: report}} if reference else {}),
    }
    assert main(["call", "presto.run_query", "--arg", "query=x"]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("✗ It is so.")
    assert ("who acts" in captured.err) is (reference is not None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "It needs query. It also takes limit."),
        (["--arg", "sql=x"], "It does not take sql. It takes query and limit."),
        (["--arg", "query=x", "--arg", "limti=3"], "limti (did you mean limit?)"),
        (["--json-args", '{"query": "x", "deep": 1}'], "It does not take deep."),
    ],
)
def test_arguments_that_the_tool_does_not_take_are_never_sent(
    given: list[str], words: str, hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is missing or mistyped is named before anybody is asked about the call."""
    assert main(["call", "presto.run_query", *given]) == ExitCode.USAGE
    assert words in capsys.readouterr().err
    assert contract.CALL not in {message.get("method") for message in hub.heard}


@pytest.mark.parametrize(
    ("words", "reference", "told"),
    [
        (["tools", "prestoo"], "no-such-server", "There is no server prestoo (did you mean presto"),
        (["tools", "presto.run_qery"], "no-such-tool", "no tool run_qery (did you mean run_query"),
        (["tools", "revenue"], "denied-by-policy", "It is for ads-eng."),
        (["call", "nope.x"], "no-such-server", "There is no server nope."),
        (["call", "presto.qery"], "no-such-tool", "presto has no tool qery"),
    ],
    ids=" ".join,
)
def test_a_name_that_leads_nowhere_says_which_part_does(
    words: list[str], reference: str, told: str, hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """Server or tool, near names, and a fault for programs as well."""
    unknown: contract.FaultReport = {**FAULT, "reference": "unknown-tool"}
    hub.refuse(contract.CALL, unknown)
    hub.answers[contract.SERVERS] = {"servers": [{**SERVER, "fault": None}, GATED]}

    def of_server(wire: Wire, request: dict[str, Any]) -> None:
        known = request["params"].get("server") in {None, "presto"}
        wire.send(id=request["id"], result={"tools": [TOOL] if known else []})

    hub.answers[contract.TOOLS] = of_server
    code = ExitCode.DENIED if reference == "denied-by-policy" else ExitCode.FAILED
    assert main([*words, "--json"]) == code
    captured = capsys.readouterr()
    assert json.loads(captured.out)["fault"]["reference"] == reference
    assert told in captured.err


def test_a_servers_own_sign_in_is_asked_for_by_its_name(
    hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """Signing in there and out again names the server, and says nothing of the company."""
    hub.answers[contract.SIGN_IN] = {}
    for word, method in (("login", contract.SIGN_IN), ("logout", contract.SIGN_OUT)):
        assert main([word, "weather"]) == ExitCode.OK
        assert hub.said(method) == {"server": "weather"}
        assert "weather" in capsys.readouterr().out
        assert main([word, "weather", "--json"]) == ExitCode.OK
        assert json.loads(capsys.readouterr().out) == {}
    fault = {**FAULT, "reference": "server-sign-in-needed"}
    hub.answers[contract.SERVERS] = {"servers": [{**SERVER, "state": "absent", "fault": fault}]}
    assert main(["servers"]) == ExitCode.OK
    assert "sign in there" in capsys.readouterr().out


@pytest.mark.parametrize("listed", [True, False])
def test_who_is_not_signed_in_is_told_so_once(
    hub: FakeHub, capsys: pytest.CaptureFixture[str], *, listed: bool
) -> None:
    """Servers that wait for a sign-in say it in one line, whether or not the registry shows any."""
    waiting = [{**GATED, "server": name, "standing": "sign-in-needed"} for name in ("a", "b")]
    hub.answers[contract.SERVERS] = {"servers": waiting if listed else []}
    hub.answers[contract.STATUS] = {**STATUS, "user": None}
    hub.answers[contract.TOOLS] = {"tools": []}
    for words in (["servers"], ["tools"]):
        assert main(words) == ExitCode.OK
        captured = capsys.readouterr()
        assert captured.err == "Nobody is signed in. Sign in with `portico login`.\n"
        assert "ads-eng" not in captured.out
    assert main(["tools", "nope", "--json"]) == ExitCode.PERSON
    assert json.loads(capsys.readouterr().out)["fault"]["reference"] == "sign-in-needed"


def test_a_table_of_the_audit_keeps_its_details_at_eighty_columns(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Date once, then times; risk, duration and host go before what was called, and with what."""
    monkeypatch.setenv("COLUMNS", "80")
    records = [
        {**RECORD, "event": "answered", "outcome": "cancelled", "tool": "overwrite_table"},
        {**RECORD, "reference": "not-approved", "outcome": "denied", "at": RECORD["at"] + 1},
        {**RECORD, "at": RECORD["at"] + 5 * 86400},
    ]
    hub.answers[contract.ACTIVITY] = {"records": records}
    assert main(["audit"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["TIME", "WHAT", "TOOL", "DETAIL"]
    assert [len(line) for line in lines if line.startswith("2023-11-")] == [10, 10]
    assert "presto.overwrite_table" in lines[2]
    assert lines[2].endswith("query=[8 characters]")
    assert "not-approved query=" in lines[3]


def test_a_record_is_listed_by_the_number_that_shows_it(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`audit show` takes the number; a reason stands with the details, not in a column of words."""
    monkeypatch.setenv("COLUMNS", "120")
    refused = {"event": "refused-surface", "outcome": "an editor that is not paired"}
    hub.answers[contract.ACTIVITY] = {"records": [{**RECORD, **refused, "id": 57}]}
    assert main(["audit"]) == ExitCode.OK
    heading, _, line = capsys.readouterr().out.splitlines()
    assert heading.split()[0] == "NO"
    assert line.split()[0] == "57"
    assert line.index("an editor that is not paired") >= heading.index("DETAIL")


def test_a_question_is_named_by_its_id_or_its_tag(
    hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tag that two questions share names neither; what names none is the hub's to refuse."""
    assert main(["reject", "ab12"]) == ExitCode.OK
    assert hub.said(contract.ANSWER)["id"] == "q1"
    hub.answers[contract.APPROVALS] = {"approvals": [QUESTION, {**QUESTION, "id": "q2"}]}
    assert main(["reject", "ab12"]) == ExitCode.USAGE
    assert "q1 or q2" in capsys.readouterr().err
    assert main(["reject", "none"]) == ExitCode.OK
    assert hub.said(contract.ANSWER)["id"] == "none"


def test_a_no_may_stop_further_questions(hub: FakeHub) -> None:
    """`reject --stop` says so to the hub."""
    assert main(["reject", "q1", "--stop"]) == ExitCode.OK
    assert hub.said(contract.ANSWER) == {"id": "q1", "answer": "stop"}


def test_leases_end_by_one_command(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    """One by its id, all without; with none there is nothing to say but that."""
    assert main(["leases", "revoke", "9b3e7788"]) == ExitCode.OK
    assert hub.said(contract.REVOKE) == {"id": "9b3e7788"}
    assert main(["leases", "revoke"]) == ExitCode.OK
    assert hub.said(contract.REVOKE) == {}
    hub.answers.update({contract.LEASES: {"leases": []}, contract.REVOKE: {"leases": []}})
    capsys.readouterr()
    assert main(["leases"]) == main(["leases", "revoke"]) == ExitCode.OK
    assert "every call that needs a yes is asked about" in capsys.readouterr().out


def test_an_audit_of_nobody_names_whom_it_looked_for(
    hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped server does not look like an empty audit, and a number is asked for in words."""
    hub.answers[contract.ACTIVITY] = {"records": []}
    assert main(["audit", "--server", "nope"]) == ExitCode.OK
    assert "for a server nope." in capsys.readouterr().out
    assert main(["audit", "--limit", "x"]) == ExitCode.USAGE
    assert "'x' is not a valid whole number" in capsys.readouterr().err


def test_rows_of_a_result_become_a_table(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    """Structured rows are aligned under their names, with what stands beside them below."""
    hub.answers[contract.CALL] = {
        "content": [],
        "structuredContent": {
            "columns": ["day", "orders"],
            "rows": [["mon", 7], ["tue", 1200]],
            "truncated": True,
            "cached": False,
        },
    }
    assert main(["call", "presto.run_query", "--arg", "query=x"]) == ExitCode.OK
    expected = "day  orders\nmon       7\ntue    1200\n\n(2 rows)\ntruncated: true\n"
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    "last_words",
    [b"", b"\x000\n", b"garbage\n", b"[]\n"],
    ids=["gone", "farewell", "garbled", "odd"],
)
def test_a_hub_that_goes_away_is_never_a_success(
    last_words: bytes, hub: FakeHub, printed: Printed
) -> None:
    """A hub that ends, in order or not, before it answers means exit code 5 and a sentence."""

    def vanish(wire: Wire, _: dict[str, Any]) -> None:
        wire.raw(last_words)
        wire.end()

    hub.answers[contract.CALL] = vanish
    assert main(["call", "presto.run_query", "--arg", "query=x", "--json"]) == ExitCode.NO_HUB
    assert printed()["fault"]["reference"] == "hub-vanished"


def test_an_older_hub_is_named_as_the_reason(
    hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """A method the hub does not know tells the person to stop that hub."""
    error = {"code": -32601, "message": "No method."}
    hub.answers[contract.ACTIVITY] = lambda wire, request: wire.send(id=request["id"], error=error)
    assert main(["audit"]) == ExitCode.NO_HUB
    assert "portico hub stop" in capsys.readouterr().err


def test_without_a_terminal_nobody_is_asked(hub: FakeHub, start: Start) -> None:
    """A command whose streams are pipes says that nobody sees a question, and nobody said no."""

    def ask(wire: Wire, request: dict[str, Any]) -> None:
        wire.send(
            id="ask-1", method=contract.ASK, params=hub.answers[contract.APPROVALS]["approvals"][0]
        )
        answer = wire.receive()
        assert answer is not None
        wire.send(id=request["id"], result={"content": [answer["result"]], "isError": False})

    hub.answers[contract.CALL] = ask
    out, err = start("call", "presto.run_query", "--arg", "query=x", "--json").communicate("yes\n")
    assert json.loads(out)["content"] == [{"answer": "nobody"}]
    assert "presto.drop_table is destructive and needs a person's yes" in err


@pytest.mark.usefixtures("hub")
def test_approve_needs_a_terminal(start: Start, hub: FakeHub) -> None:
    """`approve` from a pipe is refused before the hub is asked; `reject` is welcome."""
    approve = start("approve", "q1")
    _, err = approve.communicate("")
    assert approve.returncode == ExitCode.PERSON
    assert "terminal-needed" in err
    assert not hub.heard
    assert main(["reject", "q1"]) == ExitCode.OK
    assert hub.said(contract.ANSWER) == {"id": "q1", "answer": "no"}


def test_a_call_that_takes_long_says_so_on_stderr_only(hub: FakeHub, start: Start) -> None:
    """After a second without an answer a pipe gets one plain line; stdout stays clean."""
    process = start("call", "presto.run_query", "--arg", "query=x", "--json")

    def slow(wire: Wire, request: dict[str, Any]) -> None:
        assert process.stderr is not None
        wire.send(method=contract.PROGRESS, params={"message": "Halfway \x1b[2J there"})
        # The answer waits for the line, so the test depends on no clock.
        assert process.stderr.readline() == "portico: Halfway there …\n"
        wire.send(id=request["id"], result={"content": []})

    hub.answers[contract.CALL] = slow
    assert process.stdout is not None
    assert json.loads(process.stdout.readline()) == {"content": []}
    assert process.wait() == ExitCode.OK


def test_control_c_cancels_the_call(hub: FakeHub, start: Start) -> None:
    """Ctrl-C closes the connection, which cancels the call, and exits 130."""
    process = start("call", "presto.run_query", "--arg", "query=x")

    def interrupt(wire: Wire, _: dict[str, Any]) -> None:
        process.send_signal(signal.SIGINT)
        assert wire.receive() is None, "the connection ends without another word"

    hub.answers[contract.CALL] = interrupt
    _, err = process.communicate()
    assert process.returncode == ExitCode.INTERRUPTED
    assert err == "\nCancelled.\n"
