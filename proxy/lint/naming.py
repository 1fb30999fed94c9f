"""What is wrong with the names of tools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from proxy.lint.rule import NAME, Finding, Rule
from proxy.naming import PUBLIC_LIMIT, public_name
from proxy.plain import exact, plain
from proxy.trust.shadow import Name, shadowing, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FIT = re.compile(r"[A-Za-z0-9_-]+")


def shown(tool: Mapping[str, Any]) -> str:
    """A tool's own name, safe to show."""
    name = tool.get("name")
    return plain(exact(name), 80) if isinstance(name, str) and name else "(no name)"


def of_one(server: str, tool: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with the name of one tool.

    Args:
        server: The server's short name.
        tool: The definition.
    """
    name, seen = tool.get("name"), shown(tool)
    if not isinstance(name, str) or not name:
        yield Finding(Rule.NAME_REJECTED, seen, "It has no name, so nobody can call it.")
        return
    if not _FIT.fullmatch(name):
        odd = ", ".join(sorted({repr(exact(c)) for c in name if not _FIT.fullmatch(c)})[:5])
        says = f"Its name holds {odd}; take letters, digits, _ and -."
        yield Finding(Rule.NAME_REJECTED, seen, says)
    elif len(name) > NAME:
        says = f"Its name has {len(name)} characters; model APIs take {NAME}."
        yield Finding(Rule.NAME_REJECTED, seen, says)
    elif public_name(server, name) != f"{server}_{name}":
        public = public_name(server, name)
        long = len(server) + 1 + len(name) > PUBLIC_LIMIT
        remedy = "make it shorter" if long else "end it otherwise than in six hexadecimal digits"
        yield Finding(Rule.NAME_CUT, seen, f"Models will know it as {public}; {remedy}.")


def of_all(server: str, tools: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """What is wrong with the names beside each other."""
    names = [name for tool in tools if isinstance(name := tool.get("name"), str) and name]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            times = names.count(name)
            says = f"{times} tools have this name, and only one of them is called."
            yield Finding(Rule.NAME_TWICE, plain(exact(name), 80), says)
    own = sorted(set(names))
    imitated = shadowing(Name(server, name, public_name(server, name)) for name in own)
    for name in own:
        like = imitated.get((server, name))
        if like is None:
            continue
        twin = next((o for o in own if o != name and skeleton(o) == skeleton(name)), like)
        says = f"At a glance it is taken for {plain(exact(twin), 80)}."
        yield Finding(Rule.NAME_ALIKE, plain(exact(name), 80), says)
