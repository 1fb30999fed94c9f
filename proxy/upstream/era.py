"""The two eras of MCP, and the rules by which a request is labelled in each.

Legacy (up to 2025-11-25) opens with a handshake and lets the server ask questions of its own.
Modern (2026-07-28) carries everything with each request. The tables repeat what the reference SDK
holds in `mcp.shared.inbound` and `mcp_types.version`; importing those would cost the hub half a
second, so a test compares the two instead.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MODERN_VERSIONS = ("2026-07-28",)
LEGACY_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")

RESERVED = "io.modelcontextprotocol/"
"""What the names of the protocol's own `_meta` keys begin with."""

VERSION_KEY = RESERVED + "protocolVersion"
CAPABILITIES_KEY = RESERVED + "clientCapabilities"
CLIENT_KEY = RESERVED + "clientInfo"
SERVER_KEY = RESERVED + "serverInfo"

TASKS_KEY = RESERVED + "tasks"
"""The name of the tasks extension among the capabilities' `extensions`."""

NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
"""Method -> the parameter that the `Mcp-Name` header repeats."""

TASKS_NAMED_BY = {f"tasks/{verb}": "taskId" for verb in ("get", "update", "cancel")}
"""The same for the tasks extension (SEP-2663, "Routing Headers"), which the SDK does not have."""

CLIENT_INFO = {"name": "portico", "version": "0.1.0"}

HEADER_MISMATCH = -32020
MISSING_CAPABILITY = -32021
UNSUPPORTED_VERSION = -32022

_PLAIN = re.compile(r"[\x20-\x7E]*")
_WRAPPED = re.compile(r"=\?base64\?.*\?=")


class Era(StrEnum):
    """Which of the two protocols a server speaks."""

    LEGACY = "legacy"
    MODERN = "modern"


@dataclass(frozen=True, slots=True)
class Terms:
    """What Portico and one server agreed on.

    Attributes:
        era: The protocol both speak.
        version: Its revision, for example `2025-11-25`.
        capabilities: The server's capabilities, verbatim.
        server_info: The server's name and version as it gives them; empty when it does not.
        dual: Whether a modern server shakes hands as well; None before that was tried.
        instructions: What it would tell a model of itself. Portico never does; a pin watches it.
    """

    era: Era
    version: str
    capabilities: dict[str, Any] = field(default_factory=dict)
    server_info: dict[str, Any] = field(default_factory=dict)
    dual: bool | None = None
    instructions: str = ""


def header_value(text: str) -> str:
    """`text` as a header carries it (2026-07-28, transports, "Value Encoding").

    Printable ASCII without blanks at its ends stands as it is; everything else, and what already
    looks wrapped, becomes `=?base64?…?=`. A lone surrogate has no UTF-8 and is carried as the
    three bytes it would have: the server then refuses the request, instead of us crashing.
    """
    if _PLAIN.fullmatch(text) and text == text.strip() and not _WRAPPED.fullmatch(text):
        return text
    wrapped = base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")
    return f"=?base64?{wrapped}?="
