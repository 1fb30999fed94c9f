"""Statistics: figures that anybody can count again from an export."""

from __future__ import annotations

import csv
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide_protocol.command_line import main
from ide_protocol.own.figures import shown
from proxy.audit import Event, Outcome, Record
from proxy.audit.archive import NAMES
from proxy.audit.record import ANSWERED_WITH_ERROR
from proxy.audit.statistics import BUCKETS, count, percentile, series
from tests.proxy.audit.ledger import written

if TYPE_CHECKING:
    from pathlib import Path

milliseconds = st.floats(0, 1e6, allow_subnormal=False).map(lambda taken: round(taken, 3))
answers = ["yes", "no", "stop", "silence", "window gone", "nobody"]


def of(event: st.SearchStrategy[Event], outcomes: list[str]) -> st.SearchStrategy[Record]:
    """Records of some events, with what they can say."""
    return st.builds(
        Record,
        at=st.floats(1.7e9, 1.8e9),
        event=event,
        exchange=st.sampled_from(["", "a", "b"]),
        server=st.sampled_from(["", "presto", "spark"]),
        tool=st.sampled_from(["read", "drop"]),
        outcome=st.sampled_from(outcomes),
        reference=st.sampled_from(["", ANSWERED_WITH_ERROR, "not-approved"]),
        milliseconds=st.none() | milliseconds,
        waited=st.none() | milliseconds,
        minutes=st.none() | st.sampled_from([0.0, 2.5, 15.0]),
    )


others = sorted(set(Event) - {Event.OUTCOME, Event.RATED})
records = (
    of(st.just(Event.OUTCOME), list(Outcome))
    | of(st.sampled_from(others), answers)
    | of(st.just(Event.RATED), ["up", "down"])
)


def recounted(lines: list[dict[str, Any]], **only: str) -> dict[str, Any]:
    """The figures of some exported lines, counted as docs/stats.md says and in no other way."""
    own = [one for one in lines if all(one[name] == value for name, value in only.items())]
    calls = [o for o in own if o["event"] == "outcome" and o["outcome"] != "returned"]
    good = [o for o in calls if o["outcome"] == "replied" and not o["reference"]]
    replied = [o for o in calls if o["outcome"] == "replied"]
    said = [o for o in own if o["event"] == "answered" and o["milliseconds"] is not None]
    answers = Counter(
        {"yes": "yes", "no": "no", "stop": "no"}.get(o["outcome"], "silence") for o in said
    )
    ends = Counter(o["outcome"] for o in calls)
    took = sorted(
        max(o["milliseconds"] - (o["waited"] or 0), 0)
        for o in replied
        if o["milliseconds"] is not None
    )
    thumbs = Counter({o["exchange"]: o["outcome"] for o in own if o["event"] == "rated"}.values())
    return {
        "calls": len(calls),
        "thumbsUp": thumbs["up"],
        "thumbsDown": thumbs["down"],
        "succeeded": len(good),
        "failed": ends["failed"] + len(replied) - len(good),
        "denied": ends["denied"],
        "cancelled": ends["cancelled"],
        "asked": sum(o["event"] == "asked" for o in own),
        "approved": answers["yes"],
        "rejected": answers["no"],
        "unanswered": answers["silence"] + sum(o["event"] == "withdrawn" for o in own),
        "minutesSaved": pytest.approx(sum(o["minutes"] or 0 for o in good), abs=1e-5),
        "p50": pytest.approx(took[-(-len(took) // 2) - 1], abs=1e-3) if took else None,
    }


def told(usage: dict[str, Any]) -> dict[str, Any]:
    """The same figures, as the statistics have them."""
    names = (
        *("calls", "succeeded", "failed", "denied", "cancelled", "asked", "approved", "rejected"),
        *("unanswered", "minutesSaved", "thumbsUp", "thumbsDown"),
    )
    latency = usage["latency"]
    return {**{name: usage[name] for name in names}, "p50": latency["p50"] if latency else None}


@given(st.lists(records, max_size=60))
def test_the_statistics_are_the_audit_to_the_unit(some: list[Record]) -> None:
    """Whatever happened, every figure can be counted again from the exported records alone."""
    lines = [
        json.loads(json.dumps({name: getattr(one, name, 0) for name in NAMES})) for one in some
    ]
    found: Any = shown(count(lines, 1.7e9), 1.8e9)
    assert told(found["total"]) == recounted(lines)
    for one in found["servers"]:
        assert told(one) == recounted(lines, server=one["server"])
    for one in found["tools"]:
        tool = {"tool": one["tool"]} if one["server"] else {}
        assert told(one) == recounted(lines, server=one["server"], **tool)
    for usage in (found["total"], *found["servers"], *found["tools"]):
        ends = ("succeeded", "failed", "denied", "cancelled")
        assert usage["calls"] == sum(usage[name] for name in ends) == sum(usage["series"])
    assert found["total"]["calls"] == sum(one["calls"] for one in found["tools"])


def test_a_percentile_is_a_time_that_was_taken() -> None:
    """Nearest rank: none is made up between two of them."""
    assert percentile([], 0.5) is None
    assert percentile([7.0], 0.99) == 7.0
    assert [percentile([4.0, 1.0, 3.0, 2.0], share) for share in (0.5, 0.75, 0.95)] == [2, 3, 4]


def test_a_series_has_every_time_in_its_part() -> None:
    """The first and the last moment count too, and a time without length has one part."""
    assert series([0.0, 23.9, 24.0], 0.0, 24.0) == [1, *[0] * (BUCKETS - 2), 2]
    assert sum(series([5.0, 5.0], 5.0, 5.0)) == 2


def test_an_export_is_what_the_statistics_are_counted_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON lines and CSV hold the same records, without a hub; a formula in CSV is text."""
    monkeypatch.setenv("PORTICO_HOME", str(tmp_path))
    (tmp_path / "state").mkdir()
    some = [
        Record(1.0, Event.OUTCOME, host="=1+1", server="presto", outcome="replied", minutes=2.5),
        Record(2.0, Event.OUTCOME, server="spark", outcome="denied", reference="not-approved"),
    ]
    head = written(tmp_path / "state" / "audit.sqlite3", some)
    assert main(["audit", "export"]) == 0
    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert printed.err == f"head {head}\n"
    assert [list(line) for line in lines] == [[*NAMES, "previous"]] * 2
    assert told(shown(count(lines, None), 3.0)["total"]) == recounted(lines)  # type: ignore[arg-type]
    assert main(["audit", "export", "--csv", "--server", "presto"]) == 0
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert row["host"] == "'=1+1"
    assert {name: row[name] for name in ("id", "hash", "minutes")} == {
        "id": "1",
        "hash": lines[0]["hash"],
        "minutes": "2.5",
    }
