"""Names that never change because of somebody else.

A tool's public name is `server_tool`. It depends on its own server and its own name alone, so a
second server, or a second tool, never renames it (agentgateway #495 is what happens otherwise).
A server's short name holds no `_`, so the first `_` of a public name ends the server.

The 46 characters leave room for what hosts put in front (`mcp__portico__`) below the 64 that
model APIs accept.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

PUBLIC_LIMIT = 46
"""Characters in a public name, at most."""

SHORT_LIMIT = 24
"""Characters in a server's short name, at most."""

RESERVED = frozenset({"portico"})
"""Short names that no server gets: `portico_…` are Portico's own tools."""

SHORT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")
"""What a short name looks like, for `fullmatch`."""

_UNFIT = re.compile(r"[^A-Za-z0-9_-]")
_UNFIT_SHORT = re.compile(r"[^a-z0-9]+")
_HASHED = re.compile(r".*_[0-9a-f]{6}", re.DOTALL)
_FIRST_DIGITS = 4
_ALL_DIGITS = 16


def short_names(
    entries: Iterable[tuple[str, str]], taken: Collection[str] = frozenset()
) -> dict[str, str]:
    """The short name of each registry server.

    A short name is the last part of the registry name in lower case. Where several want the same,
    the one published first keeps it (then the lower registry name; a server without a date comes
    last) and the others end in `-` and four hexadecimal digits of sha256 of their registry name;
    more digits where even these are the same. So a server that comes later, or goes, renames
    nobody. When the *earliest* leaves for good, the next would inherit the plain name; to keep
    names stable the caller goes on passing servers that left (`Listing.departed`).

    Args:
        entries: Pairs of registry name and publication time (ISO 8601 in UTC, or "").
        taken: Short names that are not to be given; `RESERVED` never is.

    Returns:
        registry name -> short name, matching `SHORT_NAME`.
    """
    used = {*taken, *RESERVED}
    names: dict[str, str] = {}
    for registry_name, _ in sorted(set(entries), key=lambda e: (not e[1], e[1], e[0])):
        if registry_name in names:
            continue
        short = _wanted(registry_name)
        digits = _FIRST_DIGITS
        while short in used:
            tail = _digest(registry_name)[:digits]
            short = f"{_wanted(registry_name)[: SHORT_LIMIT - digits - 1].rstrip('-')}-{tail}"
            # Sixteen digits collide only for somebody who computes for years; then we count.
            digits = digits + 2 if digits < _ALL_DIGITS else digits
            if short in used and digits == _ALL_DIGITS and len(tail) == _ALL_DIGITS:
                short = next(s for i in range(len(used) + 1) if (s := f"s{i}-{tail}") not in used)
        used.add(short)
        names[registry_name] = short
    return names


def public_name(server_short: str, upstream_tool: str) -> str:
    """The name under which editors and models know a tool.

    It is `server_tool` when that fits as it is. Otherwise it ends in `_` and six hexadecimal
    digits of sha256(server NUL tool): when characters had to be replaced, when it was cut, and
    when the tool's own name ends like a hashed one, so that no server can choose a name which
    equals the hashed name of another tool.
    """
    fits = (
        upstream_tool
        and len(server_short) + 1 + len(upstream_tool) <= PUBLIC_LIMIT
        and not _UNFIT.search(upstream_tool)
        and not _HASHED.fullmatch(upstream_tool)
        and SHORT_NAME.fullmatch(server_short)
    )
    if fits:
        return f"{server_short}_{upstream_tool}"
    # A caller's server name is always short and plain; should it not be, the rule still holds.
    server = _UNFIT.sub("-", server_short).replace("_", "-")[:SHORT_LIMIT]
    stem = f"{server}_{_UNFIT.sub('-', upstream_tool)}"[: PUBLIC_LIMIT - 7]
    both = f"{server_short}\0{upstream_tool}"
    return f"{stem}_{_digest(both)[:6]}"


def _wanted(registry_name: str) -> str:
    last = registry_name.rpartition("/")[2].lower()
    return _UNFIT_SHORT.sub("-", last).strip("-")[:SHORT_LIMIT].rstrip("-") or "server"


def _digest(text: str) -> str:
    # JSON may carry lone surrogates, which plain UTF-8 refuses.
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
