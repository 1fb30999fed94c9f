"""What of Presto SQL may run, and how it reads for the embedded engine.

A positive list, because deny lists leak: the parser calls `DROP TABLE` no change and holds
`EXPLAIN ANALYZE DELETE` for one opaque word. A text passes when it is exactly one statement, that
statement is a query through and through, and every table and function in it is a known one.
"""

from __future__ import annotations

import logging
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sandbox.kit import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

# The parser warns about statements it does not know and repeats them; they are somebody's data.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

LONGEST_QUERY = 20_000
"""Characters of SQL that are still parsed."""

_TABLE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}\.[a-z_][a-z0-9_]{0,62}")

_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
_SOURCES = (exp.Table, exp.Subquery, exp.Unnest, exp.Values, exp.Lateral)

_FUNCTIONS_OF_BOTH = frozenset({"bit_count"})
"""Functions that the parser has no class for and that mean the same to Presto and the engine."""


def table_name(name: str) -> str:
    """A table's name in its one spelling, `schema.table` in lower case.

    Raises:
        Refusal: It is not such a name.
    """
    folded = name.strip().lower()
    if _TABLE_NAME.fullmatch(folded) is None:
        msg = "A table is named schema.table, in letters, digits and underscores."
        raise Refusal(msg)
    return folded


def known_table(name: str, tables: Collection[str]) -> str:
    """The name of a table that exists.

    Raises:
        Refusal: It is no table's name, or there is no such table.
    """
    folded = table_name(name)
    if folded not in tables:
        raise Refusal(f"There is no table {folded}.{_instead(folded, tables)}")
    return folded


def translate(sql: str, tables: Collection[str]) -> str:
    """The engine's text of one Presto query over `tables` (`schema.table`).

    Raises:
        Refusal: It is anything but one query over known tables with known functions.
    """
    query = _only_query(sql)
    for node in query.walk():
        _admit(node, tables)
    try:
        # Comments are dropped: what runs is what was judged and nothing beside it.
        return query.sql(dialect="duckdb", comments=False)
    except (SqlglotError, RecursionError) as unsaid:
        msg = "The embedded engine has no words for a part of this query."
        raise Refusal(msg) from unsaid


def presto_type(engine_type: str) -> str:
    """The Presto name of an engine's column type."""
    return exp.DataType.build(engine_type, dialect="duckdb").sql(dialect="presto").lower()


def _only_query(sql: str) -> exp.Expr:
    if len(sql) > LONGEST_QUERY:
        raise Refusal(f"The query is longer than {LONGEST_QUERY} characters.")
    try:
        statements = sqlglot.parse(sql, read="presto")
    except (SqlglotError, RecursionError) as garbled:
        msg = "This is not valid Presto SQL."
        raise Refusal(msg) from garbled
    if len(statements) != 1 or statements[0] is None:
        msg = "Send exactly one statement."
        raise Refusal(msg)
    if not isinstance(statements[0], _QUERIES):
        msg = (
            "Only queries run here (SELECT, WITH … SELECT, VALUES). Use list_tables and "
            "describe_table to look around, overwrite_table and drop_table to change tables."
        )
        raise Refusal(msg)
    return statements[0]


def _admit(node: exp.Expr, tables: Collection[str]) -> None:
    """Let one node of a query's tree pass, or refuse the query."""
    if isinstance(node, exp.CTE | exp.Subquery) and not isinstance(
        node.this, (*_QUERIES, exp.Table)
    ):
        msg = "Everything inside a query must be a query as well."
        raise Refusal(msg)
    if isinstance(node, exp.Command | exp.DDL | exp.DML | exp.Into | exp.Lock) and not isinstance(
        node, _QUERIES
    ):
        msg = "A query only reads: no INTO, no FOR UPDATE, nothing that changes a table."
        raise Refusal(msg)
    if isinstance(node, exp.From | exp.Join) and not isinstance(node.this, _SOURCES):
        msg = "A query reads from tables, subqueries, UNNEST and VALUES."
        raise Refusal(msg)
    if isinstance(node, exp.Table):
        _admit_table(node, tables)
    if isinstance(node, exp.Anonymous) and node.name.lower() not in _FUNCTIONS_OF_BOTH:
        raise Refusal(f"The embedded engine does not know the function {node.name[:60]!a}.")


def _admit_table(table: exp.Table, tables: Collection[str]) -> None:
    if not isinstance(table.this, exp.Identifier):
        msg = "Table functions do not run here; read from the warehouse's own tables."
        raise Refusal(msg)
    schema, name = table.db.lower(), table.name.lower()
    if table.catalog:
        msg = "There is one catalog: name tables schema.table."
        raise Refusal(msg)
    if not schema and name in _names_in_reach(table):
        return
    wanted = f"{schema}.{name}" if schema else name
    if wanted not in tables:
        raise Refusal(f"There is no table {wanted[:130]!a}.{_instead(wanted, tables)}")


def _names_in_reach(table: exp.Expr) -> set[str]:
    """Names that the WITH clauses around a table give to queries."""
    names: set[str] = set()
    node: exp.Expr | None = table
    while node is not None:
        clause = node.args.get("with_")
        if isinstance(clause, exp.With):
            names.update(query.alias.lower() for query in clause.expressions)
        node = node.parent
    return names


def _instead(wanted: str, tables: Collection[str]) -> str:
    near = get_close_matches(wanted, list(tables), n=1)
    bare = [name for name in tables if name.split(".")[1] == wanted]
    found = (bare or near)[:1]
    return f" Did you mean {found[0]}?" if found else " list_tables shows the ones there are."
