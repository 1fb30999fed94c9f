"""The warehouse: a few hundred thousand rows in an embedded engine that reaches nothing outside.

Three walls stand between a query and harm, each enough alone: the positive list of `presto_sql`,
the engine's own word that the text is one SELECT, and a transaction that the engine opened for
reading only. The engine has no access to files, network or extensions at all.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import duckdb

from sandbox.kit import Refusal
from sandbox.servers import presto_sql
from sandbox.servers.presto_rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "512MB",
    "temp_directory": "",
    "threads": "2",
}

_COUNTRIES = "['US','DE','BR','FR','GB','IN','JP','MX','NL','PL','SE','ZA']"

# Plain arithmetic instead of the engine's random(): the same figures on every machine and version.
_BUILD = f"""
SET python_enable_replacements = false;
CREATE SCHEMA revenue;
CREATE SCHEMA web;
CREATE SCHEMA dev_alice;
CREATE TABLE revenue.daily AS
  SELECT DATE '2026-01-01' + CAST(i // 48 AS INTEGER) AS ds,
         {_COUNTRIES}[1 + i % 12] AS country,
         ['search','display','video','shop'][1 + (i // 12) % 4] AS product,
         CAST((40 + (i * 7919) % 97) * (13 - i % 12) AS BIGINT) AS orders,
         CAST(orders * (9 + ((i * 104729) % 1009) / 100.0) AS DECIMAL(12, 2)) AS usd
  FROM range(48 * 320) t(i);
CREATE TABLE web.sessions AS
  SELECT i AS session_id,
         TIMESTAMP '2026-10-01 00:00:00' + to_seconds(i * 19) AS started_at,
         {_COUNTRIES}[1 + (i * 31) % 12] AS country,
         ['desktop','phone','tablet'][1 + (i * 17) % 3] AS device,
         CAST((i * 7919) % 1800 AS INTEGER) AS seconds,
         CAST(1 + (i * 13) % 11 AS INTEGER) AS pages
  FROM range(200000) t(i);
CREATE TABLE dev_alice.scratch AS
  SELECT i AS id, 'draft ' || i AS note, DATE '2026-11-01' + CAST(i % 20 AS INTEGER) AS ds
  FROM range(2500) t(i);
COMMENT ON TABLE revenue.daily IS 'Revenue and orders per day, country and product.';
COMMENT ON TABLE web.sessions IS 'Visits to the shop since 2026-10-01, one row each.';
COMMENT ON TABLE dev_alice.scratch IS 'Alice''s drafts. Nobody else depends on it.';
SET lock_configuration = true;
"""  # noqa: S608 - every part of it stands in this file.


@dataclass(frozen=True, slots=True)
class Table:
    """A table as people see it: `name` is `schema.table`."""

    name: str
    rows: int
    comment: str


class Warehouse:
    """All tables, and the only hands that touch them.

    Args:
        patience: Seconds a statement may run.
        asks: Whether Presto itself asks a person before a table is overwritten.
    """

    def __init__(self, *, patience: float = 10.0, asks: bool = True) -> None:
        self.asks = asks
        self._patience = patience
        self._connection = duckdb.connect(":memory:", config=_CONFIGURATION)
        self._connection.execute(_BUILD)

    def tables(self) -> dict[str, Table]:
        """Every table by its name, in order."""
        found = self._connection.cursor().execute(
            "SELECT schema_name || '.' || table_name, estimated_size, coalesce(comment, '') "
            "FROM duckdb_tables() WHERE NOT internal ORDER BY 1"
        )
        return {name: Table(name, rows, comment) for name, rows, comment in found.fetchall()}

    def columns(self, name: str) -> list[tuple[str, str]]:
        """Name and Presto type of each column of a table that exists."""
        table = presto_sql.known_table(name, self.tables())
        found = self._connection.cursor().execute(
            "SELECT column_name, data_type FROM duckdb_columns() "
            "WHERE schema_name || '.' || table_name = ? ORDER BY column_index",
            [table],
        )
        return [(column, presto_sql.presto_type(kind)) for column, kind in found.fetchall()]

    async def read(self, sql: str, limit: int) -> Rows:
        """Run one Presto query and keep its first `limit` rows.

        Raises:
            Refusal: It is not a query, the engine cannot run it, or it takes too long.
        """

        def work(cursor: duckdb.DuckDBPyConnection) -> Rows:
            text = self._judge(cursor, sql)
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            try:
                cursor.execute(text)
                columns = [column[0] for column in cursor.description or []]
                rows = cursor.fetchmany(limit + 1)
            finally:
                _roll_back(cursor)
            return Rows.of(columns, rows, limit)

        return await self._carry_out(work)

    async def overwrite(self, name: str, sql: str) -> int:
        """Make `name` hold what a query returns; the number of its rows.

        Raises:
            Refusal: As `read`, or the name is no table's or its schema does not exist.
        """
        schema, table = presto_sql.table_name(name).split(".")

        def work(cursor: duckdb.DuckDBPyConnection) -> int:
            text = self._judge(cursor, sql)
            cursor.execute(f'CREATE OR REPLACE TABLE "{schema}"."{table}" AS {text}')
            return self.tables()[f"{schema}.{table}"].rows

        return await self._carry_out(work)

    async def drop(self, name: str) -> int:
        """Remove a table; the number of rows that went with it.

        Raises:
            Refusal: There is no such table.
        """
        tables = self.tables()
        schema, table = presto_sql.known_table(name, tables).split(".")
        await self._carry_out(lambda cursor: cursor.execute(f'DROP TABLE "{schema}"."{table}"'))
        return tables[f"{schema}.{table}"].rows

    def _judge(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> str:
        text = presto_sql.translate(sql, self.tables())
        statements = cursor.extract_statements(text)
        if [s.type for s in statements] != [duckdb.StatementType.SELECT]:
            msg = "The engine reads this as something other than one query."
            raise Refusal(msg)
        return text

    async def _carry_out(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Do `work` on a cursor of its own in a thread; stop it when time or the caller is gone."""
        cursor = self._connection.cursor()
        # A task, unlike this future, would count as done when the loop ends and its thread has not.
        task = asyncio.get_running_loop().run_in_executor(None, work, cursor)
        # Marks its error as seen: nobody waits for the end of an interrupted statement.
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(task)
        except TimeoutError as late:
            raise Refusal(f"The statement took longer than {self._patience:g} s.") from late
        except duckdb.Error as broken:
            # The first line says what is wrong; the rest draws arrows under the engine's own text.
            raise Refusal(str(broken).partition("\n")[0]) from broken
        finally:
            _stop(task, cursor)


def _stop(task: asyncio.Future[T], cursor: duckdb.DuckDBPyConnection) -> None:
    """Interrupt until the thread has ended: one interrupt may come before its statement began."""
    if not task.done():
        cursor.interrupt()
        task.get_loop().call_later(0.05, _stop, task, cursor)


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    # A statement that failed in some ways has ended its transaction already.
    with suppress(duckdb.TransactionException):
        cursor.rollback()
