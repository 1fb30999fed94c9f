"""The demo's scenes believe nothing: a program that breaks a promise breaks the story."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from sandbox import scenes
from sandbox.person import Eyes, Mind
from sandbox.stage import Stage
from sandbox.story import Plain, PromiseBroken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.company import Company
    from sandbox.editor import Editor

QUESTION = "QUESTION-7f3a"


@dataclass
class Program:
    """A Portico of a few lines, which can be told to break one promise.

    Attributes:
        witness: What reached the gateway.
        leaks: Whether a refused call reaches the gateway all the same.
        asks: Whether a destructive call is asked about.
        tells: Whether the refusal names the question to the model.
    """

    eyes: Eyes = field(default_factory=Eyes)
    witness: list[dict[str, Any]] = field(default_factory=list)
    leaks: bool = False
    asks: bool = True
    tells: bool = False

    async def drop(self, table: str) -> str:
        """Play `drop_table`: ask in the editor, then run or refuse."""
        params = {"message": f"Drop {table}?", "actions": [{"title": "Run"}, {"title": "No"}]}
        yes = not self.asks or await self.eyes.show(params) == {"title": "Run"}
        if yes or self.leaks:
            self.witness.append({"tool": "drop_table", "user": "alice"})
        if yes:
            return f"{table} is gone."
        raise ToolError(f"A person said no. {QUESTION if self.tells else ''}")

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Play the editor's requests that the scene makes."""
        assert (method, params) == ("portico/approvals", {})
        return {"approvals": [{"id": QUESTION}]}


@contextlib.asynccontextmanager
async def played_by(program: Program) -> AsyncIterator[Stage]:
    """A stage on which `program` plays every part."""
    server = MCPServer("portico")
    server.add_tool(program.drop, name="presto_drop_table")
    async with Client(server) as assistant:
        yield Stage(cast("Company", program), cast("Editor", program), assistant, program.eyes, {})


async def test_yes_runs_only_the_second_try() -> None:
    """The first try is refused and unseen; after a yes the gateway has seen exactly one."""
    out, program = io.StringIO(), Program()
    async with played_by(program) as stage:
        assert await scenes.harm(Plain(out), stage, Mind.YES)
    assert len(program.witness) == 1
    assert "kept: The gateway never saw the call." in out.getvalue()
    assert "dev_alice.scratch is gone." in out.getvalue()


async def test_no_twice_reaches_nothing() -> None:
    """With no as the answer both tries end unseen, and the story says so."""
    out, program = io.StringIO(), Program()
    async with played_by(program) as stage:
        assert not await scenes.harm(Plain(out), stage, Mind.NO)
    assert program.witness == []
    assert out.getvalue().count("kept: The gateway never saw the call.") == 2


@pytest.mark.parametrize(
    ("lie", "broken"),
    [
        ("leaks", "The gateway never saw the call"),
        ("tells", "names no way to answer its own question"),
        ("asks", "is asked about in the editor"),
    ],
)
async def test_a_broken_promise_breaks_the_story(lie: str, broken: str) -> None:
    """A denied call that leaks, a refusal that tells too much and a missing prompt are noticed."""
    program = Program()
    setattr(program, lie, lie != "asks")
    async with played_by(program) as stage:
        with pytest.raises(PromiseBroken, match=broken):
            await scenes.harm(Plain(io.StringIO()), stage, Mind.NO)
