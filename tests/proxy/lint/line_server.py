"""A small server over stdio, for definitions that no SDK would let anybody write."""

from __future__ import annotations

import json
import sys
from typing import Any


def serve(tools: list[dict[str, Any]], *, name: str, first: str = "") -> None:
    """Answer in the legacy era until the input ends; a call says what it was given.

    Args:
        tools: Listed as they are.
        name: What the server calls itself.
        first: Printed before anything else.
    """
    if first:
        sys.stdout.write(first + "\n")
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        answer = _answer(message, tools, name)
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}) + "\n")
        sys.stdout.flush()


def _answer(message: dict[str, Any], tools: list[dict[str, Any]], name: str) -> dict[str, Any]:
    method, params = message["method"], message.get("params", {})
    if method == "initialize":
        return {
            "result": {
                "protocolVersion": params["protocolVersion"],
                "serverInfo": {"name": name, "version": "0.3.0"},
                "capabilities": {"tools": {}},
            }
        }
    if method == "tools/list":
        return {"result": {"tools": tools}}
    if method == "tools/call":
        said = json.dumps(params.get("arguments"), sort_keys=True)
        return {"result": {"content": [{"type": "text", "text": f"{params['name']} {said}"}]}}
    return {"error": {"code": -32601, "message": "Method not found"}}
