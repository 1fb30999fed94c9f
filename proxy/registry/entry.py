"""One server of the registry, as the official API v0.1 gives it.

An entry is an envelope: `server` is what its publisher wrote, `_meta` beside it is what the
registry says. Governance is read from the envelope alone, so that no publisher can write an
approval for himself. On disk an entry is kept as `trim` leaves it: what Portico reads, no more.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from proxy.plain import plain

OFFICIAL = "io.modelcontextprotocol.registry/official"
"""The registry's own block in the envelope: status and times."""

_NAME = re.compile(r"[A-Za-z0-9.-]+/[A-Za-z0-9._-]+")
_NAME_LIMIT = 200
_REMOTES = 20
_DEPTH = 12
_TRACES = frozenset({"schemaVersion", "reviews"})
_OFFICIAL_KEYS = ("status", "statusMessage", "publishedAt", "isLatest")
_SERVER_KEYS = ("name", "title", "description", "version")


@dataclass(frozen=True, slots=True)
class Entry:
    """One server, before anybody has judged whether this user is offered it.

    Attributes:
        name: Reverse-DNS name, unique in a listing.
        title: What people call it; safe to show, as all texts here are.
        version: The version listed.
        status: `active`, `deprecated`, `deleted`, or a word that Portico does not know.
        status_message: Why, in the registry's words.
        published: When the server was first seen to be published (ISO 8601 in UTC), or "".
        remotes: URLs of its Streamable HTTP endpoints, as the entry gives them.
        governed: Whether the envelope holds a governance block under the configured key.
        governance: That block, of whatever shape.
        governed_elsewhere: Whether a block under another key looks like one.
    """

    name: str
    title: str
    description: str = ""
    version: str = ""
    status: str = "active"
    status_message: str = ""
    published: str = ""
    remotes: tuple[str, ...] = ()
    governed: bool = False
    governance: object = None
    governed_elsewhere: bool = False


def trim(envelope: object, governance_key: str) -> dict[str, Any] | None:
    """What is kept of an envelope; None when it has no name by which to speak of it.

    Trimming what was trimmed changes nothing, so a copy on disk is checked by trimming it again.
    """
    server = _table(_table(envelope).get("server"))
    name = server.get("name")
    if not isinstance(name, str) or len(name) > _NAME_LIMIT or not _NAME.fullmatch(name):
        return None
    kept: dict[str, Any] = {key: server[key] for key in _SERVER_KEYS if _is_text(server.get(key))}
    remotes = server.get("remotes")
    kept["remotes"] = [
        {"type": remote["type"], "url": remote["url"]}
        for remote in (remotes if isinstance(remotes, list) else [])[:_REMOTES]
        if isinstance(remote, dict) and _is_text(remote.get("type")) and _is_text(remote.get("url"))
    ]
    # `_meta` of the server itself is the publisher's, and is not even kept.
    said = _table(_table(envelope).get("_meta"))
    official = _table(said.get(OFFICIAL))
    meta: dict[str, Any] = {
        OFFICIAL: {
            key: official[key]
            for key in _OFFICIAL_KEYS
            if isinstance(official.get(key), str | bool)
        }
    }
    if governance_key and governance_key in said:
        block = said[governance_key]
        meta[governance_key] = block if _shallow(block, _DEPTH) else None
    # Of a block under another key only its trace is kept: it says that governance is there.
    meta |= {
        key: {"schemaVersion": None}
        for key, block in said.items()
        if key not in {OFFICIAL, governance_key} and _TRACES & set(_table(block))
    }
    return {"server": kept, "_meta": meta}


def read(trimmed: dict[str, Any], governance_key: str) -> Entry:
    """The entry that `trim` kept."""
    server, meta = trimmed["server"], trimmed["_meta"]
    official = meta[OFFICIAL]
    name = server["name"]
    return Entry(
        name=name,
        title=plain(server.get("title", ""), 60) or name.rpartition("/")[2],
        description=plain(server.get("description", ""), 300),
        version=plain(server.get("version", ""), 60),
        status=plain(str(official.get("status", "active")), 40),
        status_message=plain(str(official.get("statusMessage", "")), 200),
        published=_in_utc(official.get("publishedAt")),
        remotes=tuple(
            remote["url"] for remote in server["remotes"] if remote["type"] == "streamable-http"
        ),
        governed=bool(governance_key) and governance_key in meta,
        governance=meta.get(governance_key) if governance_key else None,
        governed_elsewhere=bool(set(meta) - {OFFICIAL, governance_key}),
    )


def is_latest(trimmed: dict[str, Any]) -> bool:
    """Whether the registry calls this the latest version of its server."""
    return trimmed["_meta"][OFFICIAL].get("isLatest") is True


def _in_utc(text: object) -> str:
    """A time in the one spelling in which earlier sorts first; empty when it is no time."""
    try:
        when = dt.datetime.fromisoformat(text if isinstance(text, str) else "")
        if when.tzinfo is None:
            when = when.replace(tzinfo=dt.UTC)
        return when.astimezone(dt.UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        return ""


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _shallow(value: object, depth: int) -> bool:
    """Whether a block is nested no deeper than any governance block has reason to be."""
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(_shallow(item, depth - 1) for item in value.values())
    return not isinstance(value, list) or all(_shallow(item, depth - 1) for item in value)
