"""Presto: the warehouse as an MCP server.

Reading is free, writing is for the groups of the `warehouse` policy. The two writing tools show the
two ways in which a person can be asked: `overwrite_table` asks by itself, through an elicitation;
`drop_table` does not, and relies on the proxy in front of it.
"""

from __future__ import annotations

from typing import Annotated

from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel, Field

from sandbox.kit import Kit, Refusal, authorize_tool
from sandbox.servers import presto_sql
from sandbox.servers.presto_warehouse import Warehouse

_POLICIES = {"warehouse": {"data-eng", "ads-eng"}}

_INSTRUCTIONS = (
    "Example Corp's warehouse. Look at list_tables and describe_table first, then ask one query "
    "in Presto SQL with run_query. Name tables schema.table."
)

TableName = Annotated[str, Field(description="schema.table, for example revenue.daily")]
Query = Annotated[str, Field(description="One query in Presto SQL")]
Limit = Annotated[int, Field(ge=1, le=1000, description="Most rows to return")]


class TableSummary(BaseModel):
    """One table of the list."""

    name: str
    rows: int
    comment: str


class Column(BaseModel):
    """One column of a table."""

    name: str
    type: str


class QueryResult(BaseModel):
    """What a query returned; `truncated` says that there were more rows."""

    columns: list[str]
    rows: list[list[object]]
    truncated: bool


class TableChange(BaseModel):
    """What became of a table."""

    table: str
    rows: int
    change: str


class Overwrite(BaseModel):
    """The answer to the question whether a table may be overwritten."""

    overwrite: bool = Field(description="Replace everything in the table", default=False)


def list_tables(ctx: Context[Warehouse]) -> list[TableSummary]:
    """List the warehouse's tables with their size and what they hold."""
    return [
        TableSummary(name=table.name, rows=table.rows, comment=table.comment)
        for table in _warehouse(ctx).tables().values()
    ]


def describe_table(table: TableName, ctx: Context[Warehouse]) -> list[Column]:
    """Show a table's columns and their Presto types."""
    return [Column(name=name, type=kind) for name, kind in _warehouse(ctx).columns(table)]


async def run_query(
    query: Query, ctx: Context[Warehouse], limit: Limit = 100
) -> Annotated[CallToolResult, QueryResult]:
    """Run one read-only query in Presto SQL and return its rows."""
    rows = await _warehouse(ctx).read(query, limit)
    return CallToolResult(
        content=[TextContent(type="text", text=rows.text())],
        structured_content={
            "columns": rows.columns,
            "rows": rows.rows,
            "truncated": rows.truncated,
        },
    )


def permission(table: str, ctx: Context[Warehouse]) -> Elicit[Overwrite] | Overwrite:
    """Ask before something that exists is overwritten; a new table needs no question."""
    name = presto_sql.table_name(table)
    existing = _warehouse(ctx).tables().get(name)
    if existing is None or not _warehouse(ctx).asks:
        return Overwrite(overwrite=True)
    capabilities = ctx.client_capabilities
    if capabilities is None or capabilities.elicitation is None:
        raise Refusal(
            f"{name} exists and holds {existing.rows} rows. Overwriting it needs a person's "
            "consent, and this client cannot ask for it (it declares no elicitation)."
        )
    return Elicit(f"Overwrite {name} and lose its {existing.rows} rows?", Overwrite)


@authorize_tool(policy="warehouse")
async def overwrite_table(
    table: TableName,
    query: Query,
    consent: Annotated[ElicitationResult[Overwrite], Resolve(permission)],
    ctx: Context[Warehouse],
) -> TableChange:
    """Make a table hold the result of a query.

    A table that exists is overwritten only after a person agreed.
    """
    if not isinstance(consent, AcceptedElicitation) or not consent.data.overwrite:
        raise Refusal(f"{presto_sql.table_name(table)} is unchanged: nobody agreed to it.")
    rows = await _warehouse(ctx).overwrite(table, query)
    return TableChange(table=presto_sql.table_name(table), rows=rows, change="written")


@authorize_tool(policy="warehouse")
async def drop_table(table: TableName, ctx: Context[Warehouse]) -> TableChange:
    """Remove a table and everything in it. This cannot be undone."""
    rows = await _warehouse(ctx).drop(table)
    return TableChange(table=presto_sql.table_name(table), rows=rows, change="dropped")


def presto(warehouse: Warehouse | None = None) -> Kit:
    """A Presto server over a warehouse (a fresh one unless given)."""
    kit = Kit(
        "presto",
        title="Presto",
        instructions=_INSTRUCTIONS,
        policies=_POLICIES,
        state=warehouse or Warehouse(),
    )
    kit.tool(title="List tables", read_only=True)(list_tables)
    kit.tool(title="Describe a table", read_only=True)(describe_table)
    kit.tool(title="Run a query", read_only=True)(run_query)
    kit.tool(title="Overwrite a table", destructive=True, idempotent=True)(overwrite_table)
    kit.tool(title="Drop a table", destructive=True)(drop_table)
    return kit


def _warehouse(ctx: Context[Warehouse]) -> Warehouse:
    return ctx.request_context.lifespan_context
