"""`portico lsp` as editors drive it: every own method and every standard feature, per client.

One hub and one server serve all of it; each test opens the windows that it needs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ide_protocol.own import contract
from tests.ide_protocol.test_lsp_protocol_page import misfit
from tests.process.box import Box, served
from tests.process.clients import CLIENTS, Client, opened
from tests.process.conftest import behind
from tests.process.installation import Installation
from tests.process.window import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.process.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLS = "portico-review:/calls.md"

ASKED: dict[str, tuple[dict[str, Any], str]] = {
    contract.STATUS: ({}, ""),
    contract.SERVERS: ({}, ""),
    contract.TOOLS: ({"server": "box"}, ""),
    contract.SIGN_IN: ({}, "no-company"),
    contract.SIGN_OUT: ({}, ""),
    contract.CALL: ({"server": "box", "tool": "read"}, "not-here"),
    contract.APPROVALS: ({}, ""),
    contract.ANSWER: ({"id": "x", "answer": "no"}, "no-such-question"),
    contract.LEASES: ({}, ""),
    contract.REVOKE: ({}, ""),
    contract.PAIR: ({"key": "k" * 32}, ""),
    contract.PAGE: ({}, "no-company"),
    contract.ACTIVITY: ({}, ""),
    contract.STATS: ({}, ""),
    contract.WHY: ({"server": "box", "tool": "drop"}, ""),
    contract.DOCTOR: ({}, ""),
    contract.PINS: ({}, ""),
    contract.PIN_DIFFERENCE: ({"server": "box", "tool": "read"}, "not-quarantined"),
    contract.ACCEPT_PIN: ({"server": "box", "tool": "read"}, "not-quarantined"),
    contract.PIN_BLOCK: ({"server": "box"}, ""),
    contract.EXPLAIN: ({"server": "box", "tool": "drop"}, ""),
    contract.DRAFT: ({"server": "box"}, ""),
    contract.REVIEW: ({}, ""),
    contract.DOCUMENT: ({"uri": CALLS}, ""),
    contract.RATE: ({"record": 10**9, "thumb": "up"}, "record-not-yours"),
}
"""What each method is asked here, and the fault that is its answer without a company.

Any other is asked without params, and may answer with any fault.
"""


class World:
    """What all tests share.

    Attributes:
        portico: The installation.
        box: The one server.
    """

    def __init__(self, portico: Installation, box: Box, folders: Iterator[Path]) -> None:
        self.portico = portico
        self.box = box
        self._folders = folders

    def workspace(self) -> Path:
        """A project of its own."""
        return next(self._folders)

    async def agent(self, workspace: Path) -> Window:
        """An AI client that works in a project."""
        window = await self.portico.window("mcp", "--workspace", str(workspace), cwd=workspace)
        return await window.initialize()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One hub, one server, and as many projects as are asked for."""

    def folders() -> Iterator[Path]:
        while True:
            yield tmp_path_factory.mktemp("project")

    portico = Installation(tmp_path_factory.mktemp("clients"))
    async with served(Box()) as box:
        portico.configure(behind(box))
        yield World(portico, box, folders())
        await portico.close()


@pytest.fixture(params=CLIENTS)
def name(request: pytest.FixtureRequest) -> str:
    """Each client in turn."""
    named: str = request.param
    return named


async def test_every_client_is_offered_all_and_answered_in_the_contracts_shapes(
    world: World, name: str
) -> None:
    """Standard features stand in the capabilities, and each own method holds over the real wire."""
    async with opened(world.portico, name, world.workspace()) as client:
        can, sync = client.can, client.can.text_document_sync
        assert can.hover_provider
        assert can.code_lens_provider is not None
        assert isinstance(sync, types.TextDocumentSyncOptions)
        assert (sync.open_close, sync.change) == (True, types.TextDocumentSyncKind.Full)
        assert can.execute_command_provider is not None
        assert "portico.approve" in can.execute_command_provider.commands
        for method in sorted({*contract.METHODS} - {contract.STOP}):
            params, reference = ASKED.get(method, ({}, None))
            result, fault = await told(client, method, params)
            assert reference in {None, (fault or {}).get("reference", "")}, method
            shape = contract.FaultReport if fault else contract.METHODS[method][1]
            assert misfit(fault or result, shape) is None, method


async def test_a_call_is_answered_in_the_window_of_its_workspace(world: World, name: str) -> None:
    """Of two windows the right one asks; a yes runs the call, a no and a closed prompt do not."""
    workspace, other = world.workspace(), world.workspace()
    async with (
        opened(world.portico, name, other) as elsewhere,
        opened(world.portico, name, workspace) as client,
    ):
        agent = await world.agent(workspace)
        for answer in ("yes", "no", "closed"):
            before = world.box.calls.count("drop")
            call = agent.call("box_drop", table="dev.x")
            prompt = await client.person.see()
            client.person.press(_answer(prompt, answer))
            said = text(await agent.answer(call))
            assert (said == "drop") is (answer == "yes")
            assert ("[not-approved]" in said) is (answer != "yes")
            assert world.box.calls.count("drop") - before == (answer == "yes")
        for _ in ("no", "closed"):
            logged = await client.hear(types.WINDOW_LOG_MESSAGE)
            assert "called box_drop, which did not run" in logged.message
        assert elsewhere.person.prompts.empty()
        await agent.leave()


