"""Two tools in place of many: one to find tools, one to call what was found.

A window asks for this (`portico mcp --tools search`); nobody gets it by default. A definition that
is found is the server's own, annotations and all, and a call of it is the same call as without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy import wire
from proxy.catalog.ranking import Ranking

if TYPE_CHECKING:
    from collections.abc import Sequence

MODE = "search"
"""The word for this mode in a hello."""

FIND = "portico_find_tools"
CALL_FOUND = "portico_call_tool"

_USUAL, _MOST = 5, 20

TOOLS: list[dict[str, Any]] = [
    {
        "name": FIND,
        "title": "Find tools",
        "description": (
            "Find tools of the company's MCP servers by what they do. Gives full definitions, the "
            "best first. Call what you find with portico_call_tool."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "A few words on what is to be done."},
                "limit": {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _USUAL},
            },
            "required": ["query"],
        },
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
    },
    {
        "name": CALL_FOUND,
        "title": "Call a tool",
        "description": (
            "Call a tool that portico_find_tools found, with arguments by its own inputSchema. "
            "What its annotations say holds for this call."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "arguments": {"type": "object"}},
            "required": ["name"],
        },
        # It can be any of them, so it claims the gravest.
        "annotations": {"readOnlyHint": False, "destructiveHint": True, "openWorldHint": True},
    },
]
"""What a window in this mode is shown in place of its servers' tools."""


def unwrapped(params: dict[str, Any]) -> dict[str, Any]:
    """The params of the call that a call of `portico_call_tool` stands for, to be checked as such.

    Everything but name and arguments is kept: progress, and a person's answers.
    """
    inner = params.get("arguments")
    inner = inner if isinstance(inner, dict) else {}
    return {**params, "name": inner.get("name"), "arguments": inner.get("arguments", {})}


class Finder:
    """The search of one window; it ranks a list anew only when it is another one."""

    def __init__(self) -> None:
        self._ranking = Ranking([])

    def find(self, arguments: dict[str, Any], tools: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The result of `portico_find_tools`."""
        query, limit = arguments.get("query"), arguments.get("limit", _USUAL)
        if not isinstance(query, str) or isinstance(limit, bool) or not isinstance(limit, int):
            return _told("A search has a `query` in words and a `limit` in numbers.", wrong=True)
        if self._ranking.tools is not tools:
            self._ranking = Ranking(tools)
        found = self._ranking.best(query, min(max(limit, 1), _MOST))
        if not found:
            return _told(f"None of {len(tools)} tools fits these words. Try others.")
        return _told(wire.encode(found).decode())


def _told(text: str, *, wrong: bool = False) -> dict[str, Any]:
    result: dict[str, Any] = {"content": [{"type": "text", "text": text}]}
    return {**result, "isError": True} if wrong else result
