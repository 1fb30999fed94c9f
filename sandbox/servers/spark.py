"""Spark: why jobs failed, told from the event logs that Spark wrote about them.

The logs under `fixtures/spark/` were recorded from real runs; their README says how.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver import Context  # noqa: TC002 - read at run time, by the SDK.
from pydantic import BaseModel, Field

from sandbox.kit import Kit, Refusal, authorize_tool, current_caller
from sandbox.servers.spark_event_log import Application, Job, Stage, first_line, load

if TYPE_CHECKING:
    from collections.abc import Callable

SKEWED = 5.0
"""How many times the median the largest task must be for a stage to be called skewed."""

_LONGEST_REASON = 2_000
_MOST_CAUSES = 50

_POLICIES = {"spark-notes": {"employees"}}

_INSTRUCTIONS = (
    "Spark applications of Example Corp, from their event logs. Start with list_failed_jobs, then "
    "explain_failure; record_root_cause keeps what you found for the next person."
)

Name = Annotated[str, Field(description="Application name or id, as list_applications shows it")]
Text = Annotated[str, Field(min_length=1, max_length=2000, description="The cause, in plain words")]


class ApplicationSummary(BaseModel):
    """One run of a program."""

    application: str
    name: str
    started: str
    seconds: float
    jobs: int
    failed_jobs: int


class FailedJob(BaseModel):
    """A job that failed, and the line that says why."""

    application: str
    name: str
    job: int
    query: str
    reason: str


class Skew(BaseModel):
    """How unevenly a stage's tasks were loaded; `times` is the largest over the median."""

    largest: int
    median: float
    times: float


class RootCause(BaseModel):
    """What a person found out about a failure."""

    cause: str
    by: str
    at: str


class Failure(BaseModel):
    """A failed job, explained; the stage's fields are empty when no stage failed."""

    application: str
    name: str
    job: int
    query: str
    reason: str
    details: str
    stage: int | None
    stage_name: str
    tasks_planned: int
    tasks_failed: int
    failed_partitions: list[int]
    records_per_task: Skew
    milliseconds_per_task: Skew
    skewed: bool
    recorded_causes: list[RootCause]


class LogSummary(BaseModel):
    """What an event log holds."""

    application: str
    name: str
    spark_version: str
    user: str
    cores: int
    seconds: float
    jobs: int
    failed_jobs: int
    stages: int
    tasks: int
    failed_tasks: int
    events: dict[str, int]


@dataclass(slots=True)
class History:
    """The recorded applications by id, and what people wrote about them meanwhile.

    Attributes:
        clock: Unix seconds.
    """

    applications: dict[str, Application]
    clock: Callable[[], float] = time.time
    causes: dict[str, list[RootCause]] = field(default_factory=dict)

    @classmethod
    def recorded(cls, clock: Callable[[], float] = time.time) -> History:
        """The history of the logs that come with the sandbox."""
        folder = files("sandbox.servers") / "fixtures" / "spark"
        found = [load(file) for file in folder.iterdir() if file.name.endswith(".jsonl.gz")]
        found.sort(key=lambda application: application.started, reverse=True)
        return cls({application.application_id: application for application in found}, clock)

    def find(self, name: str) -> Application:
        """The application of that id, or the latest of that name.

        Raises:
            Refusal: There is none.
        """
        for application in self.applications.values():
            if name in {application.application_id, application.name}:
                return application
        names = [application.name for application in self.applications.values()]
        near = get_close_matches(name, names, n=1)
        hint = f"Did you mean {near[0]}?" if near else "list_applications shows the ones there are."
        raise Refusal(f"There is no application {name[:100]!a}. {hint}")


def list_applications(ctx: Context[History]) -> list[ApplicationSummary]:
    """List the recorded Spark applications, the latest first."""
    return [
        ApplicationSummary(
            application=application.application_id,
            name=application.name,
            started=_moment(application.started / 1000),
            seconds=_seconds(application),
            jobs=len(application.jobs),
            failed_jobs=len(application.failed_jobs()),
        )
        for application in _history(ctx).applications.values()
    ]


