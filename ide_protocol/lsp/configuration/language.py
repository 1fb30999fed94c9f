"""Configuration as a language of the editor: what is decided beside, in LSP's shapes."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from ide_protocol.lsp.configuration import finding
from ide_protocol.lsp.configuration.host_completion import host_suggestions
from ide_protocol.lsp.configuration.host_file import entries, host_file, reading
from ide_protocol.lsp.configuration.host_findings import host_findings
from ide_protocol.lsp.configuration.hover import host_subject, own_subject
from ide_protocol.lsp.configuration.own_completion import own_suggestions
from ide_protocol.lsp.configuration.own_findings import own_findings
from ide_protocol.lsp.configuration.routing import difference, routed
from ide_protocol.lsp.configuration.suggestion import replaced
from ide_protocol.lsp.language import Language
from proxy.outline import jsonc, toml

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from editors.install.client import Scope
    from ide_protocol.lsp.configuration.finding import Finding
    from ide_protocol.lsp.configuration.host_file import Entry, HostFile
    from ide_protocol.lsp.configuration.hover import Subject
    from ide_protocol.lsp.configuration.knowledge import Knowledge
    from ide_protocol.lsp.configuration.suggestion import Suggestion
    from ide_protocol.lsp.document import (
        CodeAction,
        CompletionItem,
        Diagnostic,
        Document,
        Hover,
        Position,
        Range,
        TextEdit,
    )
    from proxy.outline.place import Outline, Span

OWN_FILE = "portico.toml"

KEEP, TAKE_OVER = "portico.keepSecret", "portico.takeOver"
"""The commands behind fixes that need more than an edit, see `commands`."""

_SOURCE = "portico"
_LARGEST = 128 * 1024
"""Characters of a file that is looked at: with each key that is pressed it is read anew."""
_MOST = 200
"""Findings of one document; nobody reads more."""
_RUN = "Let Portico run it"
_RUN_SEALED = "Let Portico run it, with its secrets in the keyring"


class Around(Protocol):
    """What the language needs of the hub around it."""

    def knowledge(self) -> Knowledge:
        """What is known now."""
        ...

    async def about_tool(self, server: str, tool: str) -> str:
        """A tool in a few lines of Markdown; empty where there is nothing to say."""
        ...

    def command(self, scope: Scope, *, graphical: bool) -> list[str]:
        """What starts Portico in a host's file."""
        ...


