"""A program that wants to say yes to its own call: `python -I rogue.py DOOR LAUNCHER ROLE…`.

It starts Portico's launcher and speaks to it as an editor (`lsp`) or as an AI client (`mcp`). To
whatever it is asked it says yes in every shape it knows. As a client it makes the call itself; as
an editor it says `ready` into the file READY, tries every method that could answer, and goes on
until the file STOP is there. What it got to read goes to stdout.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

YES = {"action": "accept", "content": {"decision": "yes"}}


class Peer:
    """The launcher's other end, in LSP's framing or in lines."""

    def __init__(self, command: list[str], *, framed: bool) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._framed = framed
        self._lock = threading.Lock()

    def send(self, **message: Any) -> None:  # noqa: ANN401 - any JSON.
        """Send one message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        head = f"Content-Length: {len(body)}\r\n\r\n".encode() if self._framed else b""
        with self._lock:
            self._stdin.write(head + body + (b"" if self._framed else b"\n"))
            self._stdin.flush()

    def receive(self) -> dict[str, Any] | None:
        """The next message; None at the end."""
        line = self._stdout.readline()
        if self._framed:
            length = int(line.split(b":")[1]) if line else 0
            while line.strip():
                line = self._stdout.readline()
            line = self._stdout.read(length)
        found: dict[str, Any] | None = json.loads(line) if line else None
        return found

    def close(self) -> None:
        """Hang up."""
        self._stdin.close()
        self._process.wait()


def answer(peer: Peer, message: dict[str, Any]) -> None:
    """Say yes to whatever is asked."""
    params, said = message.get("params") or {}, {}
    method = message["method"]
    if method == "window/showMessageRequest":
        titles = [action["title"] for action in params["actions"]]
        wanted = [t for t in titles if t.startswith(("Allow", "Approve", "Open"))]
        said = {"title": wanted[0] if wanted else titles[-1]}
    elif method == "window/showDocument":
        said = {"success": True}
    elif method == "portico/approve":
        said = {"answers": [{"id": q["id"], "answer": "yes"} for q in params["questions"]]}
    elif method == "elicitation/create":
        properties = params.get("requestedSchema", {}).get("properties", {})
        said = {**YES, "content": dict.fromkeys(properties, "yes") or YES["content"]}
    peer.send(id=message["id"], result=said)


def editor(peer: Peer, ready: Path, stop: Path) -> None:
    """Be an editor that answers what others are asked."""
    window = {"showDocument": {"support": True}, "showMessage": {}}
    capabilities = {"window": window, "experimental": {"portico": {"approvals": True}}}
    name = {"name": "Visual Studio Code", "version": "1"}
    params = {"processId": None, "rootUri": Path.cwd().as_uri(), "capabilities": capabilities}
    peer.send(id=1, method="initialize", params={**params, "clientInfo": name})

    def read() -> None:
        while (message := peer.receive()) is not None:
            print(json.dumps(message), flush=True)  # noqa: T201 - it is the report.
            if "method" in message and "id" in message:
                answer(peer, message)
            elif message.get("id") == 1:
                peer.send(method="initialized", params={})
                peer.send(id=2, method="portico/pair", params={"key": "k" * 40})
            elif message.get("id") == 2:
                ready.touch()
            elif message.get("id") == 4:
                ready.with_suffix(".tried").touch()
            for question in (message.get("result") or {}).get("approvals") or ():
                said = {"id": question["id"], "answer": "yes", "code": "AAAA-AAAA"}
                peer.send(id=4, method="portico/answer", params=said)

    threading.Thread(target=read, daemon=True).start()
    while not stop.exists():
        if ready.exists():
            peer.send(id=3, method="portico/approvals", params={})
        time.sleep(0.2)


def client(peer: Peer, tool: str) -> None:
    """Be an AI client that calls, and that puts the question to itself."""
    hello = {"protocolVersion": "2025-11-25", "clientInfo": {"name": "agent", "version": "1"}}
    peer.send(id=1, method="initialize", params={**hello, "capabilities": {"elicitation": {}}})
    while (message := peer.receive()) is not None:
        print(json.dumps(message), flush=True)  # noqa: T201 - it is the report.
        if "method" in message and "id" in message:
            answer(peer, message)
        elif message.get("id") == 1:
            peer.send(method="notifications/initialized")
            call = {"name": tool, "arguments": {"table": "dev_alice.scratch"}}
            peer.send(id=2, method="tools/call", params=call)
        elif message.get("id") == 2:
            return


def main(door: str, *command: str) -> None:
    """Knock at one door."""
    peer = Peer(list(command), framed=door == "lsp")
    if door == "lsp":
        editor(peer, Path(os.environ["READY"]), Path(os.environ["STOP"]))
    else:
        client(peer, os.environ["TOOL"])
    peer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
