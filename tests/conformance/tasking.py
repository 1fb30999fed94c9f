"""A server of FastMCP with the tasks extension, for the suite's `tasks-…` scenarios.

The reference SDK has no tasks; `fastmcp-tasks` has, and nobody here wrote it. It runs in an
environment of its own (see `tests.conformance.suite`), prints its URL and serves on loopback.
"""

from __future__ import annotations

import asyncio
import socket
import sys

import uvicorn
from fastmcp import Context, FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.utilities.tasks import TaskConfig
from fastmcp_tasks import TasksExtension
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
)


def form(message: str, field: str, kind: str = "string") -> ElicitRequest:
    """A form of one field."""
    wanted = {"type": "object", "properties": {field: {"type": kind}}, "required": [field]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=wanted))


def answers(ctx: Context) -> dict[str, object]:
    """What the client answered so far."""
    return dict(ctx.input_responses or {})


async def greet(name: str = "you") -> str:
    """Greet at once; never a task."""
    return f"Hello, {name}!"


async def slow_compute(seconds: float = 0, label: str = "") -> str:
    """Answer after a while."""
    await asyncio.sleep(seconds)
    return f"Computed {label} in {seconds} seconds"


async def failing_job() -> str:
    """Run, and say that it went wrong."""
    await asyncio.sleep(1)
    msg = "This job always fails"
    raise ToolError(msg)


async def protocol_error_job() -> str:
    """Break."""
    raise MCPError(code=INTERNAL_ERROR, message="This job breaks")


async def confirm_delete(ctx: Context, filename: str = "") -> str | InputRequiredResult:
    """Want a yes; delete nothing."""
    if "yes" in answers(ctx):
        return f"{filename} is still there"
    return InputRequiredResult(input_requests={"yes": form("Delete?", "confirm", "boolean")})


async def multi_input(ctx: Context) -> str | InputRequiredResult:
    """Want two things at once."""
    if {"name", "yes"} <= answers(ctx).keys():
        return "Both came."
    asked: dict[str, InputRequest] = {
        "name": form("Your name?", "name"),
        "yes": form("Sure?", "confirm", "boolean"),
    }
    return InputRequiredResult(input_requests=asked)


async def test_tool_with_task(ctx: Context) -> str | InputRequiredResult:
    """Want a name, then work on it."""
    given = answers(ctx).get("user_name")
    if not isinstance(given, ElicitResult):
        return InputRequiredResult(input_requests={"user_name": form("Your name?", "name")})
    return f"Done for {(given.content or {}).get('name')}"


TOOLS = {
    greet: TaskConfig(mode="forbidden"),
    slow_compute: TaskConfig(),
    failing_job: TaskConfig(mode="required"),
    protocol_error_job: TaskConfig(),
    confirm_delete: TaskConfig(),
    multi_input: TaskConfig(),
    test_tool_with_task: TaskConfig(mode="required"),
}
"""Each tool, and whether it may or must be a task."""


def tasking() -> FastMCP:
    """The server."""
    server = FastMCP("tasking")
    server.add_extension(TasksExtension(url="memory://"))
    for tool, config in TOOLS.items():
        server.tool(tool, task=config)
    return server


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp\n")
    sys.stdout.flush()
    config = uvicorn.Config(tasking().http_app(), log_level="warning")
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
