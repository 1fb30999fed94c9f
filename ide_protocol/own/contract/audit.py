"""What was done, what it adds up to, and what a person thought of it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class Record(TypedDict):
    """One line of the audit. `event` is what happened, `outcome` how an exchange ended."""

    id: int
    at: float
    event: str
    exchange: str
    user: str
    host: str
    server: str
    tool: str
    risk: str
    verdict: str
    rule: str
    surface: str
    outcome: str
    reference: str
    milliseconds: float | None
    waited: float | None
    minutes: float | None
    digest: str
    summary: str
    payload: str
    hash: str


class Page(TypedDict):
    """Which records: at most `limit`, numbered between `after` and `before`, of these words."""

    limit: NotRequired[int]
    after: NotRequired[int]
    before: NotRequired[int]
    since: NotRequired[float]
    until: NotRequired[float]
    server: NotRequired[str]
    tool: NotRequired[str]
    event: NotRequired[str]
    outcome: NotRequired[str]
    exchange: NotRequired[str]


class Activity(TypedDict):
    """A page of the audit, newest last; `more` says whether there are older ones of its kind."""

    records: list[Record]
    more: bool


class Spread(TypedDict):
    """Milliseconds that so many of a hundred did not exceed."""

    p50: float
    p95: float
    p99: float


class Usage(TypedDict):
    """Figures of one tool; of a whole server where `tool` is empty, of everything where both are.

    Rates are shares from 0 to 1, and None of nothing. `latency` is what servers took, `decision`
    what people did. `minutesSaved` is their owners' estimate. `series` counts calls in equal parts.
    """

    server: str
    tool: str
    calls: int
    succeeded: int
    failed: int
    denied: int
    cancelled: int
    successRate: float | None
    errorRate: float | None
    latency: Spread | None
    asked: int
    approved: int
    rejected: int
    unanswered: int
    rejectionRate: float | None
    decision: Spread | None
    minutesSaved: float
    thumbsUp: int
    thumbsDown: int
    series: list[int]


class Stats(TypedDict):
    """What the audit adds up to from `since` until `until`, the busiest first."""

    since: float
    until: float
    total: Usage
    servers: list[Usage]
    tools: list[Usage]


class Rating(TypedDict):
    """What a person thinks of one result; `record` is any record of its call in the audit."""

    record: int
    thumb: Literal["up", "down"]
    note: NotRequired[str]
