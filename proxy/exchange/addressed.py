"""How each routed method names what it is about, and its params under the server's own names. Pure.

A method that is in no table has no name to route by; it goes to the one server of a window that
shows only one.
"""

from __future__ import annotations

from typing import Any

from proxy.catalog.feature import Feature

CALL = "tools/call"
COMPLETE = "completion/complete"
READ = "resources/read"

_NAMED: dict[str, tuple[Feature, str]] = {
    CALL: (Feature.TOOLS, "name"),
    "prompts/get": (Feature.PROMPTS, "name"),
    READ: (Feature.RESOURCES, "uri"),
}
_REFERENCES: dict[str, tuple[Feature, str]] = {
    "ref/prompt": (Feature.PROMPTS, "name"),
    "ref/resource": (Feature.TEMPLATES, "uri"),
}

ROUTED = frozenset({*_NAMED, COMPLETE})
"""Methods that name a feature of one server."""

IDEMPOTENT = ROUTED - {CALL}
"""Methods that only read, and so may be sent again when a connection is lost."""

TASKS = "tasks/"
"""What the methods begin with that name a task, in `taskId`."""

UNKNOWN_RESOURCE = -32002
"""What legacy revisions answer to an unknown URI; modern ones -32602 (2026-07-28, resources)."""


def address(method: str, params: dict[str, Any]) -> tuple[Feature, str] | None:
    """What a request is about and its public name; None when the params name nothing."""
    where, field = params, _NAMED.get(method)
    if method == COMPLETE:
        ref = params.get("ref")
        where = ref if isinstance(ref, dict) else {}
        field = _REFERENCES.get(str(where.get("type")))
    if field is None or not isinstance(where.get(field[1]), str):
        return None
    return field[0], where[field[1]]


def readdressed(method: str, params: dict[str, Any], own: str) -> dict[str, Any]:
    """The params with the server's own name in place of the public one."""
    if method == COMPLETE:
        ref = params["ref"]
        return {**params, "ref": {**ref, _REFERENCES[ref["type"]][1]: own}}
    named = _NAMED.get(method)
    return {**params, named[1]: own} if named else params


def returned(method: str, envelope: dict[str, Any], *, modern: bool) -> dict[str, Any]:
    """A server's answer with the error code of the client's era."""
    error = envelope.get("error")
    unknown = isinstance(error, dict) and error.get("code") == UNKNOWN_RESOURCE
    if method == READ and modern and isinstance(error, dict) and unknown:
        return {**envelope, "error": {**error, "code": -32602}}
    return envelope