class ConfigurationLanguage(Language):
    """`portico.toml` and the files of hosts, see `Language`."""

    largest = _LARGEST

    def __init__(self, around: Around) -> None:
        self._around = around

    def speaks(self, uri: str) -> bool:
        """Portico's own file by its name, hosts' files by where they are."""
        return _is_own(uri) or host_file(uri) is not None

    def diagnostics(self, document: Document, /) -> list[Diagnostic]:
        """What Portico would refuse, and what leads past it."""
        return [_diagnostic(document, one) for one in self._findings(document)]

    def hover(self, document: Document, at: Position, /) -> Awaitable[Hover | None]:
        """What a key does; whose a server is; what a tool may do."""
        return self._hover(document, at)

    async def _hover(self, document: Document, at: Position) -> Hover | None:
        offset, known = document.offset(at), self._around.knowledge()
        subject: Subject | None
        if _is_own(document.uri):
            outline = _own_outline(document.text)
            subject = own_subject(outline, outline.said, offset, known)
        else:
            file, outline = _host(document)
            subject = host_subject(outline, entries(outline.said, file.holder), offset, known)
        if subject is None:
            return None
        text = await self._around.about_tool(*subject.tool) if subject.tool else subject.text
        if not text:
            return None
        return {
            "contents": {"kind": "markdown", "value": text},
            "range": document.range(*subject.span),
        }

    def completion(self, document: Document, at: Position, /) -> list[CompletionItem]:
        """Keys, words, servers and tools that fit."""
        offset, known = document.offset(at), self._around.knowledge()
        before = document.text[:offset]
        if _is_own(document.uri):
            cursor = toml.outline(before).cursor
            found = own_suggestions(toml.outline(document.text), cursor, known)
        else:
            file, outline = _host(document)
            cursor = reading(file, before).cursor
            found = host_suggestions(file, outline.said, cursor, known)
        span = replaced(document.text, cursor, offset)
        return [_item(document, one, span) for one in found]

    def code_actions(self, document: Document, over: Range, /) -> list[CodeAction]:
        """What helps with the findings that stand in a range."""
        start, end = document.offset(over["start"]), document.offset(over["end"])
        return [
            action
            for one in self._findings(document)
            for first, last in (self._reach(document, one),)
            if first <= end and start <= last
            for action in self._helps(document, one)
        ]

    def _reach(self, document: Document, found: Finding) -> Span:
        """Where what helps with a finding is offered: of a host's entry, all over it."""
        if _is_own(document.uri):
            return found.span
        file, outline = _host(document)
        entry = outline.places.get(found.path[: len(file.holder) + 1])
        if entry is None:
            return found.span
        return entry.key[0], max(found.span[1], entry.value[1] if entry.value else entry.key[1])

    def _findings(self, document: Document) -> list[Finding]:
        known = self._around.knowledge()
        if _is_own(document.uri):
            path = unquote(urlsplit(document.uri).path)
            found = own_findings(document.text, toml.outline(document.text), known, path)
            return found[:_MOST]
        file, outline = _host(document)
        return list(
            islice(host_findings(outline, entries(outline.said, file.holder), known), _MOST)
        )

    def _helps(self, document: Document, found: Finding) -> Iterator[CodeAction]:
        """What helps with one finding."""
        diagnostics = [_diagnostic(document, found)]
        if found.code == finding.BYPASS:
            edit = self.route(document, self._entry(document, found).name)
            if edit is not None:
                yield {
                    "title": "Route through Portico",
                    "kind": "quickfix",
                    "diagnostics": diagnostics,
                    "edit": {"changes": {document.uri: [edit]}},
                    "isPreferred": True,
                }
            return
        title, command, path = "", "", found.path
        if found.code == finding.SECRET and _is_own(document.uri):
            if found.path[:1] == ("servers",) and found.path[2:3] in {("env",), ("headers",)}:
                title, command = "Move the secret to the keyring", KEEP
        elif found.code in {finding.SECRET, finding.UNREVIEWED_PROGRAM}:
            entry = self._entry(document, found)
            if entry.command and found.path not in entry.places[1:]:
                secret = found.code == finding.SECRET
                title, command, path = _RUN_SEALED if secret else _RUN, TAKE_OVER, entry.path
        if command:
            # The secret is no argument: editors log what a command is called with.
            arguments = [document.uri, list(path)]
            yield {
                "title": title,
                "kind": "quickfix",
                "diagnostics": diagnostics,
                "command": {"title": title, "command": command, "arguments": arguments},
            }

    def _entry(self, document: Document, found: Finding) -> Entry:
        file, outline = _host(document)
        path = found.path[: len(file.holder) + 1]
        return next(one for one in entries(outline.said, file.holder) if one.path == path)

    def route(self, document: Document, name: str) -> TextEdit | None:
        """The edit after which a host reaches a server through Portico, where there is one."""
        file, _ = _host(document)
        client = file.client
        command = self._around.command(file.scope, graphical=bool(client and client.graphical))
        after = routed(document.text, file, name, command)
        if after is None:
            return None
        span, new = difference(document.text, after)
        return {"range": document.range(*span), "newText": new}


def _is_own(uri: str) -> bool:
    return urlsplit(uri).path.rpartition("/")[2] == OWN_FILE


def _own_outline(text: str) -> Outline:
    found = toml.outline(text)
    with contextlib.suppress(ValueError):
        found.said = toml.parsed(text)
    return found


@lru_cache(maxsize=4)
def _host(document: Document) -> tuple[HostFile, Outline]:
    """Whose file a document is, and its outline, read once: every change makes another document."""
    file = host_file(document.uri) and host_file(document.uri, jsonc.outline(document.text).said)
    if file is None:
        msg = "the document is no host's file"
        raise LookupError(msg)
    return file, reading(file, document.text)


def _diagnostic(document: Document, found: Finding) -> Diagnostic:
    return {
        "range": document.range(*found.span),
        "severity": int(found.severity),
        "code": found.code,
        "source": _SOURCE,
        "message": found.message,
    }


def _item(document: Document, one: Suggestion, span: tuple[int, int]) -> CompletionItem:
    found: CompletionItem = {
        "label": one.label,
        "kind": int(one.sort),
        "textEdit": {"range": document.range(*span), "newText": one.text},
    }
    if one.detail:
        found["detail"] = one.detail
    if one.about:
        found["documentation"] = {"kind": "markdown", "value": one.about}
    return found
