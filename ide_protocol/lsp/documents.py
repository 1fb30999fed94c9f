"""The documents that one editor has open, each with the language that speaks of it.

An editor sends its whole text with every change. A document that no language speaks is not kept,
nor is one that is larger than anything Portico could have something to say about.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from ide_protocol.lsp.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ide_protocol.lsp.document import (
        CodeAction,
        CodeLens,
        CompletionItem,
        Diagnostic,
        Hover,
        Position,
        Range,
    )
    from ide_protocol.lsp.language import Language

log = logging.getLogger("portico.lsp")

MOST = 64
"""Documents that one editor may have open here; further ones are not looked at."""


class Documents:
    """The open documents of one editor.

    Args:
        languages: What is spoken, see `ide_protocol.lsp.languages`.
        publish: Sends the `PublishDiagnosticsParams` of a document.
    """

    def __init__(
        self, languages: Sequence[Language], publish: Callable[[dict[str, Any]], None]
    ) -> None:
        self._languages = languages
        self._publish = publish
        self._open: dict[str, tuple[Document, Language]] = {}
        self._told: dict[str, list[Diagnostic]] = {}

    # --- what the editor tells ---------------------------------------------------------------

    def opened(self, uri: str, text: str, version: int) -> None:
        """A document was opened, or has another text now."""
        language = next((one for one in self._languages if one.speaks(uri)), None)
        full = uri not in self._open and len(self._open) >= MOST
        if language is None or full or len(text) > language.largest:
            self.closed(uri)
            return
        self._open[uri] = Document(uri, text, version), language
        self._look(uri)

    def closed(self, uri: str) -> None:
        """A document was closed: nothing is said of it any more."""
        self._open.pop(uri, None)
        if self._told.pop(uri, None):
            self._publish({"uri": uri, "diagnostics": []})

    def look_again(self) -> None:
        """What languages know is something else by now, so their findings may be, too."""
        for uri in list(self._open):
            self._look(uri)

    def find(self, uri: str) -> Document | None:
        """A document as it is now; every change makes it another object."""
        return self._open.get(uri, _NONE)[0]

    # --- what the editor asks ----------------------------------------------------------------

    async def hover(self, uri: str, at: Position) -> Hover | None:
        """What is said of a place."""
        document, language = self._open.get(uri, _NONE)
        said = language.hover(document, at) if document and language else None
        return await said if isinstance(said, Awaitable) else said

    def completion(self, uri: str, at: Position) -> list[CompletionItem]:
        """What could stand at a place."""
        document, language = self._open.get(uri, _NONE)
        return language.completion(document, at) if document and language else []

    def code_actions(self, uri: str, over: Range) -> list[CodeAction]:
        """What helps with the findings in a range."""
        document, language = self._open.get(uri, _NONE)
        return language.code_actions(document, over) if document and language else []

    def code_lenses(self, uri: str) -> list[CodeLens]:
        """Commands that stand above lines."""
        document, language = self._open.get(uri, _NONE)
        return language.code_lenses(document) if document and language else []

    def _look(self, uri: str) -> None:
        """Say what there is to say of a document, if it is not what was said last."""
        document, language = self._open[uri]
        try:
            found = language.diagnostics(document)
        except Exception:
            # Findings come unasked, also when the hub's lists change: no window may stop those.
            log.exception("a document could not be looked at")
            return
        if found != self._told.get(uri, []):
            self._told[uri] = found
            self._publish({"uri": uri, "version": document.version, "diagnostics": found})


_NONE: tuple[None, None] = (None, None)
