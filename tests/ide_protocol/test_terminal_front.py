"""The command line's end in the hub: one command is its own window and its call's relay."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from auth.device import UserCode
from auth.reach import Flow
from ide_protocol.own import contract
from ide_protocol.own.terminal_front import TerminalFront
from proxy.approval import Answer, Batch, Reply
from proxy.policy.offering import Owner
from proxy.surroundings import remote
from proxy.upstream.contract import Refused
from tests.proxy.approval.questions import about

if TYPE_CHECKING:
    from tests.ide_protocol.conftest import Client, Door

QUESTION = about(title="Pre\x1bsto", owner=Owner("data\nteam"))


async def command(door: Door) -> tuple[Client, TerminalFront]:
    """A command that is connected, and its front."""
    client = await door.open("cli")
    await client.ask(contract.APPROVALS)
    (session,) = door.hub.sessions
    assert isinstance(session.window, TerminalFront)
    return client, session.window


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"result": {"answer": "yes"}}, Answer.YES),
        ({"result": {"answer": "no"}}, Answer.NO),
        ({"result": {"answer": True}}, Answer.NO),
        ({"result": {}}, Answer.NO),
        ({"error": {"code": 1, "message": "no"}}, Answer.GONE),
        (None, Answer.GONE),
    ],
)
async def test_only_a_literal_yes_of_the_command_is_one(
    door: Door, given: dict[str, Any] | None, answer: Answer
) -> None:
    """The question is shown whole and plain; errors and a dead command are no."""
    client, window = await command(door)
    said: list[Reply] = []
    batch = Batch([QUESTION], settle=lambda _, r: said.append(r), is_open=lambda _: not said)
    asking = asyncio.ensure_future(window.ask(batch))
    asked = await client.receive()
    assert asked["method"] == contract.ASK
    assert (asked["params"]["title"], asked["params"]["owner"]["team"]) == ("Preto", "data team")
    if given is None:
        client.close()
    else:
        client.send({"jsonrpc": "2.0", "id": asked["id"], **given})
    await asking
    assert said == [Reply(answer)]


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ({"result": {"success": True}}, True),
        ({"result": {"success": "yes"}}, False),
        ({"result": {}}, False),
        ({"error": {"code": 1, "message": "no"}}, False),
    ],
)
async def test_a_page_is_opened_by_the_command(
    door: Door, given: dict[str, Any], *, opened: bool
) -> None:
    """Whether it worked is the command's literal word."""
    client, window = await command(door)
    opening = asyncio.ensure_future(window.open_url("http://127.0.0.1/x"))
    asked = await client.receive()
    assert (asked["method"], asked["params"]) == (contract.OPEN_PAGE, {"url": "http://127.0.0.1/x"})
    client.send({"jsonrpc": "2.0", "id": asked["id"], **given})
    assert await opening is opened


async def test_a_code_and_a_pasted_address_are_the_commands_to_show_and_take(door: Door) -> None:
    """What the person sees and types goes through the command; its refusal is no answer."""
    client, window = await command(door)
    reach = window.reach(Flow.PASTE)
    assert reach.show_code is not None
    assert reach.ask_address is not None
    showing = asyncio.ensure_future(reach.show_code(UserCode("W-M", "http://x/", None, 60.0)))
    asked = await client.receive()
    shown = {"code": "W-M", "page": "http://x/", "lifetime": 60.0}
    assert (asked["method"], asked["params"]) == (contract.SHOW_CODE, shown)
    client.send({"jsonrpc": "2.0", "id": asked["id"], "result": {"success": True}})
    assert await showing is True
    for wrong, given, address in (
        ("", {"result": {"success": True, "address": "http://y/"}}, "http://y/"),
        ("not it", {"result": {"success": True}}, None),
        ("", {"error": {"code": 1, "message": "no"}}, None),
    ):
        asking = asyncio.ensure_future(reach.ask_address("http://x/", wrong))
        asked = await client.receive()
        assert asked["params"] == {"url": "http://x/", "paste": True} | (
            {"wrong": wrong} if wrong else {}
        )
        client.send({"jsonrpc": "2.0", "id": asked["id"], **given})
        assert await asking == address
    reach.tell("Waiting\x1b[2J")
    assert (await client.receive())["params"] == {"message": "Waiting"}


@pytest.mark.parametrize(
    ("settings", "far"),
    [
        ({}, True),
        ({"DISPLAY": ":0"}, False),
        ({"BROWSER": "w3m"}, False),
        ({"WAYLAND_DISPLAY": "w", "SSH_CONNECTION": "1.2.3.4"}, True),
    ],
)
def test_a_terminal_without_a_screen_is_far_from_its_browser(
    settings: dict[str, str], *, far: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over SSH, and where no browser can open, the page could not come back by itself."""
    monkeypatch.setattr("sys.platform", "linux")
    assert remote(settings, screen=True) is far
    assert remote(settings, screen=False) is ("SSH_CONNECTION" in settings)


async def test_a_call_that_waits_on_the_page_says_so_where_it_was_typed(door: Door) -> None:
    """Above the page's address stands what is asked, so that a quiet command is no riddle."""
    client, window = await command(door)
    inviting = asyncio.ensure_future(window.invite("WRITE: run “x”?", "http://127.0.0.1/x"))
    asked = await client.receive()
    assert asked["params"]["why"] == "WRITE: run “x”? Answer on Portico's page."
    client.send({"jsonrpc": "2.0", "id": asked["id"], "result": {"success": True}})
    assert await inviting is True


async def test_progress_is_shown_plainly_and_nothing_else_of_a_server(door: Door) -> None:
    """A server cannot move the cursor of a terminal, nor ask its person anything."""
    client, window = await command(door)
    window.notify({"method": "notifications/message", "params": {"data": "x"}})
    window.notify({"method": "notifications/progress", "params": 7})
    window.notify({"method": "notifications/progress", "params": {"message": "a\x1b[2J\nb"}})
    assert await client.receive() == {
        "jsonrpc": "2.0",
        "method": contract.PROGRESS,
        "params": {"message": "a b"},
    }
    with pytest.raises(Refused):
        await window.request("elicitation/create", {})


async def test_an_unknown_method_is_told_so(door: Door) -> None:
    """A command of another version gets a JSON-RPC error, and its next request works."""
    client, _ = await command(door)
    assert (await client.ask("portico/future"))["error"]["code"] == -32601
    assert "result" in await client.ask(contract.APPROVALS)
