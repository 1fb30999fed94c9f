"""What Portico says of itself to an AI client, in both eras: plain values, no waiting."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from proxy import wire
from proxy.catalog.shelf import PROMISE
from proxy.upstream.era import (
    CAPABILITIES_KEY,
    CLIENT_KEY,
    LEGACY_VERSIONS,
    MISSING_CAPABILITY,
    MODERN_VERSIONS,
    RESERVED,
    SERVER_KEY,
    TASKS_KEY,
    UNSUPPORTED_VERSION,
    VERSION_KEY,
)

VERSION = "0.1.0"

INSTRUCTIONS = (
    "Portico puts the company's approved MCP servers behind one door. Tool names begin with the "
    "server's short name. A call that can do harm is shown to the user first; when they say no, "
    "do not try another way. If a tool or server seems to be missing, call portico_status."
)

_SERVER = {"name": "portico", "title": "Portico", "version": VERSION}
SUBSCRIPTION_KEY = RESERVED + "subscriptionId"


class Unsupported(Exception):  # noqa: N818 - it says what the version is.
    """A modern request of a revision that Portico does not speak."""

    def __init__(self, version: object) -> None:
        super().__init__(f"Protocol version {str(version)[:40]} is not supported.")
        self.code = UNSUPPORTED_VERSION
        self.data = {"supported": list(MODERN_VERSIONS), "requested": str(version)[:40]}


def modern(params: dict[str, Any]) -> dict[str, Any] | None:
    """Who sent a modern request, as `initialize` would say it; None for a legacy one.

    Raises:
        Unsupported: It is of a revision that Portico does not speak.
    """
    meta = params.get("_meta")
    if not isinstance(meta, dict) or VERSION_KEY not in meta:
        return None
    if meta[VERSION_KEY] not in MODERN_VERSIONS:
        raise Unsupported(meta[VERSION_KEY])
    return {"clientInfo": meta.get(CLIENT_KEY), "capabilities": meta.get(CAPABILITIES_KEY)}


def initialized(params: dict[str, Any], capabilities: dict[str, Any]) -> dict[str, Any]:
    """The result of `initialize` (legacy): the client's version where we speak it."""
    wanted = params.get("protocolVersion")
    return {
        "protocolVersion": wanted if wanted in LEGACY_VERSIONS else LEGACY_VERSIONS[-1],
        "capabilities": capabilities,
        "serverInfo": _SERVER,
        "instructions": INSTRUCTIONS,
    }


def discovered(capabilities: dict[str, Any]) -> dict[str, Any]:
    """The result of `server/discover` (modern)."""
    return cacheable(
        {
            "supportedVersions": list(MODERN_VERSIONS),
            "capabilities": capabilities,
            "instructions": INSTRUCTIONS,
        }
    )


def cacheable(result: dict[str, Any], seconds: float = PROMISE) -> dict[str, Any]:
    """A modern result that is this user's alone and may be kept for so long."""
    return {
        **result,
        "resultType": "complete",
        "ttlMs": int(seconds * 1000),
        "cacheScope": "private",
        "_meta": {SERVER_KEY: _SERVER},
    }


def fit(answer: dict[str, Any], *, modern: bool, cacheable: bool = False) -> None:
    """Make a result say that it is complete where the era demands it, and only there.

    The modern era requires `resultType`, which a strict legacy client refuses; and of what a
    client may keep (2026-07-28, caching), for how long and for whom: of a legacy server's, not.
    """
    result = answer.get("result")
    if not isinstance(result, dict):
        return
    if modern:
        result.setdefault("resultType", "complete")
        if cacheable and result["resultType"] == "complete":
            result.setdefault("ttlMs", 0)
            result.setdefault("cacheScope", "private")
    elif result.get("resultType") == "complete":
        del result["resultType"]


def lacking_tasks(identifier: int | str) -> dict[str, Any]:
    """The refusal of news of tasks to a client that did not say it has them (SEP-2663)."""
    needed: dict[str, Any] = {"requiredCapabilities": {"extensions": {TASKS_KEY: {}}}}
    text = "The client does not declare the tasks extension."
    return wire.error(identifier, MISSING_CAPABILITY, text, needed)


def text_result(text: str) -> dict[str, Any]:
    """A tool result of one text."""
    return {"content": [{"type": "text", "text": text}]}


def asks_by_form(capabilities: dict[str, Any]) -> bool:
    """Whether a client can show a form; an empty `elicitation` means that it can."""
    elicitation = capabilities.get("elicitation")
    return isinstance(elicitation, dict) and (not elicitation or "form" in elicitation)


def first_folder(roots: dict[str, Any]) -> str | None:
    """The first folder on this machine in the result of `roots/list`."""
    listed = roots.get("roots")
    for root in listed if isinstance(listed, list) else []:
        found = folder(root.get("uri") if isinstance(root, dict) else None)
        if found is not None:
            return found
    return None


_LONGEST_PATH = 4096


def folder(uri: object) -> str | None:
    """The folder on this machine that a `file:` URI names; None for anything else."""
    # Resolving a path costs time for each of its parts, and this one is a stranger's.
    if not isinstance(uri, str) or not uri.startswith("file://") or len(uri) > _LONGEST_PATH:
        return None
    try:
        return os.path.realpath(unquote(urlsplit(uri).path))
    except ValueError:  # It holds a NUL, or half a host.
        return None
