"""What a server says while a request is open."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from proxy.upstream.hearing import MOST_QUESTIONS, Hearing
from tests.proxy.upstream.upstream_double import Asker


class Open:
    """An open request: its hearing, its client, its clock, and the answers to the server."""

    def __init__(self, clock: asyncio.Timeout) -> None:
        self.asker = Asker()
        self.clock = clock
        self.answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.changes = 0
        self.hearing = Hearing(
            7, "mine", self.asker, changed=self._changed, answer=self._answer, clock=clock
        )

    def _changed(self) -> None:
        self.changes += 1

    def _answer(self, response: bytes) -> None:
        self.answers.put_nowait(json.loads(response))

    def ask(self, identifier: object, method: str = "elicitation/create") -> None:
        """Let the server ask something."""
        self.hearing.hear({"jsonrpc": "2.0", "id": identifier, "method": method, "params": {}})


class Thinker:
    """A person who thinks until told, and whose question can be withdrawn."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.done = asyncio.Event()
        self.withdrawn = asyncio.Event()

    async def think(self) -> dict[str, Any]:
        """Answer once `done` is set."""
        self.asked.set()
        try:
            await self.done.wait()
        except asyncio.CancelledError:
            self.withdrawn.set()
            raise
        return {"action": "decline"}


async def test_progress_comes_back_under_the_callers_own_token() -> None:
    """Progress that names another request is nobody's, and other news pass as they are."""
    opened = Open(asyncio.timeout(None))
    for token in (7, 8, "mine"):
        params = {"progressToken": token, "progress": 1, "vendor": token}
        opened.hearing.hear({"method": "notifications/progress", "params": params})
    log = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": "x"}}
    opened.hearing.hear(log)
    progress, logged = opened.asker.heard
    assert progress["params"] == {"progressToken": "mine", "progress": 1, "vendor": 7}
    assert logged == log


async def test_every_question_is_answered_whatever_it_is() -> None:
    """A ping is answered here; unknown methods and clients that cannot be asked refuse."""
    async with asyncio.timeout(3600) as clock:
        opened = Open(clock)
        opened.ask(1, "ping")
        opened.ask("b", "acme/launch")
        opened.ask(3)
        answers = [await opened.answers.get() for _ in range(3)]
    assert {"jsonrpc": "2.0", "id": 1, "result": {}} in answers
    refused = {a["id"]: a["error"]["code"] for a in answers if "error" in a}
    assert refused == {"b": -32601, 3: -32601}


async def test_a_storm_of_questions_asks_a_person_few_of_them() -> None:
    """Those over the bound are refused at once; pings are answered without a task of their own."""
    async with asyncio.timeout(3600) as clock:
        opened, person = Open(clock), Thinker()
        opened.asker.answer = person.think
        tasks = len(asyncio.all_tasks())
        for number in range(1000):
            opened.ask(number)
            opened.ask(f"ping {number}", "ping")
        assert len(asyncio.all_tasks()) == tasks + MOST_QUESTIONS
        answers = [opened.answers.get_nowait() for _ in range(opened.answers.qsize())]
        refused = [answer["id"] for answer in answers if "error" in answer]
        assert refused == list(range(MOST_QUESTIONS, 1000))
        assert len(answers) == len(refused) + 1000
        await person.asked.wait()
        assert len(opened.asker.asked) == MOST_QUESTIONS
        opened.hearing.close()


async def test_the_time_limit_stands_still_while_a_person_thinks() -> None:
    """The clock stops at the first open question and goes on after the last one."""
    async with asyncio.timeout(3600) as clock:
        opened, person = Open(clock), Thinker()
        opened.asker.answer = person.think
        opened.ask(1)
        opened.ask(2)
        assert clock.when() is None
        person.done.set()
        assert [(await opened.answers.get())["id"] for _ in range(2)] == [1, 2]
        await asyncio.sleep(0)  # the last question settles in the next turn of the loop
        assert clock.when() is not None


@pytest.mark.parametrize("by", ["the server", "the end of the request"])
async def test_a_question_is_withdrawn_when_it_is_moot(by: str) -> None:
    """The person is not asked any longer, and nothing is answered."""
    async with asyncio.timeout(3600) as clock:
        opened, person = Open(clock), Thinker()
        opened.asker.answer = person.think
        opened.ask("q")
        await person.asked.wait()
        if by == "the server":
            gone = {"method": "notifications/cancelled", "params": {"requestId": "q"}}
            opened.hearing.hear(gone)
        else:
            opened.hearing.close()
        await person.withdrawn.wait()
    assert opened.answers.empty()


@pytest.mark.parametrize(
    "message",
    [
        {"id": 9, "result": {}},
        {"id": [], "method": "elicitation/create"},
        {"method": "notifications/progress", "params": [1]},
        {"method": "notifications/cancelled", "params": {"requestId": {}}},
        {"method": 5},
        {},
    ],
)
async def test_nonsense_is_ignored(message: dict[str, Any]) -> None:
    """What makes no sense is neither passed on nor answered, and breaks nothing."""
    opened = Open(asyncio.timeout(None))
    opened.hearing.hear(message)
    assert (opened.asker.heard, opened.asker.asked) == ([], [])
