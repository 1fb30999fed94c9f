"""Knowledge: Example Corp's handbook, searched and cited."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import Context  # noqa: TC002 - read at run time, by the SDK.
from mcp.server.mcpserver.resources import TextResource
from pydantic import BaseModel, Field

from sandbox.kit import Kit
from sandbox.servers.knowledge_index import Index

_INSTRUCTIONS = (
    "Example Corp's engineering handbook. Search first, cite the source you used, and read the "
    "whole document when a snippet is not enough."
)

Words = Annotated[str, Field(min_length=1, max_length=500, description="What to look for")]
Limit = Annotated[int, Field(ge=1, le=20, description="Most sections to return")]
Source = Annotated[str, Field(description="A source as search cites it, for example on-call.md")]


class Finding(BaseModel):
    """A section that matches; cite it by `cite`."""

    cite: str
    source: str
    title: str
    section: str
    snippet: str


class Page(BaseModel):
    """A whole document, in Markdown."""

    source: str
    title: str
    text: str


def search(query: Words, ctx: Context[Index], limit: Limit = 5) -> list[Finding]:
    """Search the handbook; each finding is a section with a snippet and its source to cite."""
    return [
        Finding(
            cite=hit.cite,
            source=hit.source,
            title=hit.title,
            section=hit.heading,
            snippet=hit.snippet,
        )
        for hit in _index(ctx).search(query, limit)
    ]


def read_document(source: Source, ctx: Context[Index]) -> Page:
    """Read a whole document of the handbook."""
    document = _index(ctx).read(source)
    return Page(source=document.source, title=document.title, text=document.text)


def knowledge(index: Index | None = None) -> Kit:
    """A Knowledge server over an index (the handbook's unless given)."""
    held = index or Index.handbook()
    kit = Kit("knowledge", title="Knowledge", instructions=_INSTRUCTIONS, state=held)
    kit.tool(title="Search the handbook", read_only=True)(search)
    kit.tool(title="Read a document", read_only=True)(read_document)
    for document in held.documents.values():
        kit.server.add_resource(
            TextResource(
                uri=f"handbook://example-corp/{document.source}",
                name=document.source,
                title=document.title,
                mime_type="text/markdown",
                text=document.text,
            )
        )
    return kit


def _index(ctx: Context[Index]) -> Index:
    return ctx.request_context.lifespan_context
