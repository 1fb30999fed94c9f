"""Servers that nobody here wrote answer through Portico as they answer a direct connection."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from proxy.trust.poison import findings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.process.installation import Installation
    from tests.process.window import Window

FOLDER = Path(os.environ.get("PORTICO_TEST_THIRDPARTY", "/nowhere"))
CAN: dict[str, Any] = {"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}}
LISTS = {
    "tools/list": "tools",
    "prompts/list": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
}
_VARIES = re.compile(
    r"\d{4}-\d\d-\d\d[T ][\d:.+Z-]+|\d\d?:\d\d:\d\d( [AP]M)?|\b[0-9a-f]{40}\b|[\d.]+ ?ms\b"
)

_SIGNATURE = "io.modelcontextprotocol/serverInfo"

Calls = list[tuple[str, dict[str, Any]]]


def node(name: str) -> list[str]:
    """A server of the npm registry."""
    return [str(FOLDER / "node" / "node_modules" / ".bin" / f"mcp-server-{name}")]


def python(name: str) -> list[str]:
    """A server of PyPI."""
    return [str(FOLDER / "python" / "bin" / f"mcp-server-{name}")]


def answered(request: dict[str, Any]) -> dict[str, Any]:
    """What our client says to a server's question."""
    if request["method"] == "elicitation/create":
        return {"action": "accept", "content": {"name": "Ada", "check": True}}
    if request["method"] == "sampling/createMessage":
        text = {"type": "text", "text": "sampled"}
        return {"role": "assistant", "content": text, "model": "m", "stopReason": "endTurn"}
    return {"roots": []}


