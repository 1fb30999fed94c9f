"""What there is to say about `portico.toml`.

What Portico refuses comes from its own reader, word for word. The rest is about names that are
right as names, and lead nowhere today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.lsp.configuration import finding
from ide_protocol.lsp.configuration.finding import Finding, Severity
from ide_protocol.lsp.configuration.meant import meant
from proxy.configuration.loading import check
from proxy.naming import PUBLIC_LIMIT, public_name
from proxy.outline.toml import parsed
from proxy.plain import plain
from proxy.secrecy import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ide_protocol.lsp.configuration.knowledge import Knowledge, KnownServer
    from proxy.configuration.fault import Problem
    from proxy.outline.place import Outline, Path, Span

_GLOB = frozenset("*?[")


def own_findings(text: str, outline: Outline, knowledge: Knowledge, file: str) -> list[Finding]:
    """Everything to say of a `portico.toml`.

    Args:
        text: What stands in it now.
        outline: Where.
        knowledge: What is known of servers and tools.
        file: Its path; relative paths in it start there.
    """
    problems = check(text, file, knowledge.setup)
    said = _said(text)
    found = [_refused(text, outline, problem, said) for problem in problems]
    refused = {one.path for one in found}
    looked = _Names(outline, knowledge, said)
    return found + [one for one in looked.findings() if one.path not in refused]


def _said(text: str) -> Mapping[str, object]:
    try:
        return parsed(text)
    except ValueError:
        return {}


def _refused(text: str, outline: Outline, problem: Problem, said: Mapping[str, object]) -> Finding:
    message = f"{problem.key}: {problem.message}." if problem.key else f"{problem.message}."
    value = _value(said, problem.path)
    secret = isinstance(value, str) and is_secret(str(problem.path[-1]), value)
    code = finding.SECRET if secret else finding.INVALID
    place = outline.places.get(problem.path)
    if not problem.path:
        span = _line(text, problem.line)
    elif place is not None and place.value is not None and (secret or _is_value(problem)):
        span = place.value
    else:
        span = outline.span(problem.path)
    return Finding(span, Severity.ERROR, code, message, problem.path)


def _is_value(problem: Problem) -> bool:
    """Whether a problem is about what a key says, not about the key."""
    return not problem.message.startswith(("is not a key", "is missing", "secrets do not"))


def _value(said: object, path: Path) -> object:
    for step in path:
        if isinstance(said, dict) and isinstance(step, str):
            said = said.get(step)
        elif isinstance(said, list) and isinstance(step, int) and step < len(said):
            said = said[step]
        else:
            return None
    return said


def _line(text: str, number: int) -> Span:
    """A whole line, for what is wrong without a key."""
    lines = text.split("\n")
    number = min(max(number, 1), len(lines))
    start = sum(len(line) + 1 for line in lines[: number - 1])
    return start, start + len(lines[number - 1].rstrip("\r"))


class _Names:
    """The names of servers and tools in a file, held against those that there are."""

    def __init__(self, outline: Outline, knowledge: Knowledge, said: Mapping[str, object]) -> None:
        self._outline = outline
        self._knowledge = knowledge
        self._said = said
        self._written = set(self._table("servers"))

    def findings(self) -> Iterator[Finding]:
        """Everything to say of names."""
        for name in self._table("company", "servers"):
            yield from self._registry_name(("company", "servers", name), name)
        for name in self._table("profiles"):
            yield from self._servers(("profiles", name, "servers"))
        for name in self._table("policy", "rules"):
            yield from self._servers(("policy", "rules", name, "servers"))
        for name in self._written:
            server = self._knowledge.servers.get(name)
            if server is not None:
                yield from self._standing(("servers", name), server)
                yield from self._tools(("servers", name), server)

    def _table(self, *path: str) -> list[str]:
        found = _value(self._said, path)
        return list(found) if isinstance(found, dict) else []

    def _texts(self, path: Path) -> Iterator[tuple[Path, str]]:
        found = _value(self._said, path)
        for place, one in enumerate(found if isinstance(found, list) else ()):
            if isinstance(one, str):
                yield (*path, place), one

    def _servers(self, path: Path) -> Iterator[Finding]:
        """Servers that an array names, by short name, by name in the registry, or by a glob."""
        for place, name in self._texts(path):
            if _GLOB & set(name) or name in self._written:
                continue
            server = self._knowledge.named(name)
            if server is None and self._knowledge.servers:
                known = self._knowledge.servers
                message = f'Portico knows no server "{plain(name, 80)}"{meant(name, known)}'
                yield self._at(place, Severity.WARNING, finding.UNKNOWN_SERVER, message)
            elif server is not None:
                yield from self._standing(place, server)

    def _standing(self, place: Path, server: KnownServer) -> Iterator[Finding]:
        if server.said["standing"] in {"withheld", "forbidden"}:
            message = f"{server.title} is not offered to you. {server.said['reason']}".strip()
            yield self._at(place, Severity.WARNING, finding.NOT_OFFERED, message)

    def _registry_name(self, place: Path, name: str) -> Iterator[Finding]:
        if not self._knowledge.listed or self._knowledge.named(name) is not None:
            return
        names = [one.said["name"] for one in self._knowledge.servers.values()]
        message = f'The registry shows you no server "{plain(name, 80)}"{meant(name, names)}'
        yield self._at(place, Severity.WARNING, finding.UNKNOWN_SERVER, message)

    def _tools(self, path: Path, server: KnownServer) -> Iterator[Finding]:
        names = [tool["tool"] for tool in server.tools]
        denied = _value(self._said, (*path, "tools"))
        if not names or (isinstance(denied, dict) and (denied.get("allow") or denied.get("deny"))):
            # What is not offered is not among the tools that are known.
            names = []
        rules = [((*path, "rules", name), name) for name in self._table(*map(str, path), "rules")]
        for place, name in rules:
            if names and name not in names and name != "*":
                message = f'{server.title} has no tool "{plain(name, 80)}" now{meant(name, names)}'
                yield self._at(place, Severity.WARNING, finding.RENAMED, message)
            else:
                yield from self._long(place, server, name)

    def _long(self, place: Path, server: KnownServer, name: str) -> Iterator[Finding]:
        short = server.said["server"]
        if len(short) + 1 + len(name) > PUBLIC_LIMIT:
            message = (
                f"Models know this tool as {public_name(short, name)}: with its server's name it "
                f"is longer than {PUBLIC_LIMIT} characters."
            )
            yield self._at(place, Severity.INFORMATION, finding.LONG_NAME, message)

    def _at(self, path: Path, severity: Severity, code: str, message: str) -> Finding:
        return Finding(self._outline.span(path), severity, code, message, path)
