"""What a recorded Spark event log says: applications, jobs, stages and tasks.

An event log is what Spark itself writes (`spark.eventLog.enabled`): one JSON object per line, named
by its "Event" (spark.apache.org, "Monitoring and Instrumentation"). Times are Unix milliseconds.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.resources.abc import Traversable


@dataclass(slots=True)
class Task:
    """One task that ended.

    Attributes:
        index: Its number within the stage, which is that of its partition.
        milliseconds: From launch to end.
        records: Records it read from a shuffle or an input.
        reason: Why it failed, or "".
    """

    index: int
    milliseconds: int
    records: int
    reason: str


@dataclass(slots=True)
class Stage:
    """One attempt of a stage; `reason` is "" unless it failed."""

    stage_id: int
    name: str = ""
    planned: int = 0
    reason: str = ""
    tasks: list[Task] = field(default_factory=list)

    def skew(self, figure: Callable[[Task], int]) -> tuple[int, float, float]:
        """Largest and median of a figure over the tasks, and how many times larger it is."""
        figures = [figure(task) for task in self.tasks] or [0]
        largest, middle = max(figures), float(median(figures))
        return largest, middle, round(largest / max(middle, 1.0), 1)


@dataclass(slots=True)
class Job:
    """One job; `succeeded` is None while it has not ended."""

    job_id: int
    started: int
    stage_ids: list[int]
    query: str = ""
    ended: int = 0
    succeeded: bool | None = None
    reason: str = ""


@dataclass(slots=True)
class Application:
    """One run of a program on Spark."""

    name: str = ""
    application_id: str = ""
    user: str = ""
    spark_version: str = ""
    cores: int = 0
    started: int = 0
    ended: int = 0
    jobs: dict[int, Job] = field(default_factory=dict)
    stages: dict[int, Stage] = field(default_factory=dict)
    queries: dict[int, str] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)

    def failed_jobs(self) -> list[Job]:
        """Its jobs that failed, in order."""
        return [job for job in self.jobs.values() if job.succeeded is False]

    def failed_stage(self, job: Job) -> Stage | None:
        """The stage that made a job fail, if one did."""
        stages = (self.stages.get(number) for number in job.stage_ids)
        return next((stage for stage in stages if stage is not None and stage.reason), None)


def load(file: Traversable) -> Application:
    """Read a gzipped event log.

    Raises:
        OSError: It cannot be read.
        ValueError: A line is not JSON.
    """
    with file.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        return read(lines)


def read(lines: Iterable[str]) -> Application:
    """Read an event log; events nobody asks about are only counted."""
    application = Application()
    for line in lines:
        event: dict[str, Any] = json.loads(line)
        name = str(event["Event"]).rpartition(".")[2]
        application.events[name] += 1
        take = _EVENTS.get(name)
        if take is not None:
            take(application, event)
    return application


def first_line(reason: str) -> str:
    """The line of a failure that says what was wrong: a traceback's last one, else the first."""
    lines = [line.strip() for line in reason.splitlines() if line.strip()]
    if not lines:
        return ""
    if any(line.endswith("Traceback (most recent call last):") for line in lines):
        said = [line for line in lines if not line.startswith(("SQLSTATE", "File "))]
        return said[-1]
    return lines[0]


def _log_started(application: Application, event: dict[str, Any]) -> None:
    application.spark_version = event["Spark Version"]


def _application_started(application: Application, event: dict[str, Any]) -> None:
    application.name = event["App Name"]
    application.application_id = event["App ID"]
    application.user = event["User"]
    application.started = event["Timestamp"]


def _application_ended(application: Application, event: dict[str, Any]) -> None:
    application.ended = event["Timestamp"]


def _executor_added(application: Application, event: dict[str, Any]) -> None:
    application.cores += event["Executor Info"]["Total Cores"]


def _query_started(application: Application, event: dict[str, Any]) -> None:
    application.queries[event["executionId"]] = event["description"]


def _job_started(application: Application, event: dict[str, Any]) -> None:
    query = int(event.get("Properties", {}).get("spark.sql.execution.id", -1))
    application.jobs[event["Job ID"]] = Job(
        event["Job ID"],
        event["Submission Time"],
        list(event["Stage IDs"]),
        application.queries.get(query, ""),
    )


def _job_ended(application: Application, event: dict[str, Any]) -> None:
    job, result = application.jobs[event["Job ID"]], event["Job Result"]
    job.ended = event["Completion Time"]
    job.succeeded = result["Result"] == "JobSucceeded"
    job.reason = result.get("Exception", {}).get("Message", "")


def _stage_ended(application: Application, event: dict[str, Any]) -> None:
    info = event["Stage Info"]
    stage = application.stages.setdefault(info["Stage ID"], Stage(info["Stage ID"]))
    stage.name, stage.planned = info["Stage Name"], info["Number of Tasks"]
    stage.reason = info.get("Failure Reason", "")


def _task_ended(application: Application, event: dict[str, Any]) -> None:
    number, info, metrics = event["Stage ID"], event["Task Info"], event.get("Task Metrics") or {}
    end = event["Task End Reason"]
    records = (
        metrics.get("Shuffle Read Metrics", {}).get("Total Records Read", 0)
        + metrics.get("Input Metrics", {}).get("Records Read", 0)
    )  # fmt: skip
    stage = application.stages.setdefault(number, Stage(number))
    stage.tasks.append(
        Task(
            info["Index"],
            info["Finish Time"] - info["Launch Time"],
            records,
            "" if end["Reason"] == "Success" else end.get("Description", end["Reason"]),
        )
    )


_EVENTS: dict[str, Callable[[Application, dict[str, Any]], None]] = {
    "SparkListenerLogStart": _log_started,
    "SparkListenerApplicationStart": _application_started,
    "SparkListenerApplicationEnd": _application_ended,
    "SparkListenerExecutorAdded": _executor_added,
    "SparkListenerSQLExecutionStart": _query_started,
    "SparkListenerJobStart": _job_started,
    "SparkListenerJobEnd": _job_ended,
    "SparkListenerStageCompleted": _stage_ended,
    "SparkListenerTaskEnd": _task_ended,
}
