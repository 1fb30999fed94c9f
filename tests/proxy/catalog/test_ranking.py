"""Which tools fit some words: the right one first, nothing where nothing fits."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.catalog.ranking import Ranking

TOOLS: list[dict[str, Any]] = [
    {"name": "presto_run_query", "description": "Run a SQL query on the warehouse."},
    {"name": "presto_list_tables", "description": "List the tables of a schema."},
    {"name": "spark_explainJob", "description": "Say why a job failed.", "title": "Job doctor"},
    {
        "name": "knowledge_search",
        "description": "Search pages for the words of a question.",
        "inputSchema": {"properties": {"space": {"description": "A wiki's space"}, "x": True}},
    },
    {"name": "odd", "description": 7, "inputSchema": []},
]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("sql query", "presto_run_query"),
        ("which tables are there", "presto_list_tables"),
        ("explain failing jobs", "spark_explainJob"),
        ("wiki space", "knowledge_search"),
        ("table", "presto_list_tables"),
    ],
)
def test_the_tool_that_fits_is_the_first(query: str, first: str) -> None:
    """By name, title, description and parameters; plurals and camel case are no obstacle."""
    assert Ranking(TOOLS).best(query, 5)[0]["name"] == first


def test_nothing_is_found_where_nothing_fits_and_never_more_than_asked() -> None:
    """Words that no tool has find no tool; a list of none is searched as well."""
    assert Ranking(TOOLS).best("zebra", 5) == []
    assert Ranking([]).best("query", 5) == []
    assert len(Ranking(TOOLS).best("a the of", 2)) == 2


def test_what_is_found_is_the_definition_itself() -> None:
    """Annotations and what nobody knows are not left out of it."""
    tool = {"name": "drop", "annotations": {"destructiveHint": True}, "vendor": 1}
    assert Ranking([tool]).best("drop", 1) == [tool]
