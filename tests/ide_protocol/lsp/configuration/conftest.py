"""What is known in these tests: two servers of a company, one of them withheld, and their tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.lsp.configuration.knowledge import Knowledge, KnownServer
from ide_protocol.lsp.configuration.language import ConfigurationLanguage
from ide_protocol.lsp.document import Document

if TYPE_CHECKING:
    from editors.install.client import Scope
    from ide_protocol.lsp.document import CodeAction, CompletionItem, Diagnostic, Range
    from ide_protocol.own import contract

URL = "https://mcp.corp.example/presto/mcp"


def server(name: str, **more: Any) -> contract.Server:  # noqa: ANN401 - any of its keys.
    """A server as Portico shows it."""
    shown: Any = {
        "server": name,
        "name": f"com.example/{name}",
        "title": name.capitalize(),
        "description": f"The {name} of Example Corp.",
        "owner": {"team": "data-platform", "contact": "#data", "support": ""},
        "reviewed": True,
        "environment": "prod",
        "standing": "offered",
        "reason": "",
        "state": "live",
        "era": "modern",
        "tools": 0,
        "fault": None,
        **more,
    }
    return shown  # type: ignore[no-any-return]


def tool(name: str, risk: str = "read") -> contract.Tool:
    """A tool of presto as Portico shows it."""
    return {
        "name": f"presto_{name}",
        "server": "presto",
        "tool": name,
        "title": "",
        "description": f"Does {name}.",
        "risk": risk,
        "verdict": "allow",
        "reason": "",
        "rule": "",
        "inputSchema": {},
    }


KNOWLEDGE = Knowledge(
    servers={
        "presto": KnownServer(
            server("presto"), URL, (tool("run_query"), tool("drop_table", "destructive"))
        ),
        "wiki": KnownServer(
            server("wiki", standing="withheld", reason="Its review has expired."),
            "https://mcp.corp.example/wiki/mcp",
        ),
    },
    company="Example Corp",
    listed=True,
    origins=frozenset({"https://mcp.corp.example"}),
)


class Around:
    """A hub that knows what these tests say."""

    def __init__(self, knowledge: Knowledge = KNOWLEDGE) -> None:
        self.known = knowledge

    def knowledge(self) -> Knowledge:
        """What is known."""
        return self.known

    async def about_tool(self, server: str, tool: str) -> str:
        """As the hub would say it."""
        return f"**{tool}** of {server}"

    def command(self, scope: Scope, *, graphical: bool) -> list[str]:
        """The bare name."""
        del scope, graphical
        return ["portico", "mcp"]


class Editor:
    """One document as a person sees it; `|` in a text is where the cursor is."""

    def __init__(self, around: Around) -> None:
        self.language = ConfigurationLanguage(around)

    def findings(self, uri: str, text: str) -> list[Diagnostic]:
        """What is underlined."""
        return self.language.diagnostics(Document(uri, text))

    def marks(self, uri: str, text: str) -> list[tuple[str, str]]:
        """The code of each finding, and the text that is underlined."""
        document = Document(uri, text)
        return [
            (one["code"], text[slice(*ends(document, one["range"]))])
            for one in self.language.diagnostics(document)
        ]

    def completion(self, uri: str, text: str) -> list[CompletionItem]:
        """What is offered at the cursor."""
        document, offset = self.cursor(uri, text)
        return self.language.completion(document, document.position(offset))

    def labels(self, uri: str, text: str) -> list[str]:
        """The labels of what is offered at the cursor."""
        return [one["label"] for one in self.completion(uri, text)]

    async def hover(self, uri: str, text: str) -> str:
        """What is said at the cursor; empty for nothing."""
        document, offset = self.cursor(uri, text)
        found = await self.language.hover(document, document.position(offset))
        return found["contents"]["value"] if found else ""

    def actions(self, uri: str, text: str) -> list[CodeAction]:
        """What helps at the cursor."""
        document, offset = self.cursor(uri, text)
        at = document.position(offset)
        return self.language.code_actions(document, {"start": at, "end": at})

    @staticmethod
    def cursor(uri: str, text: str) -> tuple[Document, int]:
        """The document and the place of its `|`."""
        return Document(uri, text.replace("|", "", 1)), text.index("|")


def ends(document: Document, over: Range) -> tuple[int, int]:
    """A range as offsets."""
    return document.offset(over["start"]), document.offset(over["end"])


@pytest.fixture
def editor() -> Editor:
    """An editor of somebody at Example Corp."""
    return Editor(Around())


def applied(text: str, action: CodeAction, uri: str) -> str:
    """A text after an action's edit."""
    document = Document(uri, text)
    [edit] = action["edit"]["changes"][uri]
    start, end = ends(document, edit["range"])
    return text[:start] + edit["newText"] + text[end:]
