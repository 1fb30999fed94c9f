"""What Portico can say of one kind of document; which kinds there are is `languages`' to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ide_protocol.lsp.document import (
        CodeAction,
        CodeLens,
        CompletionItem,
        Diagnostic,
        Document,
        Hover,
        Position,
        Range,
    )


class Language:
    """One kind of document. What a language does not define, it has nothing to say about.

    Every method answers at once, from what is known: an editor asks at each key. Only a hover may
    be waited for.
    """

    largest: ClassVar[int] = 1024 * 1024
    """Characters of a document that it looks at."""

    def speaks(self, uri: str) -> bool:
        """Whether this is a document of its kind; the first language that says so has it."""
        raise NotImplementedError

    def diagnostics(self, _document: Document, /) -> list[Diagnostic]:
        """Everything that is to be said of a document without being asked."""
        return []

    def hover(
        self, _document: Document, _at: Position, /
    ) -> Hover | Awaitable[Hover | None] | None:
        """What is said of a place."""
        return None

    def completion(self, _document: Document, _at: Position, /) -> list[CompletionItem]:
        """What could stand at a place."""
        return []

    def code_actions(self, _document: Document, _over: Range, /) -> list[CodeAction]:
        """What helps with the findings in a range."""
        return []

    def code_lenses(self, _document: Document, /) -> list[CodeLens]:
        """Commands that stand above lines."""
        return []
