"""The commands behind the language's quick fixes that need more than an edit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from auth.fault import Fault, Who
from ide_protocol.lsp.configuration.host_file import entries, host_file, reading
from ide_protocol.lsp.configuration.language import KEEP, TAKE_OVER, ConfigurationLanguage
from ide_protocol.lsp.configuration.takeover import Fate
from proxy.outline import jsonc, toml
from proxy.secrecy import KEYRING, reference

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from ide_protocol.lsp.document import Document, TextEdit
    from ide_protocol.lsp.language import Language
    from ide_protocol.own.methods import Methods
    from proxy.hub import Hub

    Apply = Callable[[str, str, list[TextEdit]], Awaitable[bool]]
    """Has the editor change a document: a label, its URI, the edits; whether it did."""

_SECRET_STEPS = 4
"""`servers`, NAME, `env` or `headers`, and its key there."""


class DocumentChanged(Fault):
    """The document is not what it was when the fix was offered, so nothing was done."""

    reference = "document-changed"
    who = Who.PERSON
    remedy = "Ask for the quick fixes again."


class SecretThere(Fault):
    """A file that is not the hub's own would put its secret in the place of one that is kept."""

    reference = "secret-there"
    who = Who.PERSON
    remedy = "If yours is meant, forget it first with `portico secrets forget NAME`."


class ServerLeft(Fault):
    """The server stays in the host's file."""

    reference = "server-left"
    who = Who.PERSON
    remedy = "docs/editing-configuration.md says which servers Portico can run."


class ConfigurationCommands:
    """What the quick fixes of one editor do.

    Args:
        hub: What keeps secrets.
        methods: Portico's own methods for this session.
        languages: Those of the editor, one of which offers the fixes.
        find: The open document of a URI, or None.
        apply: Changes a document in the editor.
    """

    def __init__(
        self,
        hub: Hub,
        methods: Methods,
        languages: Sequence[Language],
        find: Callable[[str], Document | None],
        apply: Apply,
    ) -> None:
        self._hub = hub
        self._methods = methods
        self._languages = languages
        self._find = find
        self._apply = apply
        self.table: dict[str, Callable[[list[Any]], Awaitable[Any]]] = {
            KEEP: self._keep,
            TAKE_OVER: self._take_over,
        }

    async def _keep(self, arguments: list[Any]) -> dict[str, Any]:
        """Seal the secret that stands at a key of portico.toml, and refer to it there.

        The arguments are the document and the key; the secret is read from the document, because
        editors log what a command is called with.
        """
        document, path = self._document(arguments)
        try:
            value: Any = toml.parsed(document.text)
        except ValueError:
            raise DocumentChanged("The document is not TOML any more.") from None
        place = toml.outline(document.text).places.get(path)
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        fits = len(path) == _SECRET_STEPS and path[0] == "servers" and path[2] in {"env", "headers"}
        if not fits or not isinstance(value, str) or reference(value) or not place:
            raise DocumentChanged("There is no secret there any more.")
        name = f"{path[1]}/{path[3]}"
        own = Path(unquote(urlsplit(document.uri).path)) == Path(self._hub.configuration.path)
        if not own and name in await self._hub.secrets.names():
            # A folder that somebody handed over can hold a portico.toml, and a secret of theirs in
            # the place of the person's own would have their server work for somebody else.
            raise SecretThere(f"A secret {name} is kept already, and this is another portico.toml.")
        await self._hub.secrets.keep(name, value)
        self._hub.catalog.retry()
        self._unchanged(document)
        edit = _replacing(document, place.value, json.dumps(f"{KEYRING}{name}"))
        return {"applied": await self._apply("Move the secret to the keyring", document.uri, edit)}

    async def _take_over(self, arguments: list[Any]) -> dict[str, Any]:
        """Have Portico run a program of a host's file, and route the host through Portico."""
        document, path = self._document(arguments)
        file = host_file(document.uri, jsonc.outline(document.text).said)
        if file is None:
            raise DocumentChanged("It is no host's file.")
        said = reading(file, document.text).said
        found = [one for one in entries(said, file.holder) if one.path == path]
        if not found:
            raise DocumentChanged("The server does not stand there any more.")
        [item] = await self._methods.taking_over().take(found, dry=False)
        if item.fate is Fate.LEFT:
            raise ServerLeft(f"{item.name} stays where it is. {item.reason}")
        self._unchanged(document)
        edit = self._language.route(document, item.name)
        if edit is None:
            raise DocumentChanged("The file cannot be changed without guessing.")
        done = await self._apply("Let Portico run it", document.uri, [edit])
        return {"applied": done, "server": item.server, "missing": list(item.missing)}

    @property
    def _language(self) -> ConfigurationLanguage:
        return next(one for one in self._languages if isinstance(one, ConfigurationLanguage))

    def _unchanged(self, document: Document) -> None:
        """An edit for what a document was would hurt what it is."""
        if self._find(document.uri) is not document:
            raise DocumentChanged("The document was changed meanwhile; only the edit is missing.")

    def _document(self, arguments: list[Any]) -> tuple[Document, tuple[str, ...]]:
        uri, *rest = arguments or [""]
        document = self._find(uri) if isinstance(uri, str) else None
        path = rest[0] if rest and isinstance(rest[0], list) else []
        if document is None or not path:
            raise DocumentChanged("The document is not open any more.")
        return document, tuple(str(step) for step in path)


def _replacing(document: Document, span: tuple[int, int] | None, new: str) -> list[TextEdit]:
    return [{"range": document.range(*span), "newText": new}] if span is not None else []