def list_failed_jobs(ctx: Context[History]) -> list[FailedJob]:
    """List every job that failed, with the line that says why."""
    return [
        FailedJob(
            application=application.application_id,
            name=application.name,
            job=job.job_id,
            query=job.query,
            reason=first_line(job.reason),
        )
        for application in _history(ctx).applications.values()
        for job in application.failed_jobs()
    ]


def explain_failure(application: Name, ctx: Context[History]) -> Failure:
    """Explain an application's first failed job: stage, reason, and whether its data was skewed."""
    history = _history(ctx)
    found = history.find(application)
    failed = found.failed_jobs()
    if not failed:
        raise Refusal(f"No job of {found.name} failed.")
    causes = history.causes.get(found.application_id, [])
    return _explain(found, failed[0], found.failed_stage(failed[0]), causes)


def log_summary(application: Name, ctx: Context[History]) -> LogSummary:
    """Summarise an application's event log: size, duration, jobs, stages, tasks, events."""
    found = _history(ctx).find(application)
    tasks = [task for stage in found.stages.values() for task in stage.tasks]
    return LogSummary(
        application=found.application_id,
        name=found.name,
        spark_version=found.spark_version,
        user=found.user,
        cores=found.cores,
        seconds=_seconds(found),
        jobs=len(found.jobs),
        failed_jobs=len(found.failed_jobs()),
        stages=len(found.stages),
        tasks=len(tasks),
        failed_tasks=sum(bool(task.reason) for task in tasks),
        events=dict(sorted(found.events.items())),
    )


@authorize_tool(policy="spark-notes")
def record_root_cause(application: Name, cause: Text, ctx: Context[History]) -> RootCause:
    """Keep what caused an application's failure, so that the next person finds it explained."""
    history = _history(ctx)
    found = history.find(application)
    causes = history.causes.setdefault(found.application_id, [])
    if len(causes) >= _MOST_CAUSES:
        raise Refusal(f"{found.name} already has {_MOST_CAUSES} recorded causes.")
    note = RootCause(cause=cause, by=str(current_caller()), at=_moment(history.clock()))
    causes.append(note)
    return note


def spark(history: History | None = None) -> Kit:
    """A Spark server over a history (the recorded one unless given)."""
    kit = Kit(
        "spark",
        title="Spark",
        instructions=_INSTRUCTIONS,
        policies=_POLICIES,
        state=history or History.recorded(),
    )
    kit.tool(title="List applications", read_only=True)(list_applications)
    kit.tool(title="List failed jobs", read_only=True)(list_failed_jobs)
    kit.tool(title="Explain a failure", read_only=True)(explain_failure)
    kit.tool(title="Summarise an event log", read_only=True)(log_summary)
    kit.tool(title="Record a root cause")(record_root_cause)
    return kit


def _explain(
    application: Application, job: Job, failed: Stage | None, causes: list[RootCause]
) -> Failure:
    stage = failed or Stage(-1)
    records = _skew(stage.skew(lambda task: task.records))
    return Failure(
        application=application.application_id,
        name=application.name,
        job=job.job_id,
        query=job.query,
        reason=first_line(job.reason),
        details=job.reason[:_LONGEST_REASON],
        stage=failed.stage_id if failed else None,
        stage_name=stage.name,
        tasks_planned=stage.planned,
        tasks_failed=sum(bool(task.reason) for task in stage.tasks),
        failed_partitions=[task.index for task in stage.tasks if task.reason],
        records_per_task=records,
        milliseconds_per_task=_skew(stage.skew(lambda task: task.milliseconds)),
        skewed=records.times >= SKEWED,
        recorded_causes=causes,
    )


def _skew(figures: tuple[int, float, float]) -> Skew:
    largest, median, times = figures
    return Skew(largest=largest, median=median, times=times)


def _seconds(application: Application) -> float:
    return round(max(application.ended - application.started, 0) / 1000, 1)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _history(ctx: Context[History]) -> History:
    return ctx.request_context.lifespan_context
