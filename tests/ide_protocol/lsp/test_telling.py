"""What an editor shows beside questions: calls under way, lines of its log, and commands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from auth.identity import Identity
from proxy.policy.offering import Offering
from proxy.upstream.fault import UpstreamUnreachable
from tests.ide_protocol.test_lsp_front import ask, editor

if TYPE_CHECKING:
    from tests.ide_protocol.conftest import Client, Door

SHOWS = {"window": {"workDoneProgress": True}}


async def said(client: Client, method: str) -> dict[str, Any]:
    """The next message of a method."""
    while (message := await client.receive_frame()).get("method") != method:
        pass
    return message


async def run(client: Client, command: str, *arguments: object) -> dict[str, Any]:
    """Run a command."""
    asked = {"command": command, "arguments": list(arguments)}
    return await ask(client, "workspace/executeCommand", asked)


async def test_a_call_under_way_shows_as_work_done_progress(door: Door) -> None:
    """It begins once the editor agreed, tells how far it is, and ends."""
    client, session = await editor(door, capabilities=SHOWS)
    assert session.editor is not None
    progress = session.editor.progress("Presto: run_query", lambda: None)
    progress.report("too early to be shown", 10)
    created = await said(client, "window/workDoneProgress/create")
    client.frame({"jsonrpc": "2.0", "id": created["id"], "result": None})
    begun = (await said(client, "$/progress"))["params"]
    assert begun["token"] == created["params"]["token"]
    assert begun["value"] == {
        "kind": "begin",
        "title": "Presto: run_query",
        "cancellable": True,
        "message": "too early to be shown",
        "percentage": 10,
    }
    progress.report("half", 50)
    assert (await said(client, "$/progress"))["params"]["value"]["percentage"] == 50
    progress.end()
    progress.end()
    assert (await said(client, "$/progress"))["params"]["value"] == {"kind": "end"}


async def test_cancelling_the_progress_reaches_the_call(door: Door) -> None:
    """`window/workDoneProgress/cancel` is the person's; an unknown token is nobody's."""
    client, session = await editor(door, capabilities=SHOWS)
    assert session.editor is not None
    cancelled = asyncio.Event()
    session.editor.progress("Presto: run_query", cancelled.set)
    created = await said(client, "window/workDoneProgress/create")
    client.frame({"jsonrpc": "2.0", "id": created["id"], "result": None})
    for token in ("nobody's", created["params"]["token"]):
        params = {"token": token}
        client.frame(
            {"jsonrpc": "2.0", "method": "window/workDoneProgress/cancel", "params": params}
        )
    async with asyncio.timeout(120):
        await cancelled.wait()


async def test_an_editor_without_a_place_for_progress_is_not_bothered(door: Door) -> None:
    """Neither one that did not declare it, nor one that refuses, nor one that has gone."""
    client, session = await editor(door, capabilities={})
    assert session.editor is not None
    window = session.editor
    progress = window.progress("Presto: run_query", lambda: None)
    progress.report("x")
    progress.end()
    refusing, other = await editor(door, capabilities=SHOWS)
    assert other.editor is not None
    progress = other.editor.progress("Presto: run_query", lambda: None)
    created = await said(refusing, "window/workDoneProgress/create")
    error = {"code": -32603, "message": "no"}
    refusing.frame({"jsonrpc": "2.0", "id": created["id"], "error": error})
    assert "result" in await ask(refusing, "portico/approvals")
    progress.report("x")
    progress.end()
    window.log("A line.")
    line = await client.receive_frame()
    assert line["method"] == "window/logMessage"
    assert line["params"] == {"type": 3, "message": "A line."}
    other.editor.log("Another.", grave=True)
    assert (await said(refusing, "window/logMessage"))["params"]["type"] == 2


async def test_editors_hear_who_is_signed_in_and_which_server_is_back(door: Door) -> None:
    """Once for each change, as a line of the log and not as a message."""
    client, _ = await editor(door)
    alice = Identity("https://sso", "alice", "Alice", frozenset())
    presto = Offering("presto", "com.example/presto", "Presto", "https://gateway/presto")
    for who in (alice, alice, None, None):
        door.hub.user._tell(who)
    door.hub.catalog.reached(presto, UpstreamUnreachable("Presto does not answer."))
    door.hub.catalog.reached(presto, None)
    lines = [await said(client, "window/logMessage") for _ in range(4)]
    shown = [line["params"]["message"].partition(" Check")[0] for line in lines]
    assert shown == [
        "Signed in as Alice.",
        "Signed out.",
        "Presto: Presto does not answer.",
        "Presto is back.",
    ]


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("portico.status", "Portico knows no company"),
        ("portico.signOut", "Signed out."),
        ("portico.review", "Noth"),
    ],
)
async def test_a_command_shows_what_it_did(door: Door, command: str, shown: str) -> None:
    """An editor without an extension has no other place for it than a message."""
    client, _ = await editor(door)
    client.frame(
        {
            "jsonrpc": "2.0",
            "id": 5,
            "method": "workspace/executeCommand",
            "params": {"command": command},
        }
    )
    message = await said(client, "window/showMessage")
    assert message["params"]["message"].startswith(shown)
    assert "result" in await client.receive_frame()


@pytest.mark.parametrize(
    ("command", "arguments", "reference"),
    [
        ("portico.signIn", [], "no-company"),
        ("portico.page", [], "no-company"),
        ("portico.why", ["nobody", "x"], "unknown-tool"),
        ("portico.why", [], "bad-params"),
        ("portico.acceptPin", ["nobody", "x"], "not-quarantined"),
        ("portico.edit", ["x"], "button-gone"),
        ("portico.approveAll", [], "button-gone"),
        ("portico.approve", [{"a": 1}], "button-gone"),
    ],
)
async def test_what_a_command_finds_wrong_is_its_error(
    door: Door, command: str, arguments: list[object], reference: str
) -> None:
    """The same fault as that of the method, with who acts and what they do."""
    client, _ = await editor(door)
    error = (await run(client, command, *arguments))["error"]
    assert error["data"]["reference"] == reference


async def test_a_restart_answers_before_the_hub_ends(door: Door) -> None:
    """The editor hears that it was done, and its client starts the next hub."""
    client, _ = await editor(door)
    assert (await run(client, "portico.restart"))["result"] == {}
    async with asyncio.timeout(120):
        await door.reception.stopped.wait()


async def test_an_unknown_command_is_refused(door: Door) -> None:
    """It is an error of LSP's."""
    client, _ = await editor(door)
    assert (await run(client, "portico.nothing"))["error"]["code"] == -32602
