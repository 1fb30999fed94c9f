"""What an audit adds up to: calls and how they ended, how long they took, and what people said.

Pure: records in, figures out, each counted from the records alone, so that whoever has an export
can come to the same figures. The words:

- A *call* is an outcome other than `returned`, whose call is counted when it comes back.
- It *succeeded* when its server answered without an error, *failed* when the server's answer was an
  error or none came, and was *denied* or *cancelled* otherwise.
- Its *latency* is what its server took: from arrival to outcome, without the time for which it
  waited for a person's yes. Only answered calls have one.
- A *decision* is a person's yes or no to a question; the time it took is theirs. An answer that
  was given in advance decides nothing.
- A *thumb* is what a person thought of a result last; one that they took back for the other is not
  counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proxy.audit.record import Event, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

BUCKETS = 24
"""Equal parts of the time looked at, for a small picture of when calls were made."""

_COUNTED = frozenset({Event.OUTCOME, Event.ASKED, Event.ANSWERED, Event.WITHDRAWN, Event.RATED})
_ENDED = {
    Outcome.DENIED: "denied",
    Outcome.CANCELLED: "cancelled",
    Outcome.FAILED: "failed",
}
_SAID = {"yes": "approved", "no": "rejected", "stop": "rejected"}


@dataclass(slots=True)
class Usage:
    """The figures of one tool, one server, or all of them.

    Attributes:
        calls: How many; the sum of `succeeded`, `failed`, `denied` and `cancelled`.
        asked: Questions that a person was asked.
        approved: Of these, how many got a yes; `rejected` and `unanswered` likewise.
        minutes: The owners' estimates of the successful calls, added up.
        thumbs: Exchange -> the last thumb that a person gave its result, `up` or `down`.
        latencies: Milliseconds of each answered call.
        decisions: Milliseconds of each yes and no.
        times: Unix seconds of each call's end.
    """

    calls: int = 0
    succeeded: int = 0
    failed: int = 0
    denied: int = 0
    cancelled: int = 0
    asked: int = 0
    approved: int = 0
    rejected: int = 0
    unanswered: int = 0
    minutes: float = 0.0
    thumbs: dict[str, str] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    decisions: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def add(self, record: Mapping[str, Any]) -> None:
        """Count one record."""
        event = record["event"]
        if event == Event.OUTCOME and record["outcome"] != Outcome.RETURNED:
            self._end(record)
        elif event == Event.ASKED:
            self.asked += 1
        elif event == Event.WITHDRAWN:
            self.unanswered += 1
        elif event == Event.ANSWERED and record["milliseconds"] is not None:
            self._decide(record)
        elif event == Event.RATED:
            self.thumbs[record["exchange"]] = record["outcome"]

    def thumb(self, which: str) -> int:
        """How many results have this thumb, `up` or `down`."""
        return sum(given == which for given in self.thumbs.values())

    def _end(self, record: Mapping[str, Any]) -> None:
        self.calls += 1
        self.times.append(record["at"])
        how = _ENDED.get(record["outcome"]) or ("failed" if record["reference"] else "succeeded")
        setattr(self, how, getattr(self, how) + 1)
        if how == "succeeded":
            self.minutes += record["minutes"] or 0.0
        if record["outcome"] == Outcome.REPLIED and record["milliseconds"] is not None:
            self.latencies.append(max(record["milliseconds"] - (record["waited"] or 0.0), 0.0))

    def _decide(self, record: Mapping[str, Any]) -> None:
        how = _SAID.get(record["outcome"], "unanswered")
        setattr(self, how, getattr(self, how) + 1)
        if how != "unanswered":
            self.decisions.append(record["milliseconds"])


@dataclass(slots=True)
class Statistics:
    """The figures of a time.

    Attributes:
        since: Unix seconds of its begin, or None for the first record there is.
        total: Everything.
        servers: Short name -> its figures; an empty name stands for calls that led nowhere.
        tools: Short name and tool -> their figures.
    """

    since: float | None
    total: Usage = field(default_factory=Usage)
    servers: dict[str, Usage] = field(default_factory=dict)
    tools: dict[tuple[str, str], Usage] = field(default_factory=dict)

    def add(self, record: Mapping[str, Any]) -> None:
        """Count one record."""
        if record["event"] not in _COUNTED:
            return
        if self.since is None:
            self.since = record["at"]
        server = record["server"]
        # A name that leads nowhere is whatever a model made up; there are too many to list.
        tool = (server, record["tool"] if server else "")
        self.total.add(record)
        self.servers.setdefault(server, Usage()).add(record)
        self.tools.setdefault(tool, Usage()).add(record)


def count(records: Iterable[Mapping[str, Any]], since: float | None) -> Statistics:
    """The figures of some records, the oldest first."""
    found = Statistics(since)
    for record in records:
        found.add(record)
    return found


def percentile(samples: Sequence[float], share: float) -> float | None:
    """The smallest sample that at least `share` of all do not exceed; None without samples."""
    if not samples:
        return None
    rank = int(-(-len(samples) * share // 1))
    return sorted(samples)[max(rank - 1, 0)]


def series(times: Iterable[float], since: float, until: float) -> list[int]:
    """How many of some times are in each of `BUCKETS` equal parts of a time."""
    width = max(until - since, 1e-9) / BUCKETS
    found = [0] * BUCKETS
    for time in times:
        place = int((time - since) // width)
        found[min(max(place, 0), BUCKETS - 1)] += 1
    return found


def rate(part: int, whole: int) -> float | None:
    """A share from 0 to 1; None of nothing."""
    return round(part / whole, 4) if whole else None
