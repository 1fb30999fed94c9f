"""A server of the reference SDK that has everything the conformance suite asks a server for.

`python -m tests.conformance.everything` serves it on loopback and prints its URL. With `--legacy`
it knows nothing of 2026-07-28, like every server that was written before.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn
from mcp.server.mcpserver import MCPServer, RequestStateSecurity
from starlette.responses import PlainTextResponse

from tests.conformance.everything import asking, content, reading
from tests.conformance.everything.replay import Replay

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_RETRY_MILLISECONDS = 100
_MODERN = (b"mcp-protocol-version", b"2026-07-28")


def everything() -> MCPServer[object]:
    """The server."""
    server: MCPServer[object] = MCPServer(
        name="everything",
        version="1.0.0",
        request_state_security=RequestStateSecurity(keys=[secrets.token_bytes(32)]),
    )
    content.add(server)
    asking.add(server)
    reading.add(server)
    return server


class Legacy:
    """An application that refuses the modern revision, as servers do that never heard of it.

    Args:
        application: What answers everything else.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and _MODERN in scope["headers"]:
            refused = PlainTextResponse("Bad Request: Unsupported protocol version", 400)
            await refused(scope, receive, send)
        else:
            await self._application(scope, receive, send)


async def main(*, legacy: bool) -> None:
    """Serve until a signal."""
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp\n")
    sys.stdout.flush()
    application: ASGIApp = everything().streamable_http_app(
        event_store=Replay(), retry_interval=_RETRY_MILLISECONDS
    )
    served = Legacy(application) if legacy else application
    await uvicorn.Server(uvicorn.Config(served, log_level="warning")).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main(legacy="--legacy" in sys.argv))
