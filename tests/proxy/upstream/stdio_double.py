"""A local server of few words, run as a program: `stdio_double.py ERA` (legacy, strict, …).

A strict one ends when the first thing it hears is not the handshake, a `modern` one knows none, and
a dual one keeps to the era of the first thing it hears. Its tools: `echo` answers with its params,
`env` with its environment and folder, `ask` asks the client first, `roots` asks for its roots,
`die` ends the program, `hold` answers only when it is cancelled, `noise` writes where it should not
and complains.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

ERA = sys.argv[1]
asked: dict[str, Any] = {}
held: list[Any] = []
told: list[str] = []
levels: list[str] = []
roots: list[Any] = []


def say(message: dict[str, Any]) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def call(identifier: int, params: dict[str, Any]) -> None:
    """Run a tool."""
    name = params["name"]
    if name == "die":
        sys.exit(3)
    if name == "hold":
        held.append(identifier)
        say({"method": "notifications/message", "params": {"level": "info", "data": "held"}})
        return
    if name == "ask":
        asked[f"q{identifier}"] = identifier
        ask = {"message": "Sure?", "requestedSchema": {"type": "object", "properties": {}}}
        say({"id": f"q{identifier}", "method": "elicitation/create", "params": ask})
        return
    if name == "roots":
        asked["roots"] = identifier
        say({"id": "roots", "method": "roots/list"})
        return
    if name == "noise":
        sys.stderr.write("all is well\napi_key=abc123\n")
        sys.stderr.flush()
        sys.stdout.write("not JSON\n")
    result: dict[str, Any] = {"params": params, "told": told, "pid": os.getpid()}
    result |= {"levels": levels, "roots": roots}
    if name == "env":
        result = {"environment": dict(os.environ), "folder": os.getcwd(), "pid": os.getpid()}  # noqa: PTH109
    token = params.get("_meta", {}).get("progressToken")
    if token is not None:
        progress = {"progressToken": token, "progress": 1}
        say({"method": "notifications/progress", "params": progress})
    say({"id": identifier, "result": result})


def initialize(identifier: object, params: dict[str, Any]) -> None:
    """Shake hands."""
    told.append(json.dumps(params["capabilities"]))
    info = {"name": "double", "version": "1"}
    capabilities: dict[str, Any] = {"tools": {}, "resources": {"subscribe": True}, "logging": {}}
    terms = {"protocolVersion": "2025-06-18", "capabilities": capabilities, "serverInfo": info}
    say({"id": identifier, "result": terms})


def subscribe(identifier: object, params: dict[str, Any]) -> None:
    """Take a subscription, and tell of a change at once."""
    say({"id": identifier, "result": {}})
    say({"method": "notifications/resources/updated", "params": params})


def listen(identifier: object, _params: dict[str, Any]) -> None:
    """Open a stream of changes, and tell of one at once."""
    params = {"_meta": {"io.modelcontextprotocol/subscriptionId": identifier}}
    say({"method": "notifications/subscriptions/acknowledged", "params": params})
    say({"method": "notifications/tools/list_changed", "params": params})


def discover(identifier: object, _params: dict[str, Any]) -> None:
    """Say which versions are spoken."""
    say({"id": identifier, "result": {"supportedVersions": ["2026-07-28"], "capabilities": {}}})


def tools(identifier: object, _params: dict[str, Any]) -> None:
    """List the one tool that takes anything."""
    say({"id": identifier, "result": {"tools": [{"name": "echo"}]}})


def set_level(identifier: object, params: dict[str, Any]) -> None:
    """Take a level."""
    levels.append(params["level"])
    say({"id": identifier, "result": {}})


def roots_changed(_identifier: object, _params: dict[str, Any]) -> None:
    """Ask for the new roots, with no call that this would be about."""
    say({"id": "again", "method": "roots/list"})


def cancelled(_identifier: object, params: dict[str, Any]) -> None:
    """Answer what was held."""
    say({"id": held.pop(), "result": {"cancelled": params["requestId"]}})


METHODS: dict[str, Any] = {
    "tools/call": call,
    "tools/list": tools,
    "notifications/cancelled": cancelled,
}
MODERN: dict[str, Any] = {"server/discover": discover, "subscriptions/listen": listen}
LEGACY: dict[str, Any] = {
    "initialize": initialize,
    "resources/subscribe": subscribe,
    "logging/setLevel": set_level,
    "notifications/roots/list_changed": roots_changed,
}


def settle(first: str) -> None:
    """Speak one era from now on."""
    METHODS.update(MODERN if ERA == "modern" or (ERA == "dual" and first in MODERN) else LEGACY)


def answer(message: dict[str, Any]) -> None:
    """Answer one request or take one notification."""
    method, params = message.get("method"), message.get("params", {})
    identifier: Any = message.get("id")
    if identifier == "again":
        roots.append(message["result"] if "result" in message else message["error"])
    elif method is None:
        say({"id": asked.pop(identifier), "result": {"answered": message}})
    elif method in METHODS:
        METHODS[method](identifier, params)
    elif method == "server/discover" and ERA == "strict":
        sys.exit(1)
    elif identifier is not None:
        say({"id": identifier, "error": {"code": -32601, "message": "no"}})


for number, line in enumerate(sys.stdin):
    message = json.loads(line)
    if number == 0:
        settle(message["method"])
    answer(message)
