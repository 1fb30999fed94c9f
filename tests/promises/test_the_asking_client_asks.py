"""Where no editor is open, the asking client puts the question itself, in either era."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import ElicitResult

from tests.process.installation import LAUNCHER
from tests.sandbox.loopback import said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mcp.client import ClientRequestContext
    from mcp.types import ElicitRequestParams

    from tests.process.box import Box
    from tests.process.installation import Installation

Action = Literal["accept", "decline", "cancel"]
in_both_eras = pytest.mark.parametrize("era", ["legacy", "auto"])


@asynccontextmanager
async def client(
    portico: Installation, era: str, action: Action, said: str, asked: list[str]
) -> AsyncIterator[Client]:
    """The reference client over the shim, and its person."""

    async def answer(
        context: ClientRequestContext,  # noqa: ARG001 - the SDK passes it by this name.
        params: ElicitRequestParams,
    ) -> ElicitResult:
        asked.append(params.message)
        return ElicitResult(action=action, content={"decision": said} if said else None)

    parameters = StdioServerParameters(
        command=LAUNCHER, args=["mcp"], env=portico.environment, cwd=portico.project
    )
    async with Client(stdio_client(parameters), mode=era, elicitation_callback=answer) as found:
        yield found


@in_both_eras
async def test_the_asking_clients_person_may_say_yes(
    portico: Installation, box: Box, era: str
) -> None:
    """The form shows server, tool and arguments; an accepted yes runs the call once."""
    asked: list[str] = []
    async with client(portico, era, "accept", "yes", asked) as agent:
        result = await agent.call_tool("box_change", {"table": "dev.x"})
    assert (said(result), len(asked)) == ("change", 1)
    assert "run “change” on box" in asked[0]
    assert '"table":"dev.x"' in asked[0]
    assert box.calls == ["change"]


@in_both_eras
@pytest.mark.parametrize(
    ("action", "answer"), [("decline", ""), ("cancel", ""), ("accept", "no"), ("accept", "")]
)
async def test_anything_else_of_the_asking_client_is_no(
    portico: Installation, box: Box, era: str, action: Action, answer: str
) -> None:
    """Declined, cancelled, accepted without a yes: not sent, and a tool error says so."""
    asked: list[str] = []
    async with client(portico, era, action, answer, asked) as agent:
        result = await agent.call_tool("box_change", {"table": "dev.x"})
    assert result.is_error
    assert len(asked) == 1
    assert box.calls == []
