"""What an editor sends over LSP, and what one window's end means for the others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from auth.device import UserCode
from auth.fault import Fault
from auth.reach import Flow
from proxy.approval import Answer, LeaseWish, Question, Surface
from proxy.policy.offering import Owner
from proxy.session import Session
from proxy.wire import LINE_LIMIT
from tests.proxy.approval.questions import about

if TYPE_CHECKING:
    from auth.reach import Reach
    from proxy.approval import Decision
    from tests.ide_protocol.conftest import Client, Door

CAPABILITIES = {"window": {"showDocument": {"support": True}}}


async def editor(door: Door, **initialize: object) -> tuple[Client, Session]:
    """An editor that has finished its handshake, and its session."""
    client = await door.open("lsp")
    params = {"processId": None, "rootUri": None, "capabilities": CAPABILITIES, **initialize}
    client.frame({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
    answer = await client.receive_frame()
    assert answer["result"]["serverInfo"]["name"] == "portico"
    client.frame({"jsonrpc": "2.0", "method": "initialized", "params": {}})
    await ask(client, "portico/approvals")
    return client, list(door.hub.sessions)[-1]


async def ask(client: Client, method: str, params: object = None) -> dict[str, Any]:
    """A request of ours, and its answer."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": 7, "method": method}
    if params is not None:
        message["params"] = params
    client.frame(message)
    while (answer := await client.receive_frame()).get("id") != 7:
        pass
    return answer


def question(door: Door, tag: str = "ab12") -> Question:
    """A question about one destructive call."""
    return about(
        owner=Owner("data-platform"),
        tool="drop_table",
        arguments='{"table":"dev.x"}',
        reason="This call is destructive.",
        deadline=door.hub.clock() + 60,
        tag=tag,
    )


def decide(
    door: Door, session: Session, asked: Question, asking: Session | None = None
) -> asyncio.Task[Decision]:
    """Put a question to one editor, about a call of its own or of another session."""
    surface = (Surface.EDITOR, session)
    return asyncio.ensure_future(
        door.hub.desk.decide(asked, asking=asking or session, surface=surface, allowed={"editor"})
    )


async def test_a_request_without_params_is_answered(door: Door) -> None:
    """Editors may leave `params` out; the answer is the same as for `{}`."""
    client, _ = await editor(door)
    answer = await ask(client, "portico/status")
    assert answer["result"]["hub"]["sessions"][0]["role"] == "lsp"


async def test_a_prompt_shows_server_owner_tool_arguments_and_risk(door: Door) -> None:
    """One message request says all that a person needs, and its deny button comes first."""
    client, session = await editor(door)
    deciding = decide(door, session, question(door))
    prompt = await client.receive_frame()
    assert prompt["method"] == "window/showMessageRequest"
    message = prompt["params"]["message"]
    for shown in ("Presto", "data-platform", "drop_table", '{"table":"dev.x"}', "DESTRUCTIVE"):
        assert shown in message
    assert "ab12" in message
    deny, allow, more = prompt["params"]["actions"]
    assert (deny["title"], allow["title"]) == ("Deny (ab12)", "Allow once (ab12)")
    assert more["title"] == "More (ab12)"
    client.frame({"jsonrpc": "2.0", "id": prompt["id"], "result": allow})
    assert (await deciding).answer is Answer.YES


async def test_only_the_exact_yes_is_a_yes(door: Door) -> None:
    """Null, a foreign title, an error and the yes of another question are all no."""
    client, session = await editor(door)
    answers: list[dict[str, Any]] = [
        {"result": None},
        {"result": {"title": "Allow once"}},
        {"result": {"title": "Allow once (ffff)"}},
        {"error": {"code": -32603, "message": "cancelled"}},
    ]
    for answer in answers:
        deciding = decide(door, session, question(door))
        prompt = await client.receive_frame()
        client.frame({"jsonrpc": "2.0", "id": prompt["id"], **answer})
        assert (await deciding).answer is not Answer.YES


