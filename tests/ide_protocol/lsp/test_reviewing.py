"""The review document in an editor: what it says, its buttons, and whose press counts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from proxy.approval import Answer, Question, Surface
from proxy.audit import Event
from proxy.session import Session
from tests.ide_protocol.test_lsp_front import ask, decide, editor, question

if TYPE_CHECKING:
    from tests.ide_protocol.conftest import Client, Door

OWN = {"experimental": {"portico": {"approvals": True}}}
URI = "portico-review:/calls.md"
SCHEMA = {"type": "object"}


def editable(door: Door, tag: str, arguments: str = '{"limit":10}') -> Question:
    """A question whose arguments a person may correct."""
    return replace(question(door, tag), arguments=arguments, schema=SCHEMA, before='{"limit":1}')


async def prompted(client: Client) -> dict[str, Any]:
    """The next prompt of the editor."""
    while (prompt := await client.receive_frame()).get("method") != "portico/approve":
        pass
    return prompt


async def lenses(client: Client, text: str | None = None) -> dict[str, dict[str, Any]]:
    """Open the review as it is, or with another text, and read its buttons."""
    given = (await ask(client, "portico/review"))["result"]
    document = {"uri": URI, "languageId": "markdown", "version": 1, "text": text or given["text"]}
    client.frame(
        {
            "jsonrpc": "2.0",
            "method": "textDocument/didOpen",
            "params": {"textDocument": document},
        }
    )
    found = await ask(client, "textDocument/codeLens", {"textDocument": {"uri": URI}})
    return {lens["command"]["title"]: lens["command"] for lens in found["result"]}


async def press(client: Client, lens: dict[str, Any]) -> dict[str, Any]:
    """Press a button."""
    asked = {"command": lens["command"], "arguments": lens["arguments"]}
    return await ask(client, "workspace/executeCommand", asked)


async def test_a_review_shows_what_waits_without_an_id(door: Door) -> None:
    """Risk, tool, server, owner, arguments and tag are there; no id is, nor a code."""
    client, session = await editor(door, capabilities=OWN)
    asked = replace(question(door), code="7KQM-2XRD", coded=True)
    deciding = decide(door, session, asked)
    await prompted(client)
    given = (await ask(client, "portico/review"))["result"]
    for shown in ("DESTRUCTIVE", "drop_table", "Presto", "data-platform", '"dev.x"', "ab12"):
        assert shown in given["text"]
    assert asked.id not in given["text"]
    assert "7KQM" not in str(given)
    (call,) = given["calls"]
    assert (call["id"], call["here"]) == (asked.id, True)
    assert given["text"].splitlines()[call["line"]].startswith("## 1. DESTRUCTIVE")
    deciding.cancel()


async def test_a_button_of_the_review_approves_as_the_prompt_does(door: Door) -> None:
    """The press settles the question, and the prompt that was open for it is withdrawn."""
    client, session = await editor(door, capabilities=OWN)
    deciding = decide(door, session, question(door))
    prompt = await prompted(client)
    buttons = await lenses(client)
    assert list(buttons) == ["Reject", "Approve"]
    assert (await press(client, buttons["Approve"]))["result"] == {}
    decision = await deciding
    assert (decision.answer, decision.surface) == (Answer.YES, Surface.EDITOR)
    while (said := await client.receive_frame()).get("method") != "$/cancelRequest":
        pass
    assert said["params"] == {"id": prompt["id"]}
    again = await press(client, buttons["Approve"])
    assert again["error"]["data"]["reference"] == "button-gone"
    late = await press(client, buttons["Reject"])
    assert late["error"]["data"]["reference"] == "no-such-question"


async def test_approve_all_is_for_what_the_review_showed(door: Door) -> None:
    """A call that came after the review was read is not among them."""
    client, session = await editor(door, capabilities=OWN)
    asking = Session("mcp")
    shown = [decide(door, session, question(door, tag), asking) for tag in ("aaaa", "bbbb")]
    await prompted(client)
    buttons = await lenses(client)
    later = decide(door, session, question(door, "cccc"), asking)
    await press(client, buttons["Approve all 2"])
    assert [(await one).answer for one in shown] == [Answer.YES, Answer.YES]
    assert not later.done()
    later.cancel()


async def test_what_waits_for_its_turn_here_can_be_reviewed_already(door: Door) -> None:
    """A call behind an open prompt of the same window has its buttons, too."""
    client, session = await editor(door, capabilities=OWN)
    asking = Session("mcp")
    first = decide(door, session, question(door, "aaaa"), asking)
    await prompted(client)
    second = decide(door, session, question(door, "bbbb"), asking)
    await asyncio.sleep(0)
    await press(client, (await lenses(client))["Approve all 2"])
    assert [(await one).answer for one in (first, second)] == [Answer.YES, Answer.YES]


async def test_a_call_that_is_withdrawn_takes_its_message_along(door: Door) -> None:
    """Also where several calls are reviewed one by one, and the others still wait."""
    client, session = await editor(door)
    asking = Session("mcp")
    first, second = (decide(door, session, question(door, tag), asking) for tag in ("aaaa", "bbbb"))
    listed = await client.receive_frame()
    review = listed["params"]["actions"][1]
    client.frame({"jsonrpc": "2.0", "id": listed["id"], "result": review})
    shown = await client.receive_frame()
    assert "question aaaa" in shown["params"]["message"]
    first.cancel()
    withdrawn = await client.receive_frame()
    assert (withdrawn["method"], withdrawn["params"]) == ("$/cancelRequest", {"id": shown["id"]})
    following = await client.receive_frame()
    assert "question bbbb" in following["params"]["message"]
    client.frame({"jsonrpc": "2.0", "id": following["id"], "result": None})
    assert (await second).answer is Answer.SILENCE


async def test_no_two_open_questions_have_the_same_tag(door: Door) -> None:
    """Four characters can repeat; two prompts that are open at once never show the same."""
    client, session = await editor(door, capabilities=OWN)
    asking = Session("mcp")
    deciding = [decide(door, session, question(door, "aaaa"), asking) for _ in range(3)]
    asked = (await prompted(client))["params"]["questions"]
    assert len({one["tag"] for one in asked}) == 3
    for one in deciding:
        one.cancel()


async def test_what_was_changed_in_the_review_is_what_runs(door: Door) -> None:
    """Changed arguments have a button of their own, and no other yes beside it."""
    client, session = await editor(door, capabilities=OWN)
    deciding = decide(door, session, editable(door, "aaaa"))
    await prompted(client)
    given = (await ask(client, "portico/review"))["result"]
    changed = await lenses(client, given["text"].replace("10", "5"))
    assert list(changed) == ["Reject", "Approve as changed"]
    await press(client, changed["Approve as changed"])
    decision = await deciding
    assert (decision.answer, decision.arguments) == (Answer.YES, {"limit": 5})


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [("10", "1x", "not JSON"), ('{\n  "limit": 10\n}', "[]", "one JSON object")],
)
async def test_what_cannot_run_as_changed_is_a_finding(
    door: Door, was: str, becomes: str, said: str
) -> None:
    """Arguments that are none have no button that says yes, and the place says why."""
    client, session = await editor(door, capabilities=OWN)
    deciding = decide(door, session, editable(door, "aaaa"))
    await prompted(client)
    given = (await ask(client, "portico/review"))["result"]
    document = {"uri": URI, "languageId": "markdown", "version": 1}
    document["text"] = given["text"].replace(was, becomes)
    opened = {"textDocument": document}
    client.frame({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": opened})
    found = (await client.receive_frame())["params"]["diagnostics"]
    assert said in found[0]["message"]
    answer = await ask(client, "textDocument/codeLens", {"textDocument": {"uri": URI}})
    assert [lens["command"]["title"] for lens in answer["result"]] == ["Reject"]
    deciding.cancel()


async def test_no_button_stands_beneath_words_that_are_not_porticos(door: Door) -> None:
    """A text that differs in anything but arguments has no buttons at all."""
    client, session = await editor(door, capabilities=OWN)
    deciding = decide(door, session, question(door))
    await prompted(client)
    given = (await ask(client, "portico/review"))["result"]["text"]
    assert await lenses(client, given.replace("DESTRUCTIVE", "READ")) == {}
    assert await lenses(client, given + "\nAll of this is harmless.\n") == {}
    assert await lenses(client, given.replace("\n", "\r\n")) != {}
    deciding.cancel()


async def test_an_agents_own_lsp_session_cannot_approve(door: Door) -> None:
    """Whoever connects and calls itself an editor has no button and no yes; it goes on record."""
    mine, session = await editor(door, capabilities=OWN)
    asked = question(door)
    deciding = decide(door, session, asked)
    await prompted(mine)
    theirs, _ = await editor(door, capabilities=OWN)
    buttons = await lenses(theirs)
    assert list(buttons) == ["Reject"]
    said = await ask(theirs, "portico/answer", {"id": asked.id, "answer": "yes"})
    assert said["error"]["data"]["reference"] == "not-here"
    for name in (asked.id, asked.tag, ""):
        lens = {"command": "portico.approve", "arguments": [name]}
        assert (await press(theirs, lens))["error"]["data"]["reference"] == "button-gone"
    # Even a button of the person's own window is nothing to another.
    stolen = (await lenses(mine))["Approve"]
    assert (await press(theirs, stolen))["error"]["data"]["reference"] == "button-gone"
    assert not deciding.done()
    records = await door.hub.journal.read()
    assert [one["event"] for one in records].count(Event.REFUSED_SURFACE) == 1
    deciding.cancel()


async def test_a_no_is_welcome_from_any_editor(door: Door) -> None:
    """It only makes things safer, so it needs no window that shows the question."""
    mine, session = await editor(door, capabilities=OWN)
    deciding = decide(door, session, question(door))
    await prompted(mine)
    other, _ = await editor(door, capabilities=OWN)
    await press(other, (await lenses(other))["Reject"])
    assert (await deciding).answer is Answer.NO


async def test_an_editor_may_answer_what_it_shows_by_a_method(door: Door) -> None:
    """`portico/answer` settles the question of this window's own prompt, corrected or not."""
    client, session = await editor(door, capabilities=OWN)
    asked = editable(door, "aaaa")
    deciding = decide(door, session, asked)
    await prompted(client)
    reply = {"id": asked.id, "answer": "yes", "arguments": {"limit": 2}}
    assert (await ask(client, "portico/answer", reply))["result"] == {}
    assert (await deciding).arguments == {"limit": 2}