async def ask(window: Window, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """A request's answer, and on the way an answer to whatever the server asks."""
    number = window.request(method, params)
    while True:
        message = await window.receive()
        if "method" not in message:
            if message["id"] == number:
                return {key: message[key] for key in ("result", "error") if key in message}
        elif "id" in message:
            window.send({"id": message["id"], "result": answered(message)})
        else:
            window.heard.append(message)


def steady(value: Any) -> Any:  # noqa: ANN401 - any JSON value.
    """The value without what is another one at each call: times, durations, commit ids.

    A server of both eras speaks the modern one to Portico, and then says its name in each result;
    the direct client is a legacy one and does not hear it.
    """
    return json.loads(_VARIES.sub("#", json.dumps(_unsigned(value), sort_keys=True)))


def _unsigned(value: Any) -> Any:  # noqa: ANN401 - any JSON value.
    if isinstance(value, list):
        return [_unsigned(part) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _unsigned(part) for key, part in value.items() if key != _SIGNATURE}
    return {key: part for key, part in kept.items() if key != "_meta" or part}


async def everything(window: Window, calls: Calls) -> dict[str, Any]:
    """All lists, all calls with their progress, every resource and prompt that a server offers."""
    hello = {"protocolVersion": "2025-11-25", "clientInfo": {"name": "agent", "version": "1"}}
    greeting = await ask(window, "initialize", {**hello, "capabilities": CAN})
    window.send({"method": "notifications/initialized"})
    await asyncio.sleep(1.0)  # Some offer more once they have heard of the client's roots.
    found: dict[str, Any] = {}
    for method, key in LISTS.items():
        if method.partition("/")[0] not in greeting["result"]["capabilities"]:
            found[method] = []
            continue
        entries = (await ask(window, method, {})).get("result", {}).get(key, [])
        found[method] = sorted(entries, key=lambda entry: json.dumps(entry, sort_keys=True))
    for tool, arguments in calls:
        window.heard.clear()
        params = {"name": tool, "arguments": arguments, "_meta": {"progressToken": "p"}}
        found[f"{tool} {arguments}"] = await ask(window, "tools/call", params)
        progress = [m["params"] for m in window.heard if m["method"] == "notifications/progress"]
        found[f"{tool} progress"] = progress
    for resource in found["resources/list"][:5]:
        uri = resource["uri"]
        found[uri] = await ask(window, "resources/read", {"uri": uri})
    for prompt in found["prompts/list"]:
        given = {argument["name"]: "1" for argument in prompt.get("arguments", [])}
        params = {"name": prompt["name"], "arguments": given}
        found[f"prompt {prompt['name']}"] = await ask(window, "prompts/get", params)
    return found


async def compare(
    portico: Installation, command: list[str], calls: Calls, *, but: frozenset[str] = frozenset()
) -> None:
    """The same conversation, direct and through Portico; every tool is called."""
    if not os.access(command[0], os.X_OK):
        pytest.skip("it could not be installed here")
    portico.configure(
        f'[servers.it]\ncommand = {json.dumps(command)}\nrisk = "read"\nconfirm = "never"\n'
        f"env = {{ PATH = {json.dumps(os.environ['PATH'])} }}\n"
    )
    direct = await everything(await portico.start(command), calls)
    through = await everything(await portico.window("mcp", "--only", "it", "--bare"), calls)
    everything_listed = [entry for method in LISTS for entry in direct[method]]
    assert [(entry, found) for entry in everything_listed if (found := findings(entry))] == []
    listed = {tool["name"] for tool in direct["tools/list"]}
    assert {tool for tool, _ in calls} == listed - but
    assert steady(through) == steady(direct)


@asynccontextmanager
async def page() -> AsyncIterator[str]:
    """A page on loopback."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b"<html><body><h1>Hello</h1><p>There.</p></body></html>"
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n"
        writer.write(head + b"content-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_the_time_server(portico: Installation) -> None:
    """Both tools, and the error of a time zone that is none."""
    there = {"source_timezone": "UTC", "time": "10:00", "target_timezone": "Europe/Berlin"}
    await compare(
        portico,
        python("time"),
        [
            ("get_current_time", {"timezone": "UTC"}),
            ("get_current_time", {"timezone": "Nowhere"}),
            ("convert_time", there),
        ],
    )


@pytest.fixture
def repository(portico: Installation) -> Path:
    """A repository with one commit and one file that is not in it."""
    made = portico.project / "repository"
    subprocess.run(["git", "init", "-q", str(made)], check=True)
    name = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    first = ["git", "-C", str(made), *name, "commit", "-q", "--allow-empty", "-m", "one"]
    subprocess.run(first, check=True)
    (made / "new").write_text("new\n", encoding="utf-8")
    return made


async def test_the_git_server(portico: Installation, repository: Path) -> None:
    """Every tool on one small repository, from which both runs start alike."""
    at = {"repo_path": str(repository)}
    await compare(
        portico,
        python("git"),
        [
            ("git_add", {**at, "files": ["new"]}),
            ("git_diff_staged", at),
            ("git_reset", at),
            ("git_status", at),
            ("git_diff_unstaged", at),
            ("git_diff", {**at, "target": "HEAD"}),
            ("git_log", at),
            ("git_show", {**at, "revision": "HEAD"}),
            ("git_branch", {**at, "branch_type": "local"}),
            ("git_create_branch", {**at, "branch_name": "bad name"}),
            ("git_checkout", {**at, "branch_name": "nowhere"}),
            ("git_commit", {**at, "message": ""}),
        ],
    )


async def test_the_fetch_server(portico: Installation) -> None:
    """A page of this machine, as text and raw; and one that nobody serves."""
    async with page() as url:
        calls: Calls = [("fetch", {"url": url}), ("fetch", {"url": url, "raw": True})]
        await compare(portico, [*python("fetch"), "--ignore-robots-txt"], calls)


async def test_the_memory_server(portico: Installation) -> None:
    """A graph is built and taken down again, so that both runs begin with an empty one."""
    entity = {"name": "a", "entityType": "t", "observations": ["o"]}
    relation = {"from": "a", "to": "a", "relationType": "is"}
    await compare(
        portico,
        node("memory"),
        [
            ("create_entities", {"entities": [entity]}),
            ("create_relations", {"relations": [relation]}),
            ("add_observations", {"observations": [{"entityName": "a", "contents": ["p"]}]}),
            ("read_graph", {}),
            ("search_nodes", {"query": "a"}),
            ("open_nodes", {"names": ["a"]}),
            ("delete_observations", {"deletions": [{"entityName": "a", "observations": ["p"]}]}),
            ("delete_relations", {"relations": [relation]}),
            ("delete_entities", {"entityNames": ["a"]}),
        ],
    )


async def test_the_filesystem_server(portico: Installation) -> None:
    """Every tool in one folder, which is left as it was found."""
    folder = portico.project / "files"
    folder.mkdir()
    for name in ("kept", "made"):
        (folder / name).write_text(f"{name}\n", encoding="utf-8")
    kept, made = str(folder / "kept"), str(folder / "made")
    edits = [{"oldText": "kept", "newText": "edited"}]
    await compare(
        portico,
        [*node("filesystem"), str(folder)],
        [
            ("read_file", {"path": kept}),
            ("read_text_file", {"path": kept, "head": 1}),
            ("read_media_file", {"path": kept}),
            ("read_multiple_files", {"paths": [kept, made]}),
            ("write_file", {"path": made, "content": "made\n"}),
            ("edit_file", {"path": kept, "edits": edits, "dryRun": True}),
            ("create_directory", {"path": str(folder)}),
            ("list_directory", {"path": str(folder)}),
            ("list_directory_with_sizes", {"path": str(folder)}),
            ("directory_tree", {"path": str(folder)}),
            ("move_file", {"source": kept, "destination": made}),
            ("search_files", {"path": str(folder), "pattern": "*"}),
            ("get_file_info", {"path": "/etc/passwd"}),
            ("list_allowed_directories", {}),
        ],
    )


async def test_the_everything_server(portico: Installation) -> None:
    """All kinds of content, progress, roots, both kinds of elicitation, sampling."""
    url = "https://sign.example/here"
    await compare(
        portico,
        node("everything"),
        [
            ("echo", {"message": "hello"}),
            ("get-annotated-message", {"messageType": "error", "includeImage": True}),
            ("get-resource-links", {"count": 3}),
            ("get-resource-reference", {"resourceType": "Text", "resourceId": 1}),
            ("get-structured-content", {"location": "New York"}),
            ("get-sum", {"a": 1, "b": 2}),
            ("get-tiny-image", {}),
            ("gzip-file-as-resource", {"name": "x", "data": "data:text/plain,x"}),
            ("trigger-long-running-operation", {"duration": 1, "steps": 4}),
            ("trigger-elicitation-request", {}),
            ("trigger-url-elicitation", {"url": url, "message": "m", "elicitationId": "e1"}),
            ("trigger-sampling-request", {"prompt": "p", "maxTokens": 5}),
            ("get-roots-list", {}),
        ],
        # Its environment is a reduced one; two go on talking by themselves; one is a task.
        but=frozenset(
            {
                "get-env",
                "toggle-simulated-logging",
                "toggle-subscriber-updates",
                "simulate-research-query",
            }
        ),
    )
