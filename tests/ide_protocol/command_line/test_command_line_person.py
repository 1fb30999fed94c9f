"""A person at a real (pseudo) terminal, asked by the hub while a call waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract
from tests.process.screen import Screen

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from tests.ide_protocol.command_line.conftest import FakeHub, Wire

    Start = Callable[..., subprocess.Popen[str]]

PROMPT = b"[y/N] "


@pytest.fixture
def screen() -> Iterator[Screen]:
    """A terminal for one command."""
    made = Screen()
    yield made
    made.close()


def _asking(
    hub: FakeHub, then: Callable[[Wire], None] = lambda _: None, **changes: object
) -> list[str]:
    """Have a call ask first; returns the list that the answers go into."""
    answers: list[str] = []
    question = {**hub.answers[contract.APPROVALS]["approvals"][0], **changes}

    def ask(wire: Wire, request: dict[str, Any]) -> None:
        wire.send(id="ask-1", method=contract.ASK, params=question)
        then(wire)
        answer = wire.receive()
        assert answer is not None
        answers.append(answer["result"]["answer"])
        wire.send(id=request["id"], result={"content": [{"type": "text", "text": "All done."}]})

    hub.answers[contract.CALL] = ask
    return answers


@pytest.mark.parametrize(
    ("typed", "answer"),
    [(b"y\n", "yes"), (b"YES\n", "yes"), (b"\n", "no"), (b"yep\n", "no"), (b"\x04", "no")],
)
def test_only_a_clear_yes_is_yes(
    typed: bytes, answer: str, hub: FakeHub, start: Start, screen: Screen
) -> None:
    """The question shows what will run, hidden characters included, and its default is no."""
    answers = _asking(hub)
    process = start(
        "call", "presto.run_query", "--arg", "query=x", terminal=screen.theirs, NO_COLOR="1"
    )
    shown = screen.until(PROMPT).decode()
    for words in ("Presto (presto)", "Data Platform, #data-help", "destructive", '"a\\u202eb"'):
        assert words in shown
    screen.type(typed)
    screen.until(b"All done.")
    assert process.wait() == ExitCode.OK
    assert answers == [answer]


def test_what_was_typed_before_the_question_is_no_answer(
    hub: FakeHub, start: Start, screen: Screen
) -> None:
    """A yes that lies in the keyboard's buffer before the prompt does not approve anything."""
    answers = _asking(hub)
    asked = hub.answers[contract.CALL]

    def typed_early(wire: Wire, request: dict[str, Any]) -> None:
        screen.type(b"y\n")
        screen.until(b"y")  # Echoed, so it is in the buffer.
        asked(wire, request)

    hub.answers[contract.CALL] = typed_early
    process = start("call", "presto.run_query", "--arg", "query=x", terminal=screen.theirs)
    screen.until(PROMPT)
    screen.type(b"\n")
    screen.until(b"All done.")
    assert process.wait() == ExitCode.OK
    assert answers == ["no"]


def test_a_withdrawn_question_is_no(hub: FakeHub, start: Start, screen: Screen) -> None:
    """When the hub takes a question back, the prompt ends without waiting for the person."""

    def withdraw(wire: Wire) -> None:
        wire.send(method="notifications/cancelled", params={"requestId": "ask-1"})

    answers = _asking(hub, withdraw)
    process = start("call", "presto.run_query", "--arg", "query=x", terminal=screen.theirs)
    screen.until(b"The question was withdrawn.")
    screen.until(b"All done.")
    assert process.wait() == ExitCode.OK
    assert answers == ["no"]


def test_silence_until_the_deadline_is_no(hub: FakeHub, start: Start, screen: Screen) -> None:
    """A question past its deadline is answered no at once."""
    answers = _asking(hub, deadline=1.0)
    process = start("call", "presto.run_query", "--arg", "query=x", terminal=screen.theirs)
    screen.until(b"Nobody answered in time, which means no.")
    screen.until(b"All done.")
    assert process.wait() == ExitCode.OK
    assert answers == ["no"]


def test_a_spinner_says_what_is_waited_for_and_leaves(
    hub: FakeHub, start: Start, screen: Screen
) -> None:
    """On a terminal the wait shows as one line, erased before the result."""

    def slow(wire: Wire, request: dict[str, Any]) -> None:
        screen.until("Calling presto.run_query …".encode())
        wire.send(id=request["id"], result={"content": [{"type": "text", "text": "All done."}]})

    hub.answers[contract.CALL] = slow
    process = start(
        "call", "presto.run_query", "--arg", "query=x", terminal=screen.theirs, TERM="xterm"
    )
    assert b"\x1b[2K" in screen.until(b"All done.").partition("…".encode())[2]
    assert process.wait() == ExitCode.OK


def test_approve_prints_what_was_approved(hub: FakeHub, start: Start, screen: Screen) -> None:
    """`approve` answers the one question and shows it in full."""
    process = start("approve", "q1", terminal=screen.theirs)
    screen.until(b"Approved:")
    screen.until(b"drop_table")
    assert process.wait() == ExitCode.OK
    assert hub.said(contract.ANSWER) == {"id": "q1", "answer": "yes"}


