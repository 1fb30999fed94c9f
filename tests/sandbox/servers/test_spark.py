"""The Spark server on the recorded event logs."""

from __future__ import annotations

import gzip
import re
from importlib.resources import files

from mcp import Client

from sandbox.servers.spark import History, spark
from sandbox.servers.spark_event_log import first_line, read
from tests.sandbox.loopback import connected, said, served

LOGS = files("sandbox.servers") / "fixtures" / "spark"


async def test_a_failed_job_is_explained_with_stage_reason_and_skew() -> None:
    """The real failure: one bad record, in the one partition that got most of the rows."""
    async with Client(spark().server) as client:
        result = await client.call_tool("explain_failure", {"application": "revenue_rollup"})
    found = result.structured_content
    assert found is not None
    assert found["reason"] == "ValueError: bad record: amount='N/A' in order 310017"
    assert (found["job"], found["stage"], found["tasks_failed"]) == (1, 3, 1)
    assert found["failed_partitions"] == [5]
    assert found["records_per_task"] == {"largest": 350435, "median": 6521.5, "times": 53.7}
    assert found["skewed"] is True


async def test_failed_jobs_of_all_applications_are_listed_with_one_line_each() -> None:
    """Two of the three recorded applications failed, each for its own reason."""
    async with Client(spark().server) as client:
        result = await client.call_tool("list_failed_jobs", {})
        fine = await client.call_tool("explain_failure", {"application": "sessions_daily"})
        unknown = await client.call_tool("log_summary", {"application": "sesions_daily"})
    assert result.structured_content is not None
    reasons = {job["name"]: job["reason"] for job in result.structured_content["result"]}
    assert set(reasons) == {"revenue_rollup", "ads_attribution"}
    assert reasons["ads_attribution"].startswith("[CAST_INVALID_INPUT] The value 'autumn-26'")
    assert "No job of sessions_daily failed." in said(fine)
    assert "Did you mean sessions_daily?" in said(unknown)


async def test_a_recorded_cause_is_found_by_the_next_person() -> None:
    """What one person recorded is in the explanation, with who and when."""
    kit = spark(History.recorded(clock=lambda: 1_800_000_000.0))
    note = {"application": "revenue_rollup", "cause": "The shop sends N/A since release 41."}
    async with served(kit.application()) as address:
        async with connected(address, "auto") as client:
            assert "the gateway named no user" in said(
                await client.call_tool("record_root_cause", note)
            )
        async with connected(address, "auto", "alice", "employees") as client:
            await client.call_tool("record_root_cause", note)
        async with connected(address, "legacy", "bob", "employees") as client:
            result = await client.call_tool("explain_failure", {"application": "revenue_rollup"})
    assert result.structured_content is not None
    assert result.structured_content["recorded_causes"] == [
        {"cause": note["cause"], "by": "alice", "at": "2027-01-15T08:00:00+00:00"}
    ]


async def test_a_summary_counts_what_the_log_holds() -> None:
    """The summary agrees with the events of the log itself."""
    async with Client(spark().server) as client:
        result = await client.call_tool("log_summary", {"application": "revenue_rollup"})
    found = result.structured_content
    assert found is not None
    assert (found["spark_version"], found["cores"]) == ("4.3.0", 2)
    assert (found["jobs"], found["failed_jobs"], found["stages"]) == (2, 1, 4)
    assert (found["tasks"], found["failed_tasks"]) == (20, 1)
    assert found["events"]["SparkListenerTaskEnd"] == 20


def test_an_application_that_is_still_running_has_no_end_and_no_failures() -> None:
    """A log that stops in the middle is read as far as it goes."""
    packed = (LOGS / "revenue_rollup.jsonl.gz").read_bytes()
    half = read(gzip.decompress(packed).decode().splitlines()[:8])
    assert (half.name, half.ended, half.failed_jobs()) == ("revenue_rollup", 0, [])


def test_the_line_that_says_why_is_found() -> None:
    """A traceback's last line, else the first line."""
    traceback = "Boom: Traceback (most recent call last):\n File x\nValueError: no\n SQLSTATE: 1"
    assert first_line(traceback) == "ValueError: no"
    assert first_line("[CODE] what\nwhere") == "[CODE] what"
    assert first_line("") == ""


def test_the_recorded_logs_name_no_machine() -> None:
    """No folder, account or address of the machine that recorded them is left."""
    logs = [file for file in LOGS.iterdir() if file.name.endswith(".gz")]
    assert len(logs) == 3
    for log in logs:
        text = gzip.decompress(log.read_bytes()).decode()
        assert not re.search(r"/(tmp|root|home|usr|opt|Users)/|\broot\b|/\.venv", text)
        assert set(re.findall(r"\d+\.\d+\.\d+\.\d+", text)) <= {"127.0.0.1"}