@pytest.mark.parametrize("name", ["bare", "lsp4ij", "extension"])
async def test_the_review_approves_what_it_shows(world: World, name: str) -> None:
    """The document, its lens and its command are enough to let a call run."""
    workspace = world.workspace()
    async with opened(world.portico, name, workspace) as client:
        agent = await world.agent(workspace)
        call = agent.call("box_drop", table="dev.review")
        await client.person.see()
        given = await client.ask(contract.REVIEW, {})
        assert "dev.review" in given["text"]
        item = types.TextDocumentItem(CALLS, "markdown", 1, given["text"])
        client.lsp.text_document_did_open(types.DidOpenTextDocumentParams(item))
        document = types.TextDocumentIdentifier(CALLS)
        lenses = await client.lsp.text_document_code_lens_async(types.CodeLensParams(document))
        commands = {lens.command.title: lens.command for lens in lenses or [] if lens.command}
        assert [*commands][:2] == ["Reject", "Approve"]
        hover = await client.lsp.text_document_hover_async(
            types.HoverParams(document, types.Position(given["calls"][0]["line"], 5))
        )
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert "**drop** of box" in hover.contents.value
        approve = commands["Approve"]
        assert await client.run(approve.command, *(approve.arguments or ())) == {}
        assert text(await agent.answer(call)) == "drop"
        await agent.leave()


@pytest.mark.parametrize("name", ["lsp4ij"])
async def test_a_long_call_is_cancelled_from_the_editor(world: World, name: str) -> None:
    """It shows as progress in the window of its workspace, whose cancel reaches the server."""
    workspace = world.workspace()
    async with opened(world.portico, name, workspace) as client:
        agent = await world.agent(workspace)
        call = agent.call("box_wait")
        begun = await client.hear(types.PROGRESS)
        assert begun.value["kind"] == "begin"
        assert begun.value["title"] == "box: wait"
        client.lsp.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(begun.token))
        assert text(await agent.answer(call)).endswith("[call-stopped]")
        assert (await client.hear(types.PROGRESS)).value["kind"] == "end"
        await world.box.left.wait()
        await agent.leave()


@pytest.mark.parametrize(
    ("command", "shown"),
    [("portico.status", "servers have answered"), ("portico.review", "Nothing waits")],
)
async def test_a_client_without_an_extension_is_shown_what_a_command_found(
    world: World, command: str, shown: str
) -> None:
    """A message is the one place that every editor has."""
    async with opened(world.portico, "bare", world.workspace()) as client:
        await client.run(command)
        assert shown in (await client.hear(types.WINDOW_SHOW_MESSAGE)).message


async def test_a_rated_call_is_counted(world: World) -> None:
    """A thumb given to a call's record stands in the audit, and the last one in the statistics."""
    workspace = world.workspace()
    async with opened(world.portico, "extension", workspace) as client:
        agent = await world.agent(workspace)
        assert await agent.text("box_read") == "read"
        found = await client.ask(contract.ACTIVITY, {"tool": "read", "event": "outcome"})
        number = found["records"][-1]["id"]
        for thumb in ("up", "down"):
            rating = {"record": number, "thumb": thumb, "note": "It was last year's."}
            assert await client.ask(contract.RATE, rating) == {}
        rated = (await client.ask(contract.ACTIVITY, {"event": "rated"}))["records"]
        assert [one["outcome"] for one in rated] == ["up", "down"]
        assert rated[0]["exchange"] == found["records"][-1]["exchange"]
        tools = (await client.ask(contract.STATS, {}))["tools"]
        (read,) = [one for one in tools if one["tool"] == "read"]
        assert (read["thumbsUp"], read["thumbsDown"]) == (0, 1)
        await agent.leave()


async def told(
    client: Client, method: str, params: dict[str, Any]
) -> tuple[Any, dict[str, Any] | None]:
    """A method's result, or the fault that it ended in."""
    try:
        return await client.ask(method, params), None
    except JsonRpcException as error:
        return None, _plain(error.data)


def _answer(prompt: Any, answer: str) -> object:  # noqa: ANN401 - of either kind.
    """What a person says to a prompt of either kind."""
    if isinstance(prompt, types.ShowMessageRequestParams):
        titles = [action.title for action in prompt.actions or ()]
        wanted = {"yes": "Allow once", "no": "Deny"}.get(answer)
        return next((one for one in titles if wanted and re.match(wanted, one)), None)
    (question,) = prompt["questions"]
    return None if answer == "closed" else {"answers": [{"id": question["id"], "answer": answer}]}


def _plain(data: Any) -> dict[str, Any]:  # noqa: ANN401 - as pygls read it.
    """The data of an error, which pygls gives as a tuple with names."""
    return data if isinstance(data, dict) else dict(data._asdict())
