"""What the registry listed for one user, and how one answer follows another.

Pure: the client fetches pages and the shelf writes them; this decides what they amount to.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from proxy.registry.entry import is_latest, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proxy.registry.entry import Entry

DEPARTED_LIMIT = 5000
"""Names of servers that left, kept at most; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The registry's servers, as one user was shown them.

    Attributes:
        entries: One per server, in the order of their names.
        revision: sha256 (hexadecimal) of the content; equal content has an equal revision.
        fetched_at: Unix seconds when the registry last confirmed it.
        departed: Name -> publication time of servers that left. They go on holding their short
            names, so that no other server inherits one.
        signed: Whether the registry was shown the user's token.
    """

    entries: tuple[Entry, ...]
    revision: str
    fetched_at: float
    departed: Mapping[str, str] = field(default_factory=dict)
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list: how it is asked for, how it is confirmed, what comes after it."""

    cursor: str
    etag: str
    next_cursor: str
    servers: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """A whole answer of the registry, as it is kept.

    Attributes:
        pages: Its pages, in order; their servers as `entry.trim` leaves them.
        published: Name -> the earliest publication time ever seen. A registry gives the time of
            the *version* it lists, which must not push a server behind a younger one.
        departed: See `Listing`.
    """

    pages: tuple[Page, ...]
    signed: bool
    fetched_at: float
    published: Mapping[str, str] = field(default_factory=dict)
    departed: Mapping[str, str] = field(default_factory=dict)


def follow(previous: Copy | None, fresh: Copy, governance_key: str) -> Copy:
    """The fresh answer, with what only the past can tell: first publications and departures."""
    seen = {entry.name: entry.published for entry in _entries(fresh, governance_key)}
    past = {**previous.departed, **previous.published} if previous is not None else {}
    published = {
        name: min(filter(None, (when, past.get(name, ""))), default="")
        for name, when in seen.items()
    }
    departed = {name: when for name, when in past.items() if name not in seen}
    for name in list(departed)[: max(0, len(departed) - DEPARTED_LIMIT)]:
        del departed[name]
    return Copy(fresh.pages, fresh.signed, fresh.fetched_at, published, departed)


def listing(copy: Copy, governance_key: str) -> Listing:
    """What a kept answer amounts to."""
    entries = tuple(
        replace(entry, published=copy.published.get(entry.name, entry.published))
        for entry in _entries(copy, governance_key)
    )
    # ASCII, because a lone surrogate is legal in JSON and impossible in UTF-8.
    content = json.dumps(_latest(copy), sort_keys=True, separators=(",", ":"))
    return Listing(
        entries=entries,
        revision=hashlib.sha256(content.encode("ascii")).hexdigest(),
        fetched_at=copy.fetched_at,
        departed=copy.departed,
        signed=copy.signed,
    )


def _entries(copy: Copy, governance_key: str) -> Sequence[Entry]:
    return [read(trimmed, governance_key) for trimmed in _latest(copy)]


def _latest(copy: Copy) -> list[dict[str, Any]]:
    """One version per server: what the registry calls its latest, else the first it gave."""
    chosen: dict[str, dict[str, Any]] = {}
    for page in copy.pages:
        for trimmed in page.servers:
            name = trimmed["server"]["name"]
            if name not in chosen or (is_latest(trimmed) and not is_latest(chosen[name])):
                chosen[name] = trimmed
    return [chosen[name] for name in sorted(chosen)]
