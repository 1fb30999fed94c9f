"""A server's question reaches the person and the answer the server, whichever side is legacy."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import (
    CreateMessageResult,
    ElicitResult,
    ListRootsResult,
    Root,
    TextContent,
)

from tests.process.installation import LAUNCHER
from tests.promises import asking_server
from tests.promises.asking_server import KINDS, PAGE, AskingServer
from tests.sandbox.loopback import said, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mcp.client import ClientRequestContext

    from tests.process.installation import Installation

pytestmark = pytest.mark.filterwarnings(
    # Sampling and roots are deprecated, and are carried as long as they are spoken.
    "ignore::mcp.shared.exceptions.MCPDeprecationWarning"
)

four = [
    pytest.mark.parametrize(
        "client_era", ["legacy", "auto"], ids=["legacy-client", "modern-client"]
    ),
    pytest.mark.parametrize("legacy", [True, False], ids=["legacy-server", "modern-server"]),
]


class Person:
    """Answers every question, and remembers what it was."""

    def __init__(self, word: str = "yes") -> None:
        self.word = word
        self.asked: list[Any] = []

    async def elicit(
        self,
        context: ClientRequestContext,  # noqa: ARG002 - the SDK passes it by this name.
        params: Any,  # noqa: ANN401
    ) -> ElicitResult:
        """Fill in the form, or go to the page."""
        self.asked.append(params)
        return ElicitResult(action="accept", content={"word": self.word})

    async def sample(
        self,
        context: ClientRequestContext,  # noqa: ARG002 - the SDK passes it by this name.
        params: Any,  # noqa: ANN401
    ) -> CreateMessageResult:
        """Be the model."""
        self.asked.append(params)
        text = TextContent(type="text", text=self.word)
        return CreateMessageResult(role="assistant", content=text, model="m")

    async def roots(
        self,
        context: ClientRequestContext,  # noqa: ARG002 - the SDK passes it by this name.
    ) -> ListRootsResult:
        """Name one folder; Portico asks that too, to know the workspace."""
        return ListRootsResult(roots=[Root(uri="file:///project")])  # type: ignore[arg-type]  # a URI


@asynccontextmanager
async def client(portico: Installation, era: str, person: Person) -> AsyncIterator[Client]:
    """The reference client over the shim."""
    parameters = StdioServerParameters(
        command=LAUNCHER, args=["mcp"], env=portico.environment, cwd=portico.project
    )
    async with Client(
        stdio_client(parameters),
        mode=era,
        elicitation_callback=person.elicit,
        sampling_callback=person.sample,
        list_roots_callback=person.roots,
    ) as found:
        yield found


@asynccontextmanager
async def behind(portico: Installation, *, legacy: bool) -> AsyncIterator[AskingServer]:
    """An asking server behind Portico, as `ask`."""
    server = AskingServer(legacy=legacy)
    async with served(server.application()) as url:  # type: ignore[arg-type]  # any ASGI app
        portico.configure(f'[servers.ask]\nurl = "{url}"\nrisk = "read"\n')
        yield server


@four[0]
@four[1]
async def test_a_servers_question_reaches_the_person_and_the_answer_the_server(
    portico: Installation, client_era: str, *, legacy: bool
) -> None:
    """Form, page, sampling and roots, in all four pairs of eras; the server is always named."""
    asked: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    person = Person()
    async with behind(portico, legacy=legacy), client(portico, client_era, person) as agent:
        for kind in KINDS:
            answer = said(await agent.call_tool(f"ask_{kind}", {"asked": "Sure?"}))
            answers[kind], asked[kind] = json.loads(answer), person.asked
            person.asked = []
    page = f"\nIt wants to open a page at sign.example:\n{PAGE}"
    for kind, more in (("form", ""), ("url", page)):
        assert answers[kind]["action"] == "accept"
        assert [params.message for params in asked[kind]] == [f"ask asks: Sure?{more}"]
    assert asked["url"][0].url == PAGE
    assert answers["sampling"]["content"]["text"] == "yes"
    assert asked["sampling"][0].max_tokens == 7
    assert answers["roots"]["roots"][0]["uri"].startswith("file:///project")


@four[0]
async def test_two_windows_questions_at_once_reach_each_its_own(
    portico: Installation, client_era: str
) -> None:
    """Both calls are open at one legacy server when it asks; nobody answers for the other."""
    one, two = Person("one"), Person("two")
    async with (
        behind(portico, legacy=True) as server,
        client(portico, client_era, one) as first,
        client(portico, client_era, two) as second,
    ):
        server.both = asyncio.Barrier(2)
        answers = await asyncio.gather(
            first.call_tool("ask_form", {"asked": "First?"}),
            second.call_tool("ask_form", {"asked": "Second?"}),
        )
        assert [json.loads(said(answer))["content"]["word"] for answer in answers] == ["one", "two"]
        assert [params.message for params in one.asked] == ["ask asks: First?"]
        assert [params.message for params in two.asked] == ["ask asks: Second?"]
        assert server.calls == 2


@pytest.mark.parametrize("local", [False, True], ids=["remote", "local"])
async def test_a_tool_that_can_only_ask_by_a_request_works_for_a_legacy_client(
    portico: Installation, *, local: bool
) -> None:
    """On a server of both eras, which a modern client cannot be asked by."""
    server, person = AskingServer(legacy=True), Person("mine")
    async with AsyncExitStack() as stack:
        if local:
            where = f"command = {json.dumps([sys.executable, asking_server.__file__])}"
        else:
            url = await stack.enter_async_context(served(server.server.streamable_http_app()))
            where = f'url = "{url}"'
        portico.configure(f'[servers.ask]\n{where}\nrisk = "read"\n')
        agent = await stack.enter_async_context(client(portico, "legacy", person))
        answer = said(await agent.call_tool("ask_form", {"asked": "Sure?"}))
        assert json.loads(answer)["content"] == {"word": "mine"}
        assert [params.message for params in person.asked] == ["ask asks: Sure?"]
