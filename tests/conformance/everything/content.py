"""Tools that only answer: every kind of content, progress, logging, errors, schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context  # noqa: TC002 - the SDK reads signatures.
from mcp.server.mcpserver.prompts.base import Prompt
from mcp.shared.exceptions import MCPError
from mcp.types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    AudioContent,
    EmbeddedResource,
    ImageContent,
    TextContent,
    TextResourceContents,
)
from pydantic import Field

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg=="
)
"""One pixel."""

WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA="
"""No sound at all."""

ROUNDABOUT_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}
"""Every keyword of JSON Schema 2020-12 that the suite looks for."""


def embedded(uri: str, text: str, kind: str = "text/plain") -> EmbeddedResource:
    """A resource inside a result."""
    inner = TextResourceContents(uri=uri, mime_type=kind, text=text)
    return EmbeddedResource(type="resource", resource=inner)


def test_simple_text() -> str:
    """Answer with a text."""
    return "This is a simple text response for testing."


def test_image_content() -> list[ImageContent]:
    """Answer with an image."""
    return [ImageContent(type="image", data=PNG, mime_type="image/png")]


def test_audio_content() -> list[AudioContent]:
    """Answer with a sound."""
    return [AudioContent(type="audio", data=WAV, mime_type="audio/wav")]


def test_embedded_resource() -> list[EmbeddedResource]:
    """Answer with a resource."""
    return [embedded("test://embedded-resource", "This is an embedded resource content.")]


def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
    """Answer with three kinds of content."""
    document = '{"test":"data","value":123}'
    return [
        TextContent(type="text", text="Multiple content types test:"),
        ImageContent(type="image", data=PNG, mime_type="image/png"),
        embedded("test://mixed-content-resource", document, "application/json"),
    ]


def test_error_handling() -> str:
    """Fail."""
    msg = "This tool intentionally returns an error for testing"
    raise RuntimeError(msg)


async def test_tool_with_logging(ctx: Context[Any, Any]) -> str:
    """Log three times, then answer."""
    for text in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.info(text)
    return "It was logged."


async def test_logging_tool(ctx: Context[Any, Any]) -> str:
    """Log once, where the client wants to hear it."""
    await ctx.info("Only for those who asked")
    return "It was logged."


async def test_tool_with_progress(ctx: Context[Any, Any]) -> str:
    """Report progress three times, then answer."""
    for done in (0, 50, 100):
        await ctx.report_progress(done, 100, f"Completed step {done} of 100")
    return "It is done."


async def test_missing_capability(ctx: Context[Any, Any]) -> str:
    """Refuse clients that cannot sample."""
    can = ctx.client_capabilities
    if can is None or can.sampling is None:
        raise MCPError(
            code=MISSING_REQUIRED_CLIENT_CAPABILITY,
            message="This tool needs a client that samples.",
            data={"requiredCapabilities": {"sampling": {}}},
        )
    return "The client samples."


def test_x_mcp_header(
    region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})] = "",  # noqa: PT028
) -> str:
    """Answer with a parameter that a header repeats."""
    return region


def json_schema_2020_12_tool() -> str:
    """Have a schema that leaves out no keyword."""
    return "nothing"


async def test_reconnection(ctx: Context[Any, Any]) -> str:
    """Close the response's stream and answer on the next one."""
    await ctx.close_sse_stream()
    return "Reconnection test completed"


def greet(name: str = "you") -> str:
    """Greet at once; the suite would let it be a task, which it never is."""
    return f"Hello, {name}!"


def slow_compute(seconds: float = 0) -> str:
    """Answer at once; the suite would let it be a task, which it never is."""
    return f"Computed without {seconds} seconds"


def confirm_delete(filename: str = "") -> str:
    """Delete nothing, at once; the suite would let it be a task, which it never is."""
    return f"{filename} is still there"


def _passing() -> str:
    """Come and go."""
    return "here"


async def test_trigger_tool_change(ctx: Context[Any, Any]) -> str:
    """Add a tool, or take it away again, and say so."""
    server = ctx.mcp_server
    if any(tool.name == "test_dynamic_tool" for tool in await server.list_tools()):
        server.remove_tool("test_dynamic_tool")
    else:
        server.add_tool(_passing, name="test_dynamic_tool")
    await ctx.notify_tools_changed()
    return "The tools changed."


async def test_trigger_prompt_change(ctx: Context[Any, Any]) -> str:
    """Add a prompt, or take it away again, and say so."""
    server = ctx.mcp_server
    if any(prompt.name == "test_dynamic_prompt" for prompt in await server.list_prompts()):
        server.remove_prompt("test_dynamic_prompt")
    else:
        server.add_prompt(Prompt.from_function(_passing, name="test_dynamic_prompt"))
    await ctx.notify_prompts_changed()
    return "The prompts changed."


TOOLS = (
    test_simple_text,
    test_image_content,
    test_audio_content,
    test_embedded_resource,
    test_multiple_content_types,
    test_error_handling,
    test_tool_with_logging,
    test_logging_tool,
    test_tool_with_progress,
    test_missing_capability,
    test_x_mcp_header,
    test_reconnection,
    greet,
    slow_compute,
    confirm_delete,
    test_trigger_tool_change,
    test_trigger_prompt_change,
)


def add(server: MCPServer[Any]) -> None:
    """Give a server these tools."""
    for tool in TOOLS:
        server.add_tool(tool)
    server.add_tool(json_schema_2020_12_tool)
    # The SDK makes schemas of signatures; no signature makes this one.
    server._tool_manager._tools["json_schema_2020_12_tool"].parameters = ROUNDABOUT_SCHEMA
