"""What of SQL may run: a positive list, and two more walls behind it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from sandbox.kit import Refusal
from sandbox.servers.presto_sql import LONGEST_QUERY, translate
from sandbox.servers.presto_warehouse import Warehouse

if TYPE_CHECKING:
    import duckdb

TABLES = {"revenue.daily", "web.sessions", "dev_alice.scratch"}

HARMFUL = [
    "DROP TABLE revenue.daily",
    "DELETE FROM revenue.daily",
    "INSERT INTO revenue.daily SELECT * FROM revenue.daily",
    "UPDATE revenue.daily SET usd = 0",
    "MERGE INTO revenue.daily USING web.sessions ON 1 = 1 WHEN MATCHED THEN DELETE",
    "TRUNCATE TABLE revenue.daily",
    "ALTER TABLE revenue.daily ADD COLUMN x int",
    "CREATE TABLE dev_alice.x AS SELECT 1",
    "CREATE VIEW dev_alice.x AS SELECT 1",
    "EXPLAIN ANALYZE DELETE FROM revenue.daily",
    "EXPLAIN SELECT 1",
    "COPY revenue.daily TO '/tmp/stolen.csv'",
    "ATTACH '/tmp/other.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "PRAGMA database_list",
    "CALL system.runtime.kill_query('x')",
    "PREPARE p FROM DROP TABLE revenue.daily",
    "GRANT SELECT ON revenue.daily TO bob",
    "SELECT 1; DROP TABLE revenue.daily",
    "SELECT 1; SELECT 2",
    "SELECT * INTO dev_alice.x FROM revenue.daily",
    "WITH a AS (DELETE FROM revenue.daily) SELECT 1",
    "SELECT * FROM (DELETE FROM revenue.daily)",
    "SELECT * FROM revenue.daily FOR UPDATE",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM glob('/*')",
    "SELECT * FROM TABLE(query('DROP TABLE revenue.daily'))",
    "SELECT * FROM query('SELECT 1')",
    "SELECT getenv('HOME')",
    "SELECT current_setting('threads')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM other.revenue.daily",
    "SELECT (SELECT usd FROM secret.salaries)",
    "TABLE secret.salaries",
    "SHOW TABLES",
    "DESCRIBE revenue.daily",
    "",
    " ; ",
    "-- nothing",
    "not sql at all",
    "SELECT '",
    "SELECT " + "(" * 4000 + "1" + ")" * 4000,
    "SELECT '" + "x" * LONGEST_QUERY + "'",
]

HARMLESS = [
    "SELECT 1",
    "SELECT 1;",
    "(SELECT 1)",
    "VALUES (1, 'a'), (2, 'b')",
    "TABLE revenue.daily",
    "SELECT country, sum(usd) FROM revenue.daily GROUP BY 1 ORDER BY 2 DESC LIMIT 3",
    "SELECT a.country FROM Revenue.Daily a JOIN web.sessions b ON a.country = b.country LIMIT 1",
    "WITH d AS (SELECT * FROM revenue.daily), e AS (SELECT * FROM d) SELECT count(*) FROM e",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
    "SELECT x FROM UNNEST(sequence(1, 3)) AS t(x)",
    "SELECT * FROM (VALUES (1, 2)) AS t(a, b)",
    "SELECT id FROM dev_alice.scratch INTERSECT SELECT session_id FROM web.sessions",
    "SELECT approx_distinct(ds), approx_percentile(usd, 0.5), max_by(ds, usd) FROM revenue.daily",
    "SELECT sum(usd) FILTER (WHERE country = 'US') FROM revenue.daily",
    "SELECT date_add('day', -30, date '2026-10-01'), date_trunc('month', date '2026-10-09')",
    "SELECT date_diff('day', date '2026-01-01', date '2026-02-01')",
    "SELECT json_extract_scalar('{\"a\": {\"b\": 7}}', '$.a.b'), try_cast('x' AS bigint)",
    "SELECT element_at(map(ARRAY['k'], ARRAY[1]), 'k'), cardinality(ARRAY[1, 2])",
    "SELECT regexp_extract('job_42', '(\\d+)', 1), split('a/b', '/')[1], 'drop table x'",
    "SELECT row_number() OVER (PARTITION BY country ORDER BY usd) FROM revenue.daily LIMIT 1",
    "SELECT 1 /* DROP TABLE revenue.daily */ -- DELETE",
]


LONG = (
    "SELECT count(*) FROM web.sessions a, web.sessions b "
    "WHERE (a.seconds * b.seconds + a.pages) % 1009 = b.pages"
)
"""Forty thousand million pairs to look at: long, but it would end if nothing stopped it."""


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    """One warehouse for all queries of this module, none of which may change it."""
    return Warehouse()


@pytest.mark.parametrize("sql", HARMFUL)
async def test_whatever_is_not_one_query_over_known_tables_is_refused(
    sql: str, warehouse: Warehouse
) -> None:
    """Each of these ends in a refusal before the engine runs anything."""
    with pytest.raises(Refusal):
        translate(sql, TABLES)
    with pytest.raises(Refusal):
        await warehouse.read(sql, 10)
    assert set(warehouse.tables()) == TABLES


@pytest.mark.parametrize("sql", HARMLESS)
async def test_queries_in_presto_sql_run_on_the_embedded_engine(
    sql: str, warehouse: Warehouse
) -> None:
    """Presto's own functions and forms give rows."""
    assert (await warehouse.read(sql, 10)).rows