async def test_two_equal_questions_do_not_look_equal(door: Door) -> None:
    """An editor drops a prompt whose text equals another's, so no two texts are equal."""
    client, session = await editor(door)
    first, second = (
        decide(door, session, question(door), Session("mcp")),
        decide(door, session, question(door, "c"), Session("mcp")),
    )
    texts = {(await client.receive_frame())["params"]["message"] for _ in range(2)}
    assert len(texts) == 2
    for deciding in (first, second):
        deciding.cancel()


APPROVING = {**CAPABILITIES, "experimental": {"portico": {"approvals": True}}}


async def test_an_editor_that_can_shows_several_questions_as_its_own(door: Door) -> None:
    """`portico/approve` carries every question whole, and takes an answer for each."""
    client, session = await editor(door, capabilities=APPROVING)
    asking = Session("mcp")
    tags = ["aaaa", "bbbb", "cccc", "dddd", "eeee"]
    deciding = [decide(door, session, question(door, tag), asking) for tag in tags]
    prompt = await client.receive_frame()
    assert prompt["method"] == "portico/approve"
    asked = prompt["params"]["questions"]
    assert [one["tag"] for one in asked] == tags
    assert asked[0]["arguments"] == '{"table":"dev.x"}'
    lease = {"minutes": 5, "calls": 2, "arguments": {"table": "dev.*"}}
    answers = [
        {"id": asked[0]["id"], "answer": "yes", "arguments": {"table": {"deep": [1]}}},
        {"id": asked[1]["id"], "answer": "yes", "lease": lease},
        {"id": asked[2]["id"], "answer": "stop"},
        {"id": asked[3]["id"], "answer": True},
    ]
    client.frame({"jsonrpc": "2.0", "id": prompt["id"], "result": {"answers": answers}})
    decisions = [await one for one in deciding]
    said = [decision.answer for decision in decisions]
    assert said == [Answer.YES, Answer.YES, Answer.STOP, Answer.SILENCE, Answer.SILENCE]
    assert decisions[0].arguments == {"table": {"deep": [1]}}
    assert decisions[1].lease == LeaseWish(5, 2, {"table": "dev.*"})


@pytest.mark.parametrize(
    "answer",
    [
        {"result": None},
        {"result": {}},
        {"result": {"answers": "yes"}},
        {"result": {"answers": [{"id": "another's", "answer": "yes"}]}},
        {"result": {"answers": [7, {"answer": "yes"}, {"id": 7, "answer": "yes"}]}},
        {"error": {"code": -32601, "message": "unknown"}},
    ],
)
async def test_an_odd_answer_of_an_editor_is_none(door: Door, answer: dict[str, Any]) -> None:
    """What is not of the contract's shape never counts as a yes."""
    client, session = await editor(door, capabilities=APPROVING)
    deciding = decide(door, session, question(door))
    prompt = await client.receive_frame()
    client.frame({"jsonrpc": "2.0", "id": prompt["id"], **answer})
    assert (await deciding).answer is Answer.SILENCE


@pytest.mark.parametrize("experimental", [{"portico": {"approvals": 1}}, {"portico": True}, "all"])
async def test_only_an_editor_that_says_so_is_asked_by_our_own_method(
    door: Door, experimental: object
) -> None:
    """Any other is asked by LSP's message with buttons."""
    client, session = await editor(
        door, capabilities={**CAPABILITIES, "experimental": experimental}
    )
    deciding = decide(door, session, question(door))
    assert (await client.receive_frame())["method"] == "window/showMessageRequest"
    deciding.cancel()


async def test_a_window_that_dies_is_an_answer_at_once(door: Door) -> None:
    """The question of a dead window does not wait for its deadline."""
    client, session = await editor(door)
    deciding = decide(door, session, question(door))
    await client.receive_frame()
    client.close()
    async with asyncio.timeout(120):
        assert (await deciding).answer is Answer.GONE


async def test_a_withdrawn_call_withdraws_its_prompt(door: Door) -> None:
    """The editor is told that the prompt's request is cancelled."""
    client, session = await editor(door)
    deciding = decide(door, session, question(door))
    prompt = await client.receive_frame()
    deciding.cancel()
    withdrawn = await client.receive_frame()
    assert (withdrawn["method"], withdrawn["params"]) == ("$/cancelRequest", {"id": prompt["id"]})


