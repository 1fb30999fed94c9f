"""A server whose tools have names that nobody can use, and which prints where it must not."""

from __future__ import annotations

from typing import Any

from proxy.lint.rule import Rule
from tests.proxy.lint.line_server import serve

_LONG = "export_every_row_of_the_quarterly_revenue_table"
_TOO_LONG = _LONG + "_as_a_comma_separated_file"

PLANTED: set[tuple[Rule, str]] = {
    (Rule.NOISE, ""),
    (Rule.NAME_REJECTED, "read page"),
    (Rule.NAME_REJECTED, _TOO_LONG),
    (Rule.NAME_CUT, _LONG),
    (Rule.NAME_TWICE, "list_rows"),
    (Rule.NAME_ALIKE, "find_bill"),
    (Rule.NAME_ALIKE, "find_bi11"),
    (Rule.NAME_ALIKE, "portico_status"),
    (Rule.ANNOTATIONS_DISAGREE, "drop_rows"),
}


def _tool(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": "Looks up what the finance team keeps in its tables.",
        "annotations": {"readOnlyHint": True},
        "inputSchema": {"type": "object", "properties": {}},
    }


NAMES = (
    *("read page", _TOO_LONG, _LONG, "list_rows", "list_rows"),
    *("find_bill", "find_bi11", "portico_status", "drop_rows", "count_rows"),
)

NOISE = "Finance server is starting"
TOOLS = [_tool(name) for name in NAMES]

if __name__ == "__main__":
    serve(TOOLS, name="finance", first=NOISE)
