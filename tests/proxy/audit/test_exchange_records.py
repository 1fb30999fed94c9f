"""What the audit says of a call, as a conversation, and what happens when it cannot say it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from proxy.approval import Answer
from proxy.audit import Event, Journal, Selection
from proxy.audit.chain import verify
from proxy.audit.statistics import count
from proxy.audit.table import connect
from proxy.policy.offering import ToolRule
from proxy.policy.risk import Confirm, Risk
from tests.proxy.house import House, text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from proxy.audit.chain import Finding


def opened(monkeypatch: pytest.MonkeyPatch, look: Callable[[sqlite3.Connection], object]) -> None:
    """Have every connection of a writer looked at when it is opened, in its own thread."""

    def connecting(path: str, *, quick: bool = False) -> sqlite3.Connection:
        connection = connect(path, quick=quick)
        if quick:
            return connection
        look(connection)
        return connection

    monkeypatch.setattr("proxy.audit.writer.connect", connecting)


def whole(house: House) -> Finding:
    """What a check of the house's audit finds."""
    archive = house.journal.archive
    return verify(archive.each(Selection()), archive.ends()[0], None)


def minutes(house: House, estimate: float) -> None:
    """Let the owner estimate what a read saves."""
    rule = ToolRule(Risk.READ, Confirm.NEVER, minutes_saved=estimate, source="registry read")
    drop = ToolRule(Risk.DESTRUCTIVE, source="registry drop")
    house.offer(rules={"read": rule, "drop": drop})


async def test_the_estimate_of_the_day_is_in_the_record(house: House) -> None:
    """A later estimate changes no earlier figure; a call that failed saves nothing."""
    error = {"jsonrpc": "2.0", "result": {"isError": True, "content": []}}
    for estimate in (5.0, 20.0):
        minutes(house, estimate)
        await house.run("presto_read")
    house.upstream.answers = [error, {"jsonrpc": "2.0", "error": {"code": -1, "message": "no"}}]
    for _ in range(2):
        await house.run("presto_read")
    records = await house.records()
    outcomes = [one for one in records if one["event"] == "outcome"]
    assert [(one["minutes"], one["reference"]) for one in outcomes] == [
        (5.0, ""),
        (20.0, ""),
        (20.0, "answered-with-error"),
        (20.0, "answered-with-error"),
    ]
    total = count(records, None).total
    assert (total.succeeded, total.failed, total.minutes) == (2, 2, 25.0)


async def test_a_persons_time_is_theirs_and_not_the_servers(house: House) -> None:
    """The answer says how long they took; the outcome, how much of its time that was."""
    window = house.editor()
    _, running = house.start("presto_drop")
    await window.shown.wait()
    house.now += 7.5
    window.say(Answer.YES)
    await running
    records = await house.records()
    (asked,) = [one for one in records if one["event"] == Event.ASKED]
    (answered,) = [one for one in records if one["event"] == Event.ANSWERED]
    assert (asked["surface"], asked["outcome"]) == ("editor", "")
    assert (answered["surface"], answered["outcome"]) == ("editor", "yes")
    assert answered["milliseconds"] == 7500.0
    assert (records[-1]["milliseconds"], records[-1]["waited"]) == (7500.0, 7500.0)
    total = count(records, None).total
    assert (total.decisions, total.latencies) == ([7500.0], [0.0])


async def test_a_call_that_became_a_question_is_counted_once(house: House) -> None:
    """The question is an exchange that returned; the answer comes with one that ends."""
    house.agent.can_ask = True
    call = house.call("presto_write", returns=True)
    asking = await house.exchanges.call(call)
    house.now += 3.0
    responses = {"portico": {"action": "accept", "content": {"decision": "yes"}}}
    again = house.call("presto_write", returns=True)
    again.params |= {
        "requestState": asking["result"]["requestState"],
        "inputResponses": responses,
    }
    await house.exchanges.call(again)
    records = await house.records()
    told = [(one["event"], one["outcome"]) for one in records if one["event"] != Event.INTENT]
    assert told == [
        ("asked", ""),
        ("outcome", "returned"),
        ("answered", "yes"),
        ("outcome", "replied"),
    ]
    total = count(records, None).total
    assert (total.calls, total.asked, total.approved) == (1, 1, 1)
    assert total.decisions == [3000.0]


async def test_a_destructive_intent_is_on_the_disk_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`synchronous=FULL` for it and for nothing else; what comes meanwhile keeps its order."""
    said: list[str] = []
    opened(monkeypatch, lambda connection: connection.set_trace_callback(said.append))
    house.editor(Answer.YES)
    await house.run("presto_read")
    await asyncio.gather(house.run("presto_drop"), house.run("presto_read"))
    records = await house.records()
    full = said.index("PRAGMA synchronous=FULL")
    assert [one.split()[0] for one in said[full + 1 : full + 3]] == ["BEGIN", "INSERT"]
    assert "COMMIT" in said[full : said.index("PRAGMA synchronous=NORMAL", full)]
    assert said.count("PRAGMA synchronous=FULL") == 1
    assert whole(house).records == len(records)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pages the disk has room for, from the next time that the file is opened.

    It comes before the house, whose journal takes a connection of its own once it is open.
    """
    room = [14]
    opened(monkeypatch, lambda found: found.execute(f"PRAGMA max_page_count={room[0]}"))
    monkeypatch.setattr(Journal, "_take", lambda _, quick: quick.close())
    return room


async def test_a_full_disk_refuses_what_it_cannot_record(pages: list[int], house: House) -> None:
    """No call reaches its server without an intent, and when there is room all of it is told."""
    refused = 0
    while refused < 3:
        envelope = await house.run("presto_read")
        if envelope["result"].get("isError"):
            assert "audit-unwritable" in text(envelope)
            assert "full" in text(envelope)
            refused += 1
    reached = len(house.upstream.reached)
    assert reached
    pages[0] = 10_000
    await house.run("presto_read")
    await house.journal.close()
    records = list(house.journal.archive.each(Selection()))
    assert len(house.upstream.reached) == reached + 1
    assert sum(one["event"] == "intent" for one in records) == reached + 1
    ends = [one["reference"] for one in records if one["event"] == "outcome"]
    assert ends.count("audit-unwritable") == 3, "the refusals are told, too, once there is room"
    assert whole(house).records == len(records)