async def test_an_editor_that_wants_to_hear_of_changes_is_told(door: Door) -> None:
    """Servers and questions that are others by now are said to whoever declared it, and no more."""
    told, _ = await editor(door, capabilities={"experimental": {"portico": {"changes": True}}})
    untold, session = await editor(door)
    door.hub.sessions.tools_changed()
    assert (await told.receive_frame())["params"] == {"what": "servers"}
    deciding = decide(door, session, question(door))
    assert (await told.receive_frame()) == {
        "jsonrpc": "2.0",
        "method": "portico/changed",
        "params": {"what": "approvals"},
    }
    assert (await untold.receive_frame())["method"] == "window/showMessageRequest"
    deciding.cancel()


async def test_exit_of_one_window_does_not_harm_another(door: Door) -> None:
    """LSP's `exit` ends its own connection, with the code that LSP wants."""
    leaving, _ = await editor(door)
    staying, _ = await editor(door)
    leaving.frame({"jsonrpc": "2.0", "method": "exit"})
    assert (await leaving.rest()).endswith(b"\x001\n")
    assert "result" in await ask(staying, "portico/status")


async def test_shutdown_then_exit_ends_well(door: Door) -> None:
    """After `shutdown`, `exit` is code 0."""
    client, _ = await editor(door)
    client.frame({"jsonrpc": "2.0", "id": 2, "method": "shutdown"})
    await client.receive_frame()
    client.frame({"jsonrpc": "2.0", "method": "exit"})
    assert (await client.rest()).endswith(b"\x000\n")


async def test_what_is_not_lsp_is_answered_and_the_next_works(door: Door) -> None:
    """Broken JSON, wrong shapes, unknown methods and giant bodies end no window."""
    client, _ = await editor(door)
    for body in (b"{", b"[]", b'{"jsonrpc":"2.0","id":3,"method":"textDocument/hover","params":7}'):
        client.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert "error" in await client.receive_frame()
    assert (await ask(client, "acme/unknown", {}))["error"]["code"] == -32601
    client.raw(b"Content-Length: %d\r\n\r\n" % (LINE_LIMIT + 1) + b"x" * (LINE_LIMIT + 1))
    assert "MiB" in (await client.receive_frame())["error"]["message"]
    assert "result" in await ask(client, "portico/status")


async def test_a_fault_says_who_must_act(door: Door) -> None:
    """A method that fails answers with reference, message, who and remedy, and no traceback."""
    client, _ = await editor(door)
    error = (await ask(client, "portico/signIn"))["error"]
    assert error["code"] == -32050
    assert error["data"]["reference"] == "no-company"
    assert set(error["data"]) == {"reference", "message", "who", "remedy"}


async def test_a_mistake_of_ours_shows_no_traceback(door: Door) -> None:
    """An unexpected failure is told without values, paths or lines of code."""
    client, _ = await editor(door)

    async def broken(*_: object, **__: object) -> list[dict[str, Any]]:
        msg = "secret value"
        raise ValueError(msg)

    door.hub.journal.read = broken  # type: ignore[method-assign]
    error = (await ask(client, "portico/activity"))["error"]
    assert "secret value" not in str(error)
    assert "Traceback" not in str(error)


async def test_an_editor_cannot_answer_another_windows_question(door: Door) -> None:
    """`portico/answer` is the terminal's way; an editor answers its own prompt."""
    client, _ = await editor(door)
    error = (await ask(client, "portico/answer", {"id": "x", "answer": "yes"}))["error"]
    assert error["data"]["reference"] == "not-here"


async def test_a_page_is_shown_by_the_editor_or_at_least_named(door: Door) -> None:
    """`window/showDocument` opens it; an editor without that shows the address instead."""
    client, session = await editor(door)
    assert session.window is not None
    opening = asyncio.ensure_future(session.window.open_url("http://127.0.0.1/x"))
    shown = await client.receive_frame()
    assert shown["params"] == {"uri": "http://127.0.0.1/x", "external": True}
    client.frame({"jsonrpc": "2.0", "id": shown["id"], "result": {"success": False}})
    assert "http://127.0.0.1/x" in (await client.receive_frame())["params"]["message"]
    assert await opening is True


