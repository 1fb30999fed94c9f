"""A server of PyPI that was made for stdio, over HTTP on loopback: `over_http.py MODULE …`.

It runs in the environment of that server, and prints its URL.
"""

from __future__ import annotations

import runpy
import socket
import sys
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer


async def _serve(server: MCPServer[Any]) -> None:
    """What the server's own program calls instead of serving its stdin."""
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp\n")
    sys.stdout.flush()
    config = uvicorn.Config(server.streamable_http_app(), log_level="warning")
    await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    MCPServer.run_stdio_async = _serve  # type: ignore[assignment]  # that is the point of it
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
