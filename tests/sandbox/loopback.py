"""Servers on loopback, and reference clients for them in both eras."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitResult

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mcp.client import ClientRequestContext
    from mcp.client.session import ElicitationFnT
    from mcp.types import CallToolResult, ElicitRequestParams
    from starlette.applications import Starlette

in_both_eras = pytest.mark.parametrize("era", ["legacy", "auto"])
"""Runs a test with a legacy client and with one that finds the modern era by itself."""


@asynccontextmanager
async def served(application: Starlette) -> AsyncIterator[str]:
    """The MCP address of an application that a real server serves on loopback."""
    config = uvicorn.Config(application, port=0, log_config=None, ws="none")
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    # From here on a client may connect, however late the server's task comes to run.
    socket.listen()
    serving = asyncio.create_task(server.serve(sockets=[socket]))
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}/mcp"
    finally:
        server.should_exit = True
        await serving
        socket.close()


@asynccontextmanager
async def connected(
    address: str,
    era: str,
    user: str = "",
    groups: str = "",
    *,
    answer: ElicitationFnT | None = None,
) -> AsyncIterator[Client]:
    """The reference client at an address, as the user and groups that a gateway would name."""
    headers = {"x-forwarded-user": user, "x-forwarded-groups": groups} if user else {}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(address, http_client=http)
        async with Client(transport, mode=era, elicitation_callback=answer) as client:
            yield client


def said(result: CallToolResult) -> str:
    """The text of a result."""
    return "".join(block.text for block in result.content if block.type == "text")


def agreeing(asked: list[str], **content: bool) -> ElicitationFnT:
    """A person who accepts every question with `content`; the questions go to `asked`."""

    async def answer(
        context: ClientRequestContext,  # noqa: ARG001 - the SDK passes it by this name.
        params: ElicitRequestParams,
    ) -> ElicitResult:
        asked.append(params.message)
        return ElicitResult(action="accept", content=dict(content))

    return answer