CODE = UserCode("WDJB-MJHT", "http://127.0.0.1/enter", "http://127.0.0.1/enter?code=W", 600.0)


def reach_of(session: Session, flow: Flow = Flow.BEST) -> Reach:
    """How an editor's person is reached."""
    assert session.reach is not None
    return session.reach(flow)


async def test_a_code_is_a_message_whose_button_opens_its_page(door: Door) -> None:
    """The person reads the code where they are; pressing opens the page that has it already."""
    client, session = await editor(door)
    show = reach_of(session).show_code
    assert show is not None
    showing = asyncio.ensure_future(show(CODE))
    shown = await client.receive_frame()
    assert shown["method"] == "window/showMessageRequest"
    assert "WDJB-MJHT" in shown["params"]["message"]
    (action,) = shown["params"]["actions"]
    client.frame({"jsonrpc": "2.0", "id": shown["id"], "result": action})
    opened = await client.receive_frame()
    assert opened["params"]["uri"] == CODE.complete
    client.frame({"jsonrpc": "2.0", "id": opened["id"], "result": {"success": True}})
    assert await showing is True


async def test_a_code_that_was_typed_is_taken_away(door: Door) -> None:
    """The message goes when the sign-in is done, and a dead window shows none."""
    client, session = await editor(door)
    show = reach_of(session).show_code
    assert show is not None
    showing = asyncio.ensure_future(show(CODE))
    shown = await client.receive_frame()
    showing.cancel()
    gone = await client.receive_frame()
    assert (gone["method"], gone["params"]["id"]) == ("$/cancelRequest", shown["id"])


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"result": {"url": "http://127.0.0.1:2/callback"}}, "http://127.0.0.1:2/callback"),
        ({"result": {"url": 7}}, None),
        ({"result": None}, None),
        ({"error": {"code": 1, "message": "no"}}, None),
    ],
)
async def test_an_editor_that_leads_back_is_asked_where_to(
    door: Door, given: dict[str, Any], address: str | None
) -> None:
    """Only an editor that declared it is asked; an error or nonsense means that it cannot."""
    own = {**CAPABILITIES, "experimental": {"portico": {"callback": True}}}
    client, session = await editor(door, capabilities=own)
    forward = reach_of(session).forward
    assert forward is not None
    asking = asyncio.ensure_future(forward("http://127.0.0.1:1/callback"))
    asked = await client.receive_frame()
    assert asked["method"] == "portico/callback"
    assert asked["params"] == {"url": "http://127.0.0.1:1/callback"}
    client.frame({"jsonrpc": "2.0", "id": asked["id"], **given})
    assert await asking == address
    _, plain = await editor(door)
    assert reach_of(plain).forward is None


async def test_what_is_said_in_passing_has_one_button(door: Door) -> None:
    """A pressed button is a yes, a dismissed message is none."""
    client, session = await editor(door)
    for result in ({"title": "Sign in"}, None):
        assert session.caller is not None
        offering = asyncio.ensure_future(session.caller.offer("It has ended.", "Sign in"))
        shown = await client.receive_frame()
        assert shown["params"]["message"] == "It has ended."
        assert shown["params"]["type"] == 3
        client.frame({"jsonrpc": "2.0", "id": shown["id"], "result": result})
        assert await offering is (result is not None)


async def test_the_workspace_is_the_editors_first_folder(door: Door) -> None:
    """The first workspace folder is the session's workspace."""
    folders = [{"uri": "file:///srv/x", "name": "x"}]
    _, session = await editor(door, workspaceFolders=folders)
    assert session.workspace == "/srv/x"


def test_every_fault_has_a_reference_of_its_own() -> None:
    """References are stable names, so no two faults share one unless one is the other's kind."""

    def below(kind: type[Fault]) -> set[type[Fault]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    seen: dict[str, type[Fault]] = {}
    for kind in sorted(below(Fault), key=lambda k: len(k.__mro__)):
        first = seen.setdefault(kind.reference, kind)
        assert issubclass(kind, first), f"{kind} and {first} share {kind.reference}"
