"""A hub that says what a test tells it to, on the real socket of a home of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.door import hello
from ide_protocol.own import contract
from proxy.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Printed = Callable[[], dict[str, Any]]

OWNER: contract.Owner = {"team": "Data Platform", "contact": "data@corp", "support": "#data-help"}
FAULT: contract.FaultReport = {
    "reference": "upstream-unreachable",
    "message": "Spark could not be reached.",
    "who": "nobody: it passes by itself",
    "remedy": "Portico tries again by itself.",
}
USER: contract.User = {
    "name": "alice",
    "subject": "u1",
    "issuer": "https://sso.corp.example",
    "groups": ["data-eng"],
    "storage": "keyring",
}
GRANT: contract.Grant = {
    "server": "presto",
    "title": "Presto",
    "way": "refresh",
    "audience": "https://mcp.corp.example/",
    "scopes": [],
    "issuer": "https://sso.corp.example",
    "held": False,
    "expires": None,
    "why": "The issuer refused the audience.",
}
LINK: contract.ChainLink = {
    "name": "connection",
    "expected": "sso.corp.example answers, by a trusted certificate.",
    "state": "failed",
    "finding": "sso.corp.example could not be reached.",
    "who": "nobody: it passes by itself",
    "remedy": "Check the network or VPN.",
    "reference": "unreachable",
}
SERVER: contract.Server = {
    "server": "presto",
    "name": "com.example.corp/presto",
    "title": "Presto",
    "description": "Runs \x1b[31mSQL",
    "owner": OWNER,
    "reviewed": True,
    "environment": "production",
    "standing": "offered",
    "reason": "",
    "state": "live",
    "era": "modern",
    "tools": 2,
    "fetched": 1_700_000_000.0,
    "fault": FAULT,
}
GATED: contract.Server = {
    **SERVER,
    "server": "revenue",
    "title": "Revenue",
    "standing": "forbidden",
    "reason": "It is for ads-eng.",
    "fault": None,
}
TOOL: contract.Tool = {
    "name": "presto_run_query",
    "server": "presto",
    "tool": "run_query",
    "title": "Run a query",
    "description": "Run one query.\nAnd more.",
    "risk": "read",
    "verdict": "allow",
    "reason": "A read call.",
    "rule": "registry presto",
    "inputSchema": {
        "type": "object",
        "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["query"],
    },
}
HUB: contract.Hub = {
    "version": "0.1.0",
    "pid": 4242,
    "started": 1_700_000_000.0,
    "standalone": False,
    "sessions": [
        {"id": "a", "role": "lsp", "host": "Code", "workspace": "/w", "pid": 7, "paired": True}
    ],
}
STATUS: contract.Status = {
    "summary": "Signed in as alice.",
    "user": USER,
    "hub": HUB,
    "registry": {"url": "https://registry.corp.example", "fetched": None, "fault": None},
    "servers": [SERVER, GATED],
    "pending": 1,
    "offline": None,
    "problems": [FAULT],
}
QUESTION: contract.Question = {
    "id": "q1",
    "tag": "ab12",
    "server": "presto",
    "title": "Presto",
    "owner": OWNER,
    "reviewed": True,
    "tool": "drop_table",
    "risk": "destructive",
    "arguments": '{"table": "a\u202eb"}',
    "reason": "This call is destructive.",
    "host": "Code",
    "workspace": "/w",
    "deadline": 9_000_000_000.0,
    "changes": None,
    "lease": None,
    "inputSchema": None,
    "surfaces": ["editor", "elicitation", "page", "terminal"],
    "coded": False,
}
LEASE: contract.Lease = {
    "id": "9b3e7788",
    "answer": "yes",
    "server": "spark",
    "title": "Spark",
    "tool": "submit_job",
    "arguments": {"queue": "dev-*\x1b[2J"},
    "host": "Code",
    "workspace": "/w",
    "until": 9_000_000_000.0,
    "left": 20,
}
STOP: contract.Lease = {**LEASE, "id": "0a1b", "answer": "no", "until": None, "left": None}
RECORD: contract.Record = {
    "id": 3,
    "at": 1_700_000_000.0,
    "event": "outcome",
    "exchange": "e",
    "user": "u1",
    "host": "Code",
    "server": "presto",
    "tool": "run_query",
    "risk": "read",
    "verdict": "allow",
    "rule": "registry presto",
    "surface": "",
    "outcome": "replied",
    "reference": "",
    "milliseconds": 12.5,
    "waited": 0.0,
    "minutes": 5.0,
    "digest": "d",
    "summary": "query=[8 characters]",
    "payload": "",
    "hash": "a" * 64,
}
USAGE: contract.Usage = {
    "server": "presto",
    "tool": "run_query",
    "calls": 1234,
    "succeeded": 1200,
    "failed": 20,
    "denied": 14,
    "cancelled": 0,
    "successRate": 0.9724,
    "errorRate": 0.0162,
    "latency": {"p50": 12.0, "p95": 340.0, "p99": 2100.0},
    "asked": 48,
    "approved": 41,
    "rejected": 5,
    "unanswered": 2,
    "rejectionRate": 0.1087,
    "decision": {"p50": 6200.0, "p95": 24000.0, "p99": 61000.0},
    "minutesSaved": 750.0,
    "thumbsUp": 7,
    "thumbsDown": 1,
    "series": [*range(24)],
}
STATS: contract.Stats = {
    "since": 1_700_000_000.0,
    "until": 1_702_592_000.0,
    "total": {**USAGE, "server": "", "tool": ""},
    "servers": [{**USAGE, "tool": ""}],
    "tools": [USAGE],
}
EXPLANATION: contract.Explanation = {
    "server": "presto",
    "tool": "drop_table",
    "name": "presto_drop_table",
    "title": "Presto",
    "owner": OWNER,
    "verdict": "deny",
    "risk": "destructive",
    "rule": "registry presto tools.drop_table groups",
    "reason": "This tool of Presto is for the group data-admins, which you are not in.",
    "remedy": "Ask its owner Data Platform (#data-help or data@corp) to be added to data-admins.",
    "groups": ["data-admins"],
    "request": "I would like to use drop_table.",
}
CHECK: contract.Check = {"name": "sign-in", "state": "ok", "finding": "Fine.", "remedy": ""}
RESULT: dict[str, Any] = {"content": [{"type": "text", "text": "one\n\ttwo \x1b[2J"}]}

ANSWERS: dict[str, Any] = {
    contract.STATUS: STATUS,
    contract.SERVERS: {"servers": [SERVER, GATED]},
    contract.TOOLS: {"tools": [TOOL]},
    contract.SIGN_IN: {"user": USER},
    contract.SIGN_OUT: {},
    contract.CALL: RESULT,
    contract.APPROVALS: {"approvals": [QUESTION]},
    contract.ANSWER: {},
    contract.LEASES: {"leases": [LEASE, STOP]},
    contract.REVOKE: {"leases": [LEASE]},
    contract.ACTIVITY: {"records": [RECORD], "more": False},
    contract.STATS: STATS,
    contract.WHY: EXPLANATION,
    contract.DOCTOR: {"checks": [CHECK]},
    contract.DOCTOR_AUTH: {"chain": [LINK]},
    contract.GRANTS: {"grants": [GRANT]},
}


class Wire:
    """One connection of the fake hub, for an answer that wants to say more than one thing."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")

    def receive(self) -> dict[str, Any] | None:
        """The next message of the command, or None at its end."""
        line = self._lines.readline()
        return json.loads(line) if line else None

    def send(self, **message: object) -> None:
        """Send one message."""
        self._connection.sendall(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._connection.sendall(data)

    def end(self) -> None:
        """Close the connection without a farewell."""
        self._connection.shutdown(socket.SHUT_RDWR)


def _stopped(wire: Wire, request: dict[str, Any]) -> None:
    """Stop as a hub does, whose connections end with it."""
    wire.send(id=request["id"], result={})
    wire.end()


class FakeHub:
    """Answers each method from a table; a callable there gets the wire and the request."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.answers = {**ANSWERS, contract.STOP: _stopped}
        self.heard: list[dict[str, Any]] = []
        self.ended = threading.Event()
        """Set when a connection of a command has ended."""
        home.make_run()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(home.socket)
        self._listener.listen()
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def said(self, method: str) -> dict[str, Any]:
        """The parameters of the last request of `method`."""
        params: dict[str, Any] = next(
            m["params"] for m in reversed(self.heard) if m.get("method") == method
        )
        return params

    def refuse(self, method: str, report: contract.FaultReport) -> None:
        """Answer `method` with a fault."""
        error = {"code": contract.FAULT, "message": report["message"], "data": report}
        self.answers[method] = lambda wire, request: wire.send(id=request["id"], error=error)

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        shutil.rmtree(self.home.run)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            # The command may go away at any point, which several tests want.
            with connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._serve(Wire(connection))
            self.ended.set()

    def _serve(self, wire: Wire) -> None:
        if wire.receive() is None:
            return
        wire.raw(hello.answer())
        while (request := wire.receive()) is not None:
            self.heard.append(request)
            if "method" not in request:
                continue
            answer = self.answers[request["method"]]
            if callable(answer):
                answer(wire, request)
            else:
                wire.send(id=request["id"], result=answer)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home of its own, found by every command of the test."""
    monkeypatch.setenv("PORTICO_HOME", str(tmp_path))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    found = Home.find()
    yield found
    shutil.rmtree(found.run, ignore_errors=True)


@pytest.fixture
def hub(home: Home) -> Iterator[FakeHub]:
    """The fake hub of that home."""
    made = FakeHub(home)
    yield made
    made.close()


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Reads the one JSON document that a command printed since the last look."""

    def read() -> dict[str, Any]:
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 1, "exactly one JSON document"
        document: dict[str, Any] = json.loads(lines[0])
        return document

    return read


@pytest.fixture
def start(home: Home) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the real program as a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def run(
        *arguments: str, terminal: int = subprocess.PIPE, **environment: str
    ) -> subprocess.Popen[str]:
        made = subprocess.Popen(
            [sys.executable, "-I", "-m", "portico", *arguments],
            text=True,
            env={**os.environ, "PORTICO_HOME": home.root, **environment},
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
        )
        started.append(made)
        return made

    yield run
    for process in started:
        process.kill()
        process.communicate()
