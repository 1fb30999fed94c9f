"""What there is to say about a file in which a host keeps its servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.lsp.configuration import finding
from ide_protocol.lsp.configuration.finding import Finding, Severity
from ide_protocol.lsp.configuration.meant import meant
from proxy.plain import plain
from proxy.secrecy import in_address, in_arguments, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ide_protocol.lsp.configuration.host_file import Entry
    from ide_protocol.lsp.configuration.knowledge import Knowledge, KnownServer
    from proxy.outline.place import Outline, Path

NAME_LIMIT = 64
"""Characters that model APIs take in the name of a tool."""

_ONLY = "--only"


def host_findings(
    outline: Outline, servers: Iterable[Entry], knowledge: Knowledge
) -> Iterator[Finding]:
    """Everything to say of the servers of a file, one thing after the other.

    Args:
        outline: Where the file's keys and values stand.
        servers: What it names, see `host_file.entries`.
        knowledge: What is known.
    """
    for entry in servers:
        said = _Entry(outline, entry, knowledge)
        yield from said.own() if entry.own else said.foreign()


class _Entry:
    """One entry, and what there is to say of it."""

    def __init__(self, outline: Outline, entry: Entry, knowledge: Knowledge) -> None:
        self._outline = outline
        self._entry = entry
        self._knowledge = knowledge

    def own(self) -> Iterator[Finding]:
        """Of Portico's own entry: the names that it is given."""
        names = [tool["name"] for one in self._knowledge.servers.values() for tool in one.tools]
        yield from self._long_names(names)
        yield from self._tools(names, None)
        for place, name in self._only():
            server = self._knowledge.servers.get(name)
            if server is None and self._knowledge.servers:
                close = meant(name, self._knowledge.servers)
                message = f'Portico knows no server "{plain(name, 60)}"{close}'
                yield self._at(place, Severity.WARNING, finding.UNKNOWN_SERVER, message, key=False)

    def foreign(self) -> Iterator[Finding]:
        """Of an entry that leads past Portico: whither, and what it gives away."""
        known = self._knowledge.at(self._entry.url)
        yield from self._way(known)
        yield from self._secrets()
        if known is not None:
            own = [tool["tool"] for tool in known.tools]
            yield from self._long_names(own)
            yield from self._tools(own, known)

    def _way(self, known: KnownServer | None) -> Iterator[Finding]:
        entry, company = self._entry, self._knowledge.company or "Your company"
        at = (*entry.path, entry.url_key) if entry.url else entry.path
        if known is not None and known.said["standing"] == "offered":
            message = (
                f"{known.title} is served by Portico already, as {known.said['server']}. "
                "This entry leads past it, without its sign-in, its questions and its record."
            )
            yield self._at(at, Severity.WARNING, finding.BYPASS, message, key=False)
        elif known is not None:
            message = f"{known.title} is not offered to you. {known.said['reason']}".strip()
            yield self._at(at, Severity.WARNING, finding.NOT_OFFERED, message, key=False)
        elif entry.url and self._knowledge.listed:
            where = ", though it is at one of its own addresses"
            own = where if self._knowledge.of_the_company(entry.url) else ""
            message = f"{company} has not approved this server{own}; nobody has reviewed it."
            yield self._at(at, Severity.WARNING, finding.NOT_APPROVED, message, key=False)
        elif entry.command:
            message = (
                "This program runs past Portico: no question before harm, and no record. "
                "Portico can run it instead, from portico.toml."
            )
            place = entry.places[0]
            yield self._at(
                place, Severity.INFORMATION, finding.UNREVIEWED_PROGRAM, message, key=False
            )

    def _secrets(self) -> Iterator[Finding]:
        entry = self._entry
        places = [path for path, value in entry.values.items() if is_secret(str(path[-1]), value)]
        places += [entry.places[place] for place in in_arguments(list(entry.command))]
        if in_address(entry.url):
            places.append((*entry.path, entry.url_key))
        for place in places:
            message = (
                "A secret stands here in plain text, for everybody who gets this file. "
                "Portico can keep it in your keyring."
            )
            yield self._at(place, Severity.WARNING, finding.SECRET, message, key=False)

    def _tools(self, names: list[str], known: KnownServer | None) -> Iterator[Finding]:
        for place, name in self._entry.tools.items():
            if not names or name in names or "*" in name:
                continue
            tools = [tool for one in self._knowledge.servers.values() for tool in one.tools]
            other = [tool["name"] for tool in tools if known is None and tool["tool"] == name]
            if len(other) == 1:
                message = f"Through Portico this tool is called {other[0]}."
                yield self._at(place, Severity.WARNING, finding.OTHER_NAME, message, key=False)
                continue
            whose = f"{known.title} has" if known is not None else "Portico offers"
            message = f'{whose} no tool "{plain(name, 80)}" now{meant(name, names)}'
            yield self._at(place, Severity.WARNING, finding.RENAMED, message, key=False)

    def _long_names(self, tools: list[str]) -> Iterator[Finding]:
        prefix = f"mcp__{self._entry.name}__"
        longest = max(tools, key=len, default="x")
        over = len(prefix) + len(longest) - NAME_LIMIT
        if over > 0:
            message = (
                f"Hosts name tools {plain(prefix, 80)}TOOL, of which models take {NAME_LIMIT} "
                f"characters: with {plain(longest, 60)} this name is {over} too long."
            )
            yield self._at(self._entry.path, Severity.WARNING, finding.LONG_NAME, message)

    def _only(self) -> Iterator[tuple[Path, str]]:
        """The servers that `--only` names, with the place of the argument."""
        words = self._entry.command
        for index, word in enumerate(words):
            value = ""
            if word == _ONLY and index + 1 < len(words):
                value, place = words[index + 1], self._entry.places[index + 1]
            elif word.startswith(f"{_ONLY}="):
                value, place = word.partition("=")[2], self._entry.places[index]
            else:
                continue
            yield from ((place, name) for one in value.split(",") if (name := one.strip()))

    def _at(
        self, path: Path, severity: Severity, code: str, message: str, *, key: bool = True
    ) -> Finding:
        """A finding about a key, or, unless `key`, about its value."""
        place = self._outline.places.get(path)
        span = self._outline.span(path)
        if place is not None and place.value is not None and not key:
            span = place.value
        return Finding(span, severity, code, message, path)