async def test_an_unpaired_editors_press_is_worth_what_its_prompt_is(door: Door) -> None:
    """A pairing that ends while the review is open takes the buttons' yes with it."""
    client, session = await editor(door, capabilities=OWN)
    door.hub.desk._showing._signs_in = True
    session.paired = True
    deciding = decide(door, session, question(door))
    await prompted(client)
    buttons = await lenses(client)
    session.paired = False
    await press(client, buttons["Approve"])
    assert (await deciding).answer is Answer.GONE


async def test_both_sides_of_a_comparison_are_documents(door: Door) -> None:
    """The arguments of the last yes and of now can be laid beside each other."""
    capabilities = {
        "workspace": {"textDocumentContent": {}},
        "experimental": {"portico": {"approvals": True, "compare": True}},
    }
    client, session = await editor(door, capabilities=capabilities)
    deciding = decide(door, session, editable(door, "aaaa"))
    await prompted(client)
    before, after, _ = (await lenses(client))["Compare"]["arguments"]
    texts = [
        (await ask(client, method, {"uri": uri}))["result"]["text"]
        for method, uri in (
            ("portico/document", before),
            ("workspace/textDocumentContent", after),
        )
    ]
    assert texts == ['{\n  "limit": 1\n}\n', '{\n  "limit": 10\n}\n']
    deciding.cancel()
    await asyncio.gather(deciding, return_exceptions=True)
    for gone in (after, "portico-review:/before", "file:///etc/passwd", "portico-review:/x/y.json"):
        answer = await ask(client, "portico/document", {"uri": gone})
        assert answer["error"]["data"]["reference"] == "no-such-document"


async def test_an_editor_that_knows_only_lsp_is_told_of_every_command(door: Door) -> None:
    """One that has commands of its own of these names is told of the review's buttons alone."""
    for capabilities, own in (({}, True), (OWN, False)):
        client = await door.open("lsp")
        params = {"processId": None, "rootUri": None, "capabilities": capabilities}
        client.frame({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
        can = (await client.receive_frame())["result"]["capabilities"]
        commands = can["executeCommandProvider"]["commands"]
        assert ("portico.signIn" in commands) is own
        assert {"portico.approve", "portico.reject", "portico.edit"} <= set(commands)
        assert "textDocumentContent" not in can["workspace"]
