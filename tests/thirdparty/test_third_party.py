"""Servers that nobody here wrote answer through Portico as they answer a direct connection."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proxy.trust.poison import findings
from tests.process.window import Window
from tests.thirdparty.conversation import LISTS, Calls, Steps, Talk, converse, steady
from tests.thirdparty.direct import connected
from tests.thirdparty.table import Row

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.process.installation import Installation
    from tests.thirdparty.direct import DirectWindow

FOLDER = Path(os.environ.get("PORTICO_TEST_THIRDPARTY", "/nowhere"))
HERE = Path(__file__).parent
PIPES, LEGACY_HTTP, MODERN_HTTP = ("stdio", "legacy"), ("HTTP", "legacy"), ("HTTP", "modern")
EVERY_WAY = [PIPES, ("stdio", "modern"), LEGACY_HTTP, MODERN_HTTP]
"""The transport between a server and Portico, and the era of the client."""

every_way = pytest.mark.parametrize("way", EVERY_WAY, ids=" ".join)

# The limit is for what hangs, and not for a busy machine.
pytestmark = pytest.mark.timeout(300)

Way = tuple[str, str]


def node(name: str) -> list[str]:
    """A server of the npm registry."""
    return [str(FOLDER / "node" / "node_modules" / ".bin" / f"mcp-server-{name}")]


def python(name: str, way: Way, *options: str) -> list[str]:
    """A server of PyPI, made for stdio, or made to serve HTTP on loopback."""
    folder = FOLDER / "python" / "bin"
    if way[0] == "stdio":
        return [str(folder / f"mcp-server-{name}"), *options]
    return [str(folder / "python"), str(HERE / "over_http.py"), f"mcp_server_{name}", *options]


class Comparison:
    """One server, straight and through Portico.

    Args:
        portico: Where Portico runs.
        way: How the server is reached, and what the client speaks.
        command: What starts the server; over HTTP it prints its URL.
        rows: Where the result goes.
    """

    def __init__(
        self, portico: Installation, way: Way, command: list[str], rows: list[Row]
    ) -> None:
        if not os.access(command[0], os.X_OK):
            pytest.skip("it could not be installed here")
        self._portico = portico
        self._over, self._era = way
        self._command = command
        self._rows = rows
        self._environment = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ
        }

    async def run(
        self,
        name: str,
        calls: Calls,
        *,
        steps: Steps | None = None,
        known: frozenset[str] = frozenset(),
    ) -> None:
        """The same conversation on both ways: every tool is called, and only `known` differs."""
        direct, through = await (
            self._piped(calls, steps) if self._over == "stdio" else self._served(calls, steps)
        )
        listed = {tool["name"] for tool in direct.found["tools/list"]}
        straight, carried = steady(direct.found), steady(through.found)
        different = {
            k for k in straight.keys() | carried.keys() if straight.get(k) != carried.get(k)
        }
        # For the client's roots Portico asks on its own account, too.
        asked, heard = ([q for q in t.asked if q != "roots/list"] for t in (direct, through))
        if asked != heard:
            different.add("questions")
        row = Row(
            server=name,
            over=self._over,
            era=self._era,
            tools=len(listed),
            calls=len(calls),
            read=len(direct.found["resources/list"]),
            prompts=len(direct.found["prompts/list"]),
            asked=len(asked),
            news=direct.news,
            result=f"differs: {', '.join(sorted(different))}"[:60] if different else "same",
        )
        self._rows.append(row)
        shown = {key: (straight.get(key), carried.get(key)) for key in different - known}
        assert not shown, (asked, heard)
        assert different == known
        entries = [entry for method in LISTS for entry in direct.found[method]]
        assert [(entry, found) for entry in entries if (found := findings(entry))] == []
        called = {tool for tool, _ in calls} | {key.removeprefix("also ") for key in direct.found}
        assert listed <= called

    def _configure(self, server: str) -> None:
        rules = 'risk = "read"\nconfirm = "never"\n'
        self._portico.configure(f"[servers.it]\n{server}\n{rules}")

    async def _piped(self, calls: Calls, steps: Steps | None) -> tuple[Talk, Talk]:
        listed = ", ".join(f"{k} = {json.dumps(v)}" for k, v in self._environment.items())
        self._configure(f"command = {json.dumps(self._command)}\nenv = {{ {listed} }}")
        straight = await Window.start(self._command, self._environment, self._portico.project)
        self._portico.windows.append(straight)
        direct = await self._talk(straight, calls, steps)
        return direct, await self._through(calls, steps, direct)

    async def _served(self, calls: Calls, steps: Steps | None) -> tuple[Talk, Talk]:
        async with serving(self._command, self._environment) as url:
            self._configure(f"url = {json.dumps(url)}")
            async with connected(url) as straight:
                direct = await self._talk(straight, calls, steps)
            return direct, await self._through(calls, steps, direct)

    async def _through(self, calls: Calls, steps: Steps | None, direct: Talk) -> Talk:
        window = await self._portico.window("mcp", "--only", "it", "--bare")
        return await self._talk(window, calls, steps, direct)

    async def _talk(
        self,
        window: Window | DirectWindow,
        calls: Calls,
        steps: Steps | None,
        before: Talk | None = None,
    ) -> Talk:
        modern = self._era == "modern"
        return await converse(window, calls, modern=modern, steps=steps, before=before)


@asynccontextmanager
async def serving(command: list[str], environment: dict[str, str]) -> AsyncIterator[str]:
    """A server over HTTP; gives the URL that it prints."""
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=pipe, stderr=null
    )
    assert process.stdout is not None
    talking = None
    try:
        async with asyncio.timeout(120):
            while not (line := (await process.stdout.readline()).decode()).startswith("http"):
                assert line, "it ended before it served"
        # It goes on talking, and must not be kept waiting for somebody to read.
        talking = asyncio.ensure_future(process.stdout.read())
        yield line.strip()
    finally:
        process.kill()
        await process.wait()
        if talking is not None:
            await talking


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


@every_way
async def test_the_time_server(portico: Installation, rows: list[Row], way: Way) -> None:
    """Both tools, and the error of a time zone that is none."""
    there = {"source_timezone": "UTC", "time": "10:00", "target_timezone": "Europe/Berlin"}
    await Comparison(portico, way, python("time", way), rows).run(
        "time",
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


@every_way
async def test_the_git_server(
    portico: Installation, rows: list[Row], way: Way, repository: Path
) -> None:
    """Every tool on one small repository, from which both runs start alike."""
    at = {"repo_path": str(repository)}
    await Comparison(portico, way, python("git", way), rows).run(
        "git",
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


@every_way
async def test_the_fetch_server(portico: Installation, rows: list[Row], way: Way) -> None:
    """A page of this machine, as text and raw; and one that nobody serves."""
    async with page() as url:
        calls: Calls = [("fetch", {"url": url}), ("fetch", {"url": url, "raw": True})]
        command = python("fetch", way, "--ignore-robots-txt")
        await Comparison(portico, way, command, rows).run("fetch", calls)


async def test_the_memory_server(portico: Installation, rows: list[Row]) -> None:
    """A graph is built and taken down again, so that both runs begin with an empty one."""
    entity = {"name": "a", "entityType": "t", "observations": ["o"]}
    relation = {"from": "a", "to": "a", "relationType": "is"}
    await Comparison(portico, PIPES, node("memory"), rows).run(
        "memory",
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


async def test_the_filesystem_server(portico: Installation, rows: list[Row]) -> None:
    """Every tool in one folder, which is left as it was found."""
    folder = portico.project / "files"
    folder.mkdir()
    for name in ("kept", "made"):
        (folder / name).write_text(f"{name}\n", encoding="utf-8")
    kept, made = str(folder / "kept"), str(folder / "made")
    edits = [{"oldText": "kept", "newText": "edited"}]
    await Comparison(portico, PIPES, [*node("filesystem"), str(folder)], rows).run(
        "filesystem",
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


def served(over: str) -> list[str]:
    """The everything server; over HTTP only on loopback, whatever it would do by itself."""
    if over == "stdio":
        return node("everything")
    package = FOLDER / "node" / "node_modules" / "@modelcontextprotocol" / "server-everything"
    program = str(package / "dist" / "index.js")
    guard = ["--require", str(HERE / "loopback.cjs")]
    return [shutil.which("node") or "node", *guard, program, "streamableHttp"]


async def long_task(talk: Talk) -> None:
    """A tool that runs as a task of the legacy era, followed to its end."""
    research = {"name": "simulate-research-query", "arguments": {"topic": "t"}}
    talk.found["without a task"] = await talk.ask("tools/call", research)
    begun = await talk.ask("tools/call", {**research, "task": {"ttl": 60_000}})
    task = {"taskId": begun["result"]["task"]["taskId"]}
    states = []
    while True:
        state = (await talk.ask("tasks/get", task))["result"]
        if state["status"] not in {"working", "input_required"}:
            break
        states.append(state["status"])
        await asyncio.sleep(0.5)
    talk.found["also simulate-research-query"] = [
        begun,
        sorted(set(states)),
        state,
        await talk.ask("tasks/result", task),
    ]


async def by_itself(talk: Talk) -> None:
    """What the server says on its own: updates of a resource, and its log."""
    uri = {"uri": "demo://resource/dynamic/text/1"}
    talk.found["a resource of a template"] = await talk.ask("resources/read", uri)
    talk.found["subscribed"] = await talk.ask("resources/subscribe", uri)
    toggle = {"name": "toggle-subscriber-updates", "arguments": {}}
    talk.found["also toggle-subscriber-updates"] = await talk.ask("tools/call", toggle)
    talk.found["update"] = await talk.hear("notifications/resources/updated")
    await talk.ask("tools/call", toggle)
    talk.found["unsubscribed"] = await talk.ask("resources/unsubscribe", uri)
    talk.found["level"] = await talk.ask("logging/setLevel", {"level": "debug"})
    toggle = {"name": "toggle-simulated-logging", "arguments": {}}
    talk.found["also toggle-simulated-logging"] = await talk.ask("tools/call", toggle)
    # Its level is one of chance, and its text says which.
    talk.found["log"] = sorted(await talk.hear("notifications/message", "evel"))
    await talk.ask("tools/call", toggle)
    reference = {"type": "ref/prompt", "name": "completable-prompt"}
    argument = {"name": "department", "value": "E"}
    asked = {"ref": reference, "argument": argument}
    talk.found["completion"] = await talk.ask("completion/complete", asked)


async def everything_else(talk: Talk) -> None:
    """What is more than lists, calls, resources and prompts."""
    await long_task(talk)
    await by_itself(talk)


@pytest.mark.parametrize("way", [PIPES, LEGACY_HTTP], ids=" ".join)
async def test_the_everything_server(portico: Installation, rows: list[Row], way: Way) -> None:
    """Every tool, a task, subscriptions, its log, completions; it asks in every way there is."""
    url = "https://sign.example/here"
    await Comparison(portico, way, served(way[0]), rows).run(
        "everything",
        [
            ("echo", {"message": "hello"}),
            ("get-annotated-message", {"messageType": "error", "includeImage": True}),
            ("get-env", {}),
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
        steps=everything_else,
        # What is subscribed to over HTTP is subscribed to in a session of Portico's own, and this
        # server sends updates to the session that called its tool; its program is one session.
        known=frozenset({"update"} if way == LEGACY_HTTP else ()),
    )
