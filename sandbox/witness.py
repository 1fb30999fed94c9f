"""The gateway's own log: what really arrived at the company's door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from pathlib import Path

GONE = 499
"""The status of a request whose client left before the answer began, as nginx writes it."""

_MOST = 100_000


class Record(TypedDict):
    """One message at the gateway.

    `at` is in Unix seconds; `user` is empty without a valid token; `method` is the JSON-RPC method,
    `response` for an answer to a server's question, or the HTTP method where there is no message;
    `tool` is the name in a `tools/call`; `status` is 0 while there is no answer yet.
    """

    at: float
    user: str
    server: str
    method: str
    tool: str
    status: int


class Witness:
    """Keeps records in memory, and as JSON lines in a file where one is named.

    Args:
        file: Where lines are appended, or None.

    Attributes:
        records: The latest 100 000 records, the oldest first.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.records: list[Record] = []
        self._file = file.open("a", encoding="utf-8", buffering=1) if file else None

    def arrived(self, at: float, server: str, verb: str, body: bytes) -> list[Record]:
        """Record a request as it arrives; a batch is one record for each of its messages."""
        found = [
            Record(at=at, user="", server=server, method=method, tool=tool, status=0)
            for method, tool in _messages(verb, body)
        ]
        if len(self.records) >= _MOST:
            del self.records[: _MOST // 2]
        self.records += found
        return found

    def answered(self, records: list[Record], status: int) -> None:
        """Note how requests are answered."""
        for record in records:
            record["status"] = status
            if self._file is not None:
                self._file.write(json.dumps(record) + "\n")

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def _messages(verb: str, body: bytes) -> list[tuple[str, str]]:
    """Method and tool of each message in a body; what is no JSON is recorded by its verb."""
    if not body:
        return [(verb, "")]
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return [(verb, "")]
    return (
        [_message(verb, each) for each in parsed]
        if isinstance(parsed, list)
        else [_message(verb, parsed)]
    )


def _message(verb: str, message: object) -> tuple[str, str]:
    if not isinstance(message, dict):
        return verb, ""
    method = message.get("method")
    if not isinstance(method, str):
        return ("response", "") if "result" in message or "error" in message else (verb, "")
    params = message.get("params")
    tool = params.get("name") if method == "tools/call" and isinstance(params, dict) else ""
    return method, tool if isinstance(tool, str) else ""
