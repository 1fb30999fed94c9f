"""The first line of a connection, and the last bytes.

A shim says in one JSON line who it is; the hub answers in one line whether it serves. After that
the bytes are the editor's own protocol, until the hub's *farewell*: a NUL byte, which neither JSON
nor an LSP header can contain, then an exit code. A connection that ends without one has lost its
hub, and the shim says so instead of looking like a clean end.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

WIRE = (1, 0)
"""Version of the hello: hubs and shims of one major version understand each other."""

LIMIT = 64 * 1024
"""Bytes a hello line may have."""

_WINDOW = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
    "SPIFFE_ENDPOINT_SOCKET",
    "SSH_CONNECTION",
    "BROWSER",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
)


def compose(
    role: str,
    *,
    workspace: str | None = None,
    only: Sequence[str] | None = None,
    bare: bool = False,
    tools: str | None = None,
    record: str | None = None,
    chaos: Sequence[str] | None = None,
    resumes: bool = False,
) -> bytes:
    """The hello line of this process.

    Args:
        role: `mcp`, `lsp` or `cli`.
        workspace: The folder the person named, which beats the current one.
        only: The servers this window shall show, by short name; None for all that are offered.
        bare: Whether the one server of `only` shows its names without its prefix.
        tools: `search` for two tools to find and to call; None for all tools as they are.
        record: The file into which this window's read-only calls are recorded; None for none.
        chaos: Which trouble this window shall meet, in words; None for none.
        resumes: Whether clients are told when a server lets go of a call's stream.
    """
    words: dict[str, Any] = {
        "wire": WIRE,
        "role": role,
        "workspace": workspace,
        "cwd": _cwd(),
        # The hub's own behaviour comes from its configuration; these belong to this window only.
        "window": {name: os.environ[name] for name in _WINDOW if name in os.environ},
    }
    if only is not None:
        words["only"] = list(only)
    if bare:
        words["bare"] = True
    if tools is not None:
        words["tools"] = tools
    if chaos is not None:
        words["chaos"] = list(chaos)
    if record is not None:
        words["record"] = record
    if resumes:
        words["resumes"] = True
    return json.dumps({"portico": words}).encode("ascii") + b"\n"


def answer(*, error: str | None = None, drained: bool = False) -> bytes:
    """The hub's line: serving, draining (try again), or refusing with a sentence."""
    words: dict[str, Any] = {"wire": WIRE}
    if error is not None:
        words["error"] = error
    if drained:
        words["drained"] = True
    return json.dumps({"portico": words}).encode("ascii") + b"\n"


def read(line: bytes) -> dict[str, Any]:
    """The words of a hello or of its answer.

    Raises:
        ValueError: It is neither.
    """
    try:
        words: dict[str, Any] = json.loads(line)["portico"]
        major = words["wire"][0]
    except (KeyError, TypeError, IndexError, RecursionError) as wrong:
        msg = "not a hello"
        raise ValueError(msg) from wrong
    if not isinstance(major, int):
        msg = "a wire version that is no number"
        raise ValueError(msg)  # noqa: TRY004 - whatever is wrong with a hello is the same to all.
    return words


def farewell(code: int) -> bytes:
    """The last bytes of a connection that ends in order with exit code `code`."""
    return b"\0%d\n" % code


def _cwd() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None
