"""`portico serve --http` as a person starts it: a real front, a real hub, a server behind them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from tests.process.installation import LAUNCHER, PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.process.box import Box
    from tests.process.installation import Installation

_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
_HEADERS = {"accept": "application/json, text/event-stream"}


@contextlib.asynccontextmanager
async def served(
    portico: Installation, *options: str
) -> AsyncIterator[tuple[httpx2.AsyncClient, dict[str, Any]]]:
    """A client of a front, and what the front said at its start; it ends well at SIGTERM."""
    process = await asyncio.create_subprocess_exec(
        *(LAUNCHER, "serve", "--http", "--json", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=portico.environment,
        cwd=portico.project,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            said = json.loads(await process.stdout.readline())
        async with httpx2.AsyncClient(
            base_url=said["url"].removesuffix("/mcp"),
            headers=_HEADERS,
            trust_env=False,
            timeout=PATIENCE,
        ) as client:
            yield client, said
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            out, errors = await process.communicate()
    portico.witnessed += [out.decode(), errors.decode()]
    assert (process.returncode, errors) == (0, b"")


def call(tool: str, *, modern: bool) -> dict[str, Any]:
    """A call of either era."""
    params = {"name": tool, "arguments": {}, **({"_meta": _META} if modern else {})}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def _only_mine(file: Path) -> str:
    """What a file holds that nobody but its owner can read."""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return file.read_text(encoding="ascii").strip()


async def test_both_eras_reach_the_hub_over_loopback(portico: Installation, box: Box) -> None:
    """With the secret from its file, which only its owner can read; without it nobody does."""
    async with served(portico) as (client, said):
        file = Path(said["secretFile"])
        secret = _only_mine(file)
        assert (await client.post("/mcp", json=call("box_read", modern=False))).status_code == 401
        client.headers["authorization"] = f"Bearer {secret}"
        label = {
            "mcp-protocol-version": "2026-07-28",
            "mcp-method": "tools/call",
            "mcp-name": "box_read",
        }
        modern = await client.post("/mcp", json=call("box_read", modern=True), headers=label)
        assert modern.json()["result"]["content"][0]["text"] == "read"
        hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "a"}}
        begin = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}
        began = await client.post("/mcp", json=begin)
        client.headers["mcp-session-id"] = began.headers["mcp-session-id"]
        legacy = await client.post("/mcp", json=call("box_read", modern=False))
        assert legacy.json()["result"]["content"][0]["text"] == "read"
        assert box.calls == ["read", "read"]
    assert not any(secret in text for text in portico.witnessed)


async def test_a_port_that_is_taken_is_said_before_anything_is_served(
    portico: Installation,
) -> None:
    """Under a reference, as every fault."""
    async with served(portico, "--no-secret") as (client, said):
        assert said["secretFile"] is None
        port = str(client.base_url.port)
        second = await portico.run("serve", "--http", "--json", "--port", port)
        assert second.code == 1
        assert second.json["fault"]["reference"] == "http-port-taken"
    refused = await portico.run("serve")
    assert refused.code == 2