def test_a_person_corrects_a_call_and_gives_a_lease(
    hub: FakeHub, start: Start, screen: Screen
) -> None:
    """What is corrected replaces that argument alone, and what was approved is shown so."""
    question = {
        **hub.answers[contract.APPROVALS]["approvals"][0],
        "arguments": '{"table": "dev.x", "limit": 500}',
        "inputSchema": {"properties": {"table": {"type": "string"}}},
        "changes": [{"path": "limit", "before": "10", "after": "500"}],
    }
    hub.answers[contract.APPROVALS] = {"approvals": [question]}
    words = ("--arg", "limit=10", "--arg", "table=7", "--minutes", "30", "--calls", "5")
    process = start("approve", "q1", *words, terminal=screen.theirs)
    shown = screen.until(b"limit: 10").decode()
    assert "Approved:" in shown
    assert process.wait() == ExitCode.OK
    assert hub.said(contract.ANSWER) == {
        "id": "q1",
        "answer": "yes",
        "arguments": {"table": "7", "limit": 10},
        "lease": {"minutes": 30, "calls": 5},
    }


PAGE = "https://sso.corp.example/a?redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcallback"
BACK = "http://127.0.0.1:4711/callback?code=c&state=s"


def _pasting(hub: FakeHub, *wrong: str, back: bool = False) -> list[object]:
    """Have a sign-in ask for its address; returns the list that the answers go into."""
    answers: list[object] = []

    def sign_in(wire: Wire, request: dict[str, Any]) -> None:
        for number, said in enumerate(("", *wrong)):
            params = {"url": PAGE, "paste": True, **({"wrong": said} if said else {})}
            wire.send(id=f"paste-{number}", method=contract.OPEN_PAGE, params=params)
            if back:
                gone = {"requestId": f"paste-{number}"}
                wire.send(method="notifications/cancelled", params=gone)
            answer = wire.receive()
            assert answer is not None
            answers.append(answer["result"])
        user = {"name": "alice", "issuer": "https://sso", "storage": "memory", "groups": []}
        wire.send(id=request["id"], result={"user": user})

    hub.answers[contract.SIGN_IN] = sign_in
    return answers


def test_a_pasted_address_is_taken_and_asked_for_again_when_it_is_not_the_one(
    hub: FakeHub, start: Start, screen: Screen
) -> None:
    """The page stands there once, the question as often as it is asked, with what was wrong."""
    answers = _pasting(hub, "That is not the address: it begins with http://127.0.0.1:4711")
    process = start("login", "--paste", terminal=screen.theirs, NO_COLOR="1", COLUMNS="200")
    shown = screen.until(b"Paste it here: ").decode()
    assert PAGE in shown
    assert "begins with http://127.0.0.1:4711/callback" in " ".join(shown.split())
    screen.type(b"nonsense\n")
    screen.until(b"4711\r\n\r\nPaste it here: ")
    screen.type(BACK.encode() + b"\n")
    screen.until(b"Signed in as alice")
    assert process.wait() == ExitCode.OK
    assert [answer for answer in answers if isinstance(answer, dict)] == [
        {"success": True, "address": "nonsense"},
        {"success": True, "address": BACK},
    ]
    assert screen.seen.decode().count(PAGE) == 1


def test_a_page_that_comes_back_by_itself_wants_nothing_pasted(
    hub: FakeHub, start: Start, screen: Screen
) -> None:
    """The question is taken away, and the command goes on."""
    answers = _pasting(hub, back=True)
    process = start("login", "--paste", terminal=screen.theirs, NO_COLOR="1")
    screen.until(b"came back by itself")
    screen.until(b"Signed in as alice")
    assert process.wait() == ExitCode.OK
    assert answers == [{"success": True}]


def test_a_code_stands_alone_on_its_line_and_the_wait_is_one_line(
    hub: FakeHub, start: Start, screen: Screen
) -> None:
    """What has to be typed elsewhere can be read and copied; what is waited for is said."""

    def sign_in(wire: Wire, request: dict[str, Any]) -> None:
        code = {"code": "WDJB-MJHT", "page": "https://sso/device", "lifetime": 600.0}
        wire.send(method=contract.PROGRESS, params={"message": "Waiting for the code"})
        wire.send(id="code-1", method=contract.SHOW_CODE, params=code)
        assert wire.receive() is not None
        screen.until(b"Waiting for the code")
        user = {"name": "alice", "issuer": "https://sso", "storage": "memory", "groups": []}
        wire.send(id=request["id"], result={"user": user})

    hub.answers[contract.SIGN_IN] = sign_in
    process = start("login", "--device", terminal=screen.theirs, NO_COLOR="1")
    screen.until(b"Signed in as alice")
    assert process.wait() == ExitCode.OK
    lines = [line.strip() for line in screen.seen.decode().splitlines()]
    assert "WDJB-MJHT" in lines
    assert "https://sso/device" in lines


def test_the_flows_of_a_sign_in_exclude_each_other(start: Start) -> None:
    """Two of them, or one for a server with a sign-in of its own, are not understood."""
    for words in (("--device", "--paste"), ("--paste", "weather")):
        assert start("login", *words).wait() == ExitCode.USAGE