@pytest.mark.parametrize("sql", [sql for sql in HARMFUL if sql.strip(" ;-")])
async def test_the_engine_alone_would_refuse_harm_as_well(
    sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the positive list taken away, the other two walls still keep every table and file."""
    alone = Warehouse(patience=5)
    before = alone.tables()
    monkeypatch.setattr("sandbox.servers.presto_sql.translate", lambda sql, _: sql)
    try:
        rows = await alone.read(sql, 10)
    except Refusal:
        rows = None
    assert alone.tables() == before
    assert rows is None or "root:" not in rows.text()


async def test_a_refusal_suggests_the_table_that_was_meant() -> None:
    """A misspelt or unqualified name is answered with the likely one."""
    with pytest.raises(Refusal, match=r"Did you mean revenue\.daily\?"):
        translate("SELECT * FROM revenue.dialy", TABLES)
    with pytest.raises(Refusal, match=r"Did you mean web\.sessions\?"):
        translate("SELECT * FROM sessions", TABLES)


async def test_a_statement_that_takes_too_long_is_stopped() -> None:
    """Time is bounded, and the warehouse answers the next query."""
    impatient = Warehouse(patience=0.05)
    with pytest.raises(Refusal, match=r"longer than 0\.05 s"):
        await impatient.read(LONG, 1)
    impatient._patience = 30
    assert (await impatient.read("SELECT 1", 1)).rows == [[1]]


def test_a_statement_that_begins_late_does_not_outlive_its_loop() -> None:
    """It is stopped also when its time was up before it began, and the loop ends with it."""
    begin = threading.Event()

    class Slow(Warehouse):
        def _judge(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> str:
            text = super()._judge(cursor, sql)
            begin.wait()
            return text

    async def ask() -> None:
        with pytest.raises(Refusal, match="longer"):
            await Slow(patience=0.05).read(LONG, 1)
        begin.set()

    asyncio.run(ask())


async def test_a_caller_who_goes_away_stops_the_statement() -> None:
    """A cancelled query does not keep the engine busy until its time is up."""
    warehouse = Warehouse(patience=3600)
    call = asyncio.create_task(warehouse.read(LONG, 1))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    # Waits for the engine's thread: this test would time out if nothing interrupted it.
    await asyncio.get_running_loop().shutdown_default_executor()
