"""The Presto server as a client sees it."""

from __future__ import annotations

from mcp import Client

from sandbox.servers import applications
from sandbox.servers.presto import presto
from sandbox.servers.presto_warehouse import Warehouse
from tests.sandbox.loopback import agreeing, connected, in_both_eras, said, served

QUERY = "SELECT country, sum(usd) AS usd FROM revenue.daily GROUP BY 1 ORDER BY 2 DESC"


@in_both_eras
async def test_a_table_is_overwritten_only_after_a_person_agreed(era: str) -> None:
    """In both eras a new table is just written, and an existing one waits for a yes."""
    asked: list[str] = []
    warehouse = Warehouse()
    call = {"table": "dev_alice.top", "query": f"{QUERY} LIMIT 3"}
    async with served(presto(warehouse).application()) as address:
        no, yes = agreeing(asked, overwrite=False), agreeing(asked, overwrite=True)
        async with connected(address, era, "alice", "data-eng", answer=no) as client:
            written = await client.call_tool("overwrite_table", call)
            assert written.structured_content == {
                "table": "dev_alice.top",
                "rows": 3,
                "change": "written",
            }
            assert asked == []
            kept = await client.call_tool("overwrite_table", {**call, "query": "SELECT 1 AS x"})
            assert kept.is_error
            assert "is unchanged" in said(kept)
        async with connected(address, era, "alice", "data-eng", answer=yes) as client:
            await client.call_tool("overwrite_table", {**call, "query": "SELECT 1 AS x"})
    assert asked == ["Overwrite dev_alice.top and lose its 3 rows?"] * 2
    assert warehouse.columns("dev_alice.top") == [("x", "integer")]


@in_both_eras
async def test_without_a_way_to_ask_an_existing_table_is_left_alone(era: str) -> None:
    """A client that cannot ask its person gets a tool error that says so."""
    warehouse = Warehouse()
    call = {"table": "revenue.daily", "query": "SELECT 1 AS x"}
    async with (
        served(presto(warehouse).application()) as address,
        connected(address, era, "alice", "data-eng") as client,
    ):
        refused = await client.call_tool("overwrite_table", call)
    assert refused.is_error
    assert "this client cannot ask" in said(refused)
    assert len(warehouse.columns("revenue.daily")) == 5


@in_both_eras
async def test_dropping_asks_nothing_but_needs_the_group(era: str) -> None:
    """`drop_table` runs at once for the policy's groups and for nobody else."""
    asked: list[str] = []
    warehouse = Warehouse()
    kit = presto(warehouse)
    drop = ("drop_table", {"table": "dev_alice.scratch"})
    async with served(kit.application()) as address:
        async with connected(address, era, "carol", "infra") as client:
            assert (await client.call_tool(*drop)).is_error
            assert "dev_alice.scratch" in warehouse.tables()
            assert kit.counts == {}
        answer = agreeing(asked, overwrite=False)
        async with connected(address, era, "alice", "data-eng", answer=answer) as client:
            dropped = await client.call_tool(*drop)
            assert dropped.structured_content is not None
            assert dropped.structured_content["rows"] == 2500
            assert "There is no table" in said(await client.call_tool(*drop))
    assert "dev_alice.scratch" not in warehouse.tables()
    assert (asked, kit.counts) == ([], {"drop_table": 2})


async def test_rows_come_as_data_and_as_a_table_to_read() -> None:
    """A query gives columns and rows, the same as text, and says when there are more."""
    async with Client(presto().server) as client:
        result = await client.call_tool("run_query", {"query": QUERY, "limit": 2})
        content = result.structured_content
        assert content is not None
        assert content["columns"] == ["country", "usd"]
        assert [country for country, _ in content["rows"]] == ["US", "DE"]
        assert content["truncated"] is True
        heading, rule, first = said(result).splitlines()[:3]
        assert (heading.split(), rule, first.split()) == (
            ["country", "usd"],
            "-------  -----------",
            content["rows"][0],
        )
        assert "(2 rows, and there are more" in said(result)


async def test_values_that_json_has_no_word_for_are_text() -> None:
    """Infinity, exact decimals, dates and bytes reach the client, and huge values are cut."""
    query = (
        "SELECT cast('Infinity' AS double) AS a, cast(1.10 AS decimal(4,2)) AS b, "
        "date '2026-01-02' AS c, ARRAY[1, NULL] AS d, rpad('x', 5000, 'x') AS e, "
        "from_hex('00ff') AS f"
    )
    async with Client(presto().server) as client:
        result = await client.call_tool("run_query", {"query": query})
    assert result.structured_content is not None
    assert result.structured_content["rows"] == [
        ["inf", "1.10", "2026-01-02", [1, None], "x" * 2000 + "…", "00ff"]
    ]


async def test_reading_and_writing_tools_say_which_they_are() -> None:
    """Hints tell read-only tools from destructive ones, and questions are no arguments."""
    async with Client(presto().server) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    hints = {name: tool.annotations for name, tool in tools.items() if tool.annotations}
    assert {name for name, hint in hints.items() if hint.read_only_hint} == {
        "list_tables",
        "describe_table",
        "run_query",
    }
    assert {name for name, hint in hints.items() if hint.destructive_hint} == {
        "overwrite_table",
        "drop_table",
    }
    assert set(tools["overwrite_table"].input_schema["properties"]) == {"table", "query"}


async def test_tables_are_listed_and_described_in_prestos_words() -> None:
    """The list names each table with its size; columns have Presto types."""
    async with Client(presto().server) as client:
        listed = await client.call_tool("list_tables", {})
        described = await client.call_tool("describe_table", {"table": "Revenue.Daily"})
    assert listed.structured_content is not None
    sizes = {table["name"]: table["rows"] for table in listed.structured_content["result"]}
    assert sizes == {"dev_alice.scratch": 2500, "revenue.daily": 15360, "web.sessions": 200_000}
    assert described.structured_content is not None
    assert described.structured_content["result"][4] == {"name": "usd", "type": "decimal(12, 2)"}


def test_every_company_gets_its_own_servers() -> None:
    """Each call makes fresh applications under the four short names."""
    first, second = applications(), applications()
    assert list(first) == ["presto", "spark", "knowledge", "revenue"]
    assert all(first[name].state.kit is not second[name].state.kit for name in first)
