"""What an editor may ask about its documents, over pygls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from ide_protocol.lsp.document import (
        CodeAction,
        CodeLens,
        CompletionItem,
        Hover,
        Position,
        Range,
    )
    from ide_protocol.lsp.documents import Documents
    from ide_protocol.lsp.protocol import Server

_TRIGGERS = ['"', "'", "=", "."]
"""Characters after which an editor asks for completion by itself."""


def register(server: Server, documents: Documents) -> None:
    """Answer an editor's questions about its documents.

    The answers are LSP's own JSON already; pygls sends plain objects as they are.
    """

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> Hover | None:
        return await documents.hover(params.text_document.uri, _position(params.position))

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=_TRIGGERS)
    )
    def completion(params: types.CompletionParams) -> list[CompletionItem]:
        return documents.completion(params.text_document.uri, _position(params.position))

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    def code_action(params: types.CodeActionParams) -> list[CodeAction]:
        return documents.code_actions(params.text_document.uri, _range(params.range))

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def code_lens(params: types.CodeLensParams) -> list[CodeLens]:
        return documents.code_lenses(params.text_document.uri)


def _position(at: types.Position) -> Position:
    return {"line": at.line, "character": at.character}


def _range(over: types.Range) -> Range:
    return {"start": _position(over.start), "end": _position(over.end)}
