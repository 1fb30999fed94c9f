"""A server of the reference SDK that asks the person before it answers, in one era or the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

if TYPE_CHECKING:
    import asyncio

    from mcp.server.context import ServerRequestContext
    from starlette.types import ASGIApp, Receive, Scope, Send

FORM: dict[str, Any] = {"type": "object", "properties": {"word": {"type": "string"}}}
KINDS = ("form", "url", "sampling", "roots")
PAGE = "https://sign.example/here"
_MESSAGES = [types.SamplingMessage(role="user", content=types.TextContent(type="text", text="Hm?"))]


class AskingServer:
    """Its tools are the kinds of questions; each answers with what it was answered.

    Attributes:
        calls: How many calls have reached it.
        both: Two calls of `form` ask at the same time, when it is set.
    """

    def __init__(self, *, legacy: bool) -> None:
        self.legacy = legacy
        self.calls = 0
        self.both: asyncio.Barrier | None = None
        self.server: Server[Any] = Server(
            "asking", on_list_tools=self._list, on_call_tool=self._call
        )

    async def _list(self, _context: object, _params: object) -> types.ListToolsResult:
        schema = {"type": "object"}
        tools = [types.Tool(name=kind, input_schema=schema) for kind in KINDS]
        return types.ListToolsResult(tools=tools, ttl_ms=0, cache_scope="private")

    async def _call(
        self, context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        self.calls += 1
        asked = str((params.arguments or {}).get("asked", "Sure?"))
        if self.legacy:
            if self.both is not None:
                await self.both.wait()
            answer = await self._ask(context, params.name, asked)
        else:
            answer = (params.input_responses or {}).get("q")
            if answer is None:
                return types.InputRequiredResult(
                    input_requests={"q": self._question(params.name, asked)}, request_state="mine"
                )
        text = json.dumps(answer.model_dump(mode="json", by_alias=True, exclude_none=True))
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)])

    def _question(self, kind: str, asked: str) -> Any:  # noqa: ANN401 - any of the three requests.
        if kind == "form":
            form = types.ElicitRequestFormParams(message=asked, requested_schema=FORM)
            return types.ElicitRequest(params=form)
        if kind == "url":
            url = types.ElicitRequestURLParams(message=asked, url=PAGE)
            return types.ElicitRequest(params=url)
        if kind == "sampling":
            wanted = types.CreateMessageRequestParams(messages=_MESSAGES, max_tokens=7)
            return types.CreateMessageRequest(params=wanted)
        return types.ListRootsRequest()

    async def _ask(self, context: ServerRequestContext[Any, Any], kind: str, asked: str) -> Any:  # noqa: ANN401
        session, number = context.session, context.request_id
        if kind == "form":
            return await session.elicit_form(asked, FORM, related_request_id=number)
        if kind == "url":
            return await session.elicit_url(asked, PAGE, "e1", related_request_id=number)
        if kind == "sampling":
            return await session.create_message(_MESSAGES, max_tokens=7, related_request_id=number)
        # The SDK puts this one on the session's own stream.
        return await session.list_roots()

    def application(self) -> ASGIApp:
        """The server over HTTP, deaf to the other era."""
        inner = self.server.streamable_http_app()
        deaf_to = b"2026-07-28" if self.legacy else b"2025-"

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            headers = dict(scope.get("headers", ()))
            version = headers.get(b"mcp-protocol-version", b"" if self.legacy else b"2025-")
            if scope["type"] == "http" and version.startswith(deaf_to):
                head = {"type": "http.response.start", "status": 400}
                await send({**head, "headers": [(b"content-length", b"0")]})
                await send({"type": "http.response.body", "body": b""})
                return
            await inner(scope, receive, send)

        return application


async def _serve() -> None:
    """Serve on standard input and output: both eras, asking by requests."""
    server = AskingServer(legacy=True).server
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(_serve)
