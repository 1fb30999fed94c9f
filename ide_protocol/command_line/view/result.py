"""The result of a call: its rows as a table where it has rows, else its text."""

from __future__ import annotations

import base64
import binascii
import json
import sys
from typing import TYPE_CHECKING, Any

from ide_protocol.command_line.block import block
from ide_protocol.command_line.console import note, show
from ide_protocol.command_line.report import inside, tell
from ide_protocol.command_line.view.table import Table, text
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCALARS = (str, int, float, bool, type(None))
_CELL = 400
"""Characters of one cell; a longer value belongs into `--json`."""


def present(result: Mapping[str, Any]) -> None:
    """Print an MCP `CallToolResult` for a person; a failed one goes to stderr."""
    if (found := inside(result)) is not None:
        tell(found)
        return
    failed = result.get("isError") is True
    structured = result.get("structuredContent")
    grid = None if failed else rows(structured)
    if grid is not None:
        headings, body = grid
        cells = [[text(plain(_cell(one), _CELL)) for one in row] for row in body]
        numbers = [one for place, one in enumerate(headings) if _numeric(body, place)]
        show(Table(headings, cells, right=numbers, whole=True))
        count = "1 row" if len(body) == 1 else f"{len(body)} rows"
        sys.stdout.write("\n" + "\n".join(filter(None, (f"({count})", rest(structured)))) + "\n")
        return
    shown = words(result)
    if not shown:
        shown = "The server failed without saying why." if failed else "The server said nothing."
    if failed:
        note(f"✗ {block(shown)}")
        return
    # Not wrapped: what a server set in columns would fall apart.
    sys.stdout.write(block(shown) + "\n")


def rows(structured: object) -> tuple[list[str], list[list[object]]] | None:
    """Headings and rows, where structured content is a list of like, flat things; else None.

    Understood are `{"columns": […], "rows": [[…]]}`, and one list of flat objects under any key.
    """
    if not isinstance(structured, dict):
        return None
    lists = [value for value in structured.values() if isinstance(value, list)]
    body, columns = structured.get("rows"), structured.get("columns")
    if isinstance(body, list) and isinstance(columns, list):
        headings = [str(one.get("name")) if isinstance(one, dict) else str(one) for one in columns]
        headings = [plain(one) for one in headings]
        fit = all(isinstance(row, list) and len(row) == len(headings) for row in body)
        if fit and headings:
            return headings, body
    if isinstance(body, list):
        lists = [body]
    if len(lists) != 1 or not lists[0] or not all(_flat(one) for one in lists[0]):
        return None
    names = list(dict.fromkeys(name for one in lists[0] for name in one))
    return [plain(name) for name in names], [[one.get(name) for name in names] for one in lists[0]]


def rest(structured: object) -> str:
    """What structured content says beside its rows, as `name: value` lines; no news is left out."""
    if not isinstance(structured, dict):
        return ""
    return "\n".join(
        f"{plain(name)}: {plain(_cell(value))}"
        for name, value in structured.items()
        if isinstance(value, _SCALARS) and value is not False and value not in {None, ""}
    )


def words(result: Mapping[str, Any]) -> str:
    """The text of a result, or its structured content where it has no text."""
    content = result.get("content")
    parts = [_part(one) for one in content if isinstance(one, dict)] if content else []
    if not any(parts) and isinstance(result.get("structuredContent"), dict):
        return json.dumps(result["structuredContent"], indent=2, ensure_ascii=False)
    return "\n".join(parts)


def _part(content: Mapping[str, Any]) -> str:
    kind = content.get("type")
    if kind == "text":
        return _indented(str(content.get("text", "")))
    if kind == "resource_link":
        return f"{content.get('title') or content.get('name')}: {content.get('uri')}"
    resource = content.get("resource")
    if kind == "resource" and isinstance(resource, dict):
        return str(resource.get("text", f"[{resource.get('uri')}, see --json]"))
    size = _size(content.get("data"))
    return f"[{content.get('mimeType', kind)}{size}, see --json]"


def _indented(found: str) -> str:
    """JSON inside text, indented: servers without structured content answer like this."""
    if not found.startswith(("{", "[")):
        return found
    try:
        return json.dumps(json.loads(found), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return found


def _size(data: object) -> str:
    try:
        return f", {len(base64.b64decode(data)):,} bytes" if isinstance(data, str) else ""
    except binascii.Error:
        return ""


def _flat(one: object) -> bool:
    return isinstance(one, dict) and all(isinstance(value, _SCALARS) for value in one.values())


def _numeric(body: list[list[object]], place: int) -> bool:
    """Whether every cell of a column is a number, so that they align at the right."""
    return all(isinstance(row[place], int | float) for row in body)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
