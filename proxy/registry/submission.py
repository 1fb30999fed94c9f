"""What a server's author hands in to have it approved: a registry entry with a governance draft.

Pure. What a trial cannot know is filled in with words that nobody would leave as they are, and
`notes` says which.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.policy.offering import Offering
from proxy.registry import draft
from proxy.secrecy import is_secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proxy.program import Program

_NAMESPACE = "com.example"
_KEY = f"{_NAMESPACE}/governance"
_ADDRESS = "https://mcp.example.com/{}/mcp"


def envelope(
    short: str,
    url: str,
    info: Mapping[str, Any],
    tools: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """One entry as the registry holds it (docs/registry.md), its reviews pending.

    Args:
        short: The short name under which the server was tried.
        url: Where it was reached; empty for a program.
        info: Its own name, title, description and version (`serverInfo`).
        tools: Its definitions.
    """
    title = _text(info, "title", 60) or _text(info, "name", 60) or short
    server = {
        "name": f"{_NAMESPACE}/{short}",
        "title": title,
        "description": _text(info, "description", 100) or "FILL IN: what it is for.",
        "version": _text(info, "version", 60) or "0.1.0",
        "remotes": [{"type": "streamable-http", "url": url or _ADDRESS.format(short)}],
    }
    offering = Offering(server=short, name=short, title=title, url=url, auth="none")
    return {"server": server, "_meta": {_KEY: draft.draft(offering, tools)}}


def notes(found: Mapping[str, Any], *, program: bool) -> list[str]:
    """What has to be filled in or decided before an entry can be used, as sentences.

    Args:
        found: What `envelope` made.
        program: Whether it was tried as a program.
    """
    where = (
        "the address where it will run" if program else "the address under which others reach it"
    )
    return [
        f"Fill in your company's name for {_NAMESPACE}, a description, and {where}.",
        f"{_KEY} is your company's governance_key.",
        "auth.mode is none, as in the trial; behind your sign-on it is user-jwt with an audience.",
        *draft.notes(found["_meta"][_KEY]),
    ]


def section(short: str, url: str, program: Program | None) -> str:
    """The lines of portico.toml that keep a tried server for its author alone."""
    if program is None:
        return f'[servers.{short}]\nurl = {_quoted(url)}\nauth = "none"'
    lines = [f"[servers.{short}]", f"command = [{', '.join(map(_quoted, program.command))}]"]
    if program.folder:
        lines.append(f"cwd = {_quoted(program.folder)}")
    if program.environment:
        # A secret in clear would be refused there; `portico secrets set` keeps it under this name.
        kept = {
            k: f"keyring:{short}/{k}" if is_secret(k, v) else v
            for k, v in program.environment.items()
        }
        pairs = ", ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in kept.items())
        lines.append(f"env = {{ {pairs} }}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    # TOML's basic strings take JSON's escapes, but for the one of a slash, which nobody writes.
    return json.dumps(text, ensure_ascii=False)


def _text(info: Mapping[str, Any], key: str, limit: int) -> str:
    found = info.get(key)
    return plain(found, limit) if isinstance(found, str) else ""
