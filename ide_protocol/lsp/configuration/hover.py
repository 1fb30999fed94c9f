"""What is said of a key, a server or a tool under the cursor."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ide_protocol.lsp.configuration.host_file import TOOL_KEYS
from proxy.configuration.vocabulary import Shape, key_at, kind_of
from proxy.plain import marked, unlinked
from proxy.policy.risk import RISKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ide_protocol.lsp.configuration.host_file import Entry
    from ide_protocol.lsp.configuration.knowledge import Knowledge, KnownServer
    from proxy.outline.place import Outline, Path, Span

_STATES = {
    "live": "Its tools are listed.",
    "snapshot": "Its tools are known from the last time.",
    "asking": "It is being asked for its tools.",
    "absent": "Its tools are not known.",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a cursor is on.

    Attributes:
        span: Where it stands.
        text: What is said of it, in Markdown.
        tool: The tool that it is, as server and the server's own name; more is known of that than
            stands here.
    """

    span: Span
    text: str = ""
    tool: tuple[str, str] | None = None


def own_subject(
    outline: Outline, said: object, offset: int, knowledge: Knowledge
) -> Subject | None:
    """What a cursor in `portico.toml` is on.

    Args:
        outline: Where things stand.
        said: What the text says.
        offset: Where the cursor is.
        knowledge: What is known of servers and tools.
    """
    found = outline.at(offset)
    if found is None:
        return None
    path, place = found
    on_key = place.key[0] <= offset <= place.key[1]
    span = place.key if on_key or place.value is None else place.value
    named = kind_of(path[:-1])
    if named is not None and named[1]:
        return _named(path, span, knowledge)
    key = key_at(path)
    if key is None:
        return None
    value = _value(said, path)
    if isinstance(path[-1], int) and key.name == "servers" and isinstance(value, str):
        server = knowledge.named(value)
        return Subject(span, about_server(server)) if server is not None else None
    if isinstance(path[-1], int) and key.name in {"tools", "allow", "deny"}:
        return _tool(path, str(value), span, knowledge)
    default = f"\n\nWithout it: {key.default}." if key.default and not key.required else ""
    kind = "required" if key.required else key.shape.value
    words = f"\n\nOne of: {', '.join(f'`{word}`' for word in key.words)}." if key.words else ""
    needs = words if key.shape is Shape.CHOICE else ""
    return Subject(span, f"**{key.name}** ({kind})\n\n{key.meaning}{needs}{default}")


def _named(path: Path, span: Span, knowledge: Knowledge) -> Subject | None:
    """What the name of a table stands for: a server, or one of its tools."""
    if path[-2] == "rules" and path[0] == "servers":
        return Subject(span, tool=(str(path[1]), str(path[-1])))
    server = knowledge.named(str(path[-1])) if path[-2] == "servers" else None
    return Subject(span, about_server(server)) if server is not None else None


def _tool(path: Path, name: str, span: Span, knowledge: Knowledge) -> Subject | None:
    if path[0] == "servers":
        return Subject(span, tool=(str(path[1]), name))
    tools = [tool for one in knowledge.servers.values() for tool in one.tools]
    found = next((tool for tool in tools if tool["tool"] == name), None)
    return Subject(span, tool=(found["server"], name)) if found is not None else None


def _value(said: object, path: Path) -> object:
    for step in path:
        try:
            said = said[step]  # type: ignore[index]  # whatever is no container raises
        except (LookupError, TypeError):
            return None
    return said


def host_subject(
    outline: Outline, servers: Iterable[Entry], offset: int, knowledge: Knowledge
) -> Subject | None:
    """What a cursor in a host's file is on.

    Args:
        outline: Where things stand.
        servers: What the file names.
        offset: Where the cursor is.
        knowledge: What is known of servers and tools.
    """
    found = outline.at(offset)
    if found is None:
        return None
    path, place = found
    for entry in servers:
        if path[: len(entry.path)] != entry.path:
            continue
        known = knowledge.at(entry.url)
        on_key = place.key[0] <= offset <= place.key[1]
        span = place.key if on_key or place.value is None else place.value
        if path in entry.tools and len(path) > len(entry.path) and path[-2] in TOOL_KEYS:
            return _listed(entry, entry.tools[path], span, known, knowledge)
        if (path == entry.path and on_key) or path == (*entry.path, entry.url_key):
            if entry.own:
                return Subject(span, about_portico(knowledge))
            return Subject(span, about_server(known)) if known is not None else None
        if entry.own and path in entry.places:
            word = entry.command[entry.places.index(path)]
            server = knowledge.servers.get(word)
            return Subject(span, about_server(server)) if server is not None else None
    return None


def _listed(
    entry: Entry, name: str, span: Span, known: KnownServer | None, knowledge: Knowledge
) -> Subject | None:
    if known is not None:
        return Subject(span, tool=(known.said["server"], name))
    tool = knowledge.tool(name) if entry.own else None
    return Subject(span, tool=(tool["server"], tool["tool"])) if tool is not None else None


def about_server(server: KnownServer) -> str:
    """A server in a few lines of Markdown: owner, state, risks of its tools."""
    said, who = server.said, server.said["owner"]
    ways = ", ".join(marked(one, 120) for one in (who["contact"], who["support"]) if one)
    owner = f"Run by {marked(who['team'], 80)}" if who["team"] else "Its owner is not known"
    lines = [
        f"**{marked(server.title, 80)}** ({said['server']})",
        marked(said["description"], 300),
        f"{owner}{f' ({ways})' if ways else ''}."
        + ("" if said["reviewed"] else " Not reviewed by your company."),
        marked(said["reason"], 500) if said["reason"] else "",
        _tools(server),
    ]
    return "\n\n".join(unlinked(line) for line in lines if line)


def _tools(server: KnownServer) -> str:
    if server.said["standing"] != "offered":
        return ""
    counted = Counter(tool["risk"] for tool in server.tools)
    risks = ", ".join(f"{counted[risk]} {risk.value}" for risk in RISKS if counted[risk])
    many = len(server.tools)
    shown = f" {many} {'tool' if many == 1 else 'tools'}: {risks}." if many else ""
    return f"{_STATES[server.said['state']]}{shown}"


def about_portico(knowledge: Knowledge) -> str:
    """Portico's own entry: what is behind it."""
    offered = [one for one in knowledge.servers.values() if one.said["standing"] == "offered"]
    tools = sum(len(one.tools) for one in offered)
    whose = f" of {marked(knowledge.company, 80)}" if knowledge.company else ""
    names = ", ".join(marked(one.title, 80) for one in offered)
    listed = f"\n\n{names}" if names else ""
    return f"**Portico**\n\nOne door to {len(offered)} servers{whose}, {tools} tools.{listed}"
