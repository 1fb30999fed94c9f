"""The fake editor against a real pygls server."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.editor import Editor, EditorLost, ErrorAnswer

if TYPE_CHECKING:
    from pathlib import Path

SERVER = '''
"""A language server that asks, shows, reports and dies on request."""
import os, sys
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

server = LanguageServer("small", "1", text_document_sync_kind=t.TextDocumentSyncKind.None_)


class Refused(JsonRpcException):
    CODE = -32050
    MESSAGE = "refused"


@server.feature("small/where")
def where(params):
    workspace = server.workspace.root_path
    return {"cwd": os.getcwd(), "root": workspace, "host": server.protocol_client}


@server.feature("initialized")
def initialized(params):
    pass


@server.feature("small/ask")
async def ask(params):
    answer = await server.window_show_message_request_async(t.ShowMessageRequestParams(
        type=t.MessageType.Warning, message=params.text,
        actions=[t.MessageActionItem("Run"), t.MessageActionItem("No")]))
    return {"title": answer and answer.title}


@server.feature("small/log")
async def log(params):
    server.window_log_message(t.LogMessageParams(type=t.MessageType.Info, message="noted"))
    return {}


@server.feature("small/own")
async def own(params):
    try:
        await server.protocol.send_request_async("small/unknown", {})
    except JsonRpcException as wrong:
        return {"code": wrong.code}


@server.feature("small/refuse")
def refuse(params):
    raise Refused("not today", data={"who": "you"})


@server.feature("small/die")
def die(params):
    sys.stderr.write("last words\\n")
    sys.stderr.flush()
    os._exit(3)


server.protocol_client = None
server.start_io()
'''


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The command of a small pygls server."""
    script = tmp_path / "small.py"
    script.write_text(SERVER, encoding="utf-8")
    return [sys.executable, "-I", str(script)]


async def test_a_request_gets_its_own_answer(command: list[str], tmp_path: Path) -> None:
    """Requests that overlap are answered each with its own result, in the open workspace."""
    async with Editor.start(command, workspace=str(tmp_path)) as editor:
        both = await asyncio.gather(
            editor.request("small/where", {}), editor.request("small/log", {})
        )
    assert both[0]["cwd"] == both[0]["root"] == str(tmp_path)
    assert both[1] == {}
    assert editor.server["serverInfo"]["name"] == "small"
    assert editor.exit_code == 0


async def test_a_prompt_is_answered_by_its_handler(command: list[str]) -> None:
    """A question of the server reaches the handler, and the handler's answer reaches the server."""
    seen: list[str] = []

    async def prompt(params: dict[str, Any]) -> object:
        """Press the first button."""
        seen.append(params["message"])
        return params["actions"][0]

    async with Editor.start(command) as editor:
        editor.on("window/showMessageRequest", prompt)
        assert await editor.request("small/ask", {"text": "Drop it?"}) == {"title": "Run"}
    assert seen == ["Drop it?"]


async def test_other_requests_go_on_while_a_prompt_is_open(command: list[str]) -> None:
    """An open prompt holds up nothing else."""
    answered = asyncio.Event()

    async def prompt(_: dict[str, Any]) -> object:
        """Close the prompt when told to."""
        await answered.wait()
        return None

    async with Editor.start(command) as editor:
        editor.on("window/showMessageRequest", prompt)
        asked = asyncio.create_task(editor.request("small/ask", {"text": "?"}))
        await editor.request("small/where", {})
        assert not asked.done()
        answered.set()
        assert await asked == {"title": None}


async def test_an_unknown_request_of_the_server_is_refused(command: list[str]) -> None:
    """A server that asks for what the editor does not know is told so and does not hang."""
    async with Editor.start(command) as editor:
        assert await editor.request("small/own", {}) == {"code": -32601}


async def test_a_failing_handler_is_an_error_and_not_silence(command: list[str]) -> None:
    """A handler that raises answers the server with an error instead of leaving it waiting."""

    async def broken(_: dict[str, Any]) -> object:
        """Fail."""
        raise LookupError

    async with Editor.start(command) as editor:
        editor.on("small/unknown", broken)
        assert await editor.request("small/own", {}) == {"code": -32603}


async def test_an_error_keeps_code_message_and_data(command: list[str]) -> None:
    """An error answer arrives whole."""
    async with Editor.start(command) as editor:
        with pytest.raises(ErrorAnswer, match="not today") as refused:
            await editor.request("small/refuse", {})
    assert (refused.value.code, refused.value.data) == (-32050, {"who": "you"})


async def test_a_server_that_dies_fails_what_waits(command: list[str]) -> None:
    """A vanished server fails the open request with its last words, and the next one at once."""
    async with Editor.start(command) as editor:
        with pytest.raises(EditorLost, match="last words"):
            await editor.request("small/die", {})
        with pytest.raises(EditorLost):
            await editor.request("small/where", {})
    assert editor.exit_code == 3


async def test_a_program_that_is_no_language_server_is_told_apart() -> None:
    """A program that prints something else is refused with what it printed."""
    with pytest.raises(EditorLost, match="where a header belongs"):
        async with Editor.start([sys.executable, "-I", "-c", "print('hello')"]):
            pass
