"""Everything one call meets, with an upstream that only remembers what reached it.

A person is a window that answers as told; the clock stands still until it is moved.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from auth.identity import Identity
from proxy.approval import Answer, Batch, Desk, Question, Reply
from proxy.audit import Journal
from proxy.catalog import Catalog, Snapshot
from proxy.exchange.call import Call
from proxy.exchange.exchange import Exchanges
from proxy.policy.offering import Offering, Owner, ToolRule
from proxy.policy.risk import Confirm, Risk
from proxy.session import Session, Sessions
from proxy.upstream.contract import Refused
from proxy.upstream.era import Era

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ALICE = Identity("https://sso", "alice", "Alice", frozenset({"data-eng"}))
DROP = {"name": "drop", "inputSchema": {"type": "object"}, "annotations": {"destructiveHint": True}}
READ = {"name": "read", "inputSchema": {"type": "object"}}
WRITE = {
    "name": "write",
    "inputSchema": {
        "type": "object",
        "properties": {
            "table": {"type": "string"},
            "limit": {"type": "integer", "maximum": 1000},
        },
        "required": ["table"],
    },
}


class RememberingUpstream:
    """An upstream that answers at once and remembers every call that reached it."""

    era = None
    left_out = None
    fresh = None
    capabilities: ClassVar[dict[str, Any]] = {}
    instructions = ""

    def __init__(self) -> None:
        self.tools: list[dict[str, Any]] = [DROP, READ, WRITE]
        self.reached: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.fault: Exception | None = None
        self.waits = False

    async def list_tools(self) -> list[dict[str, Any]]:
        """The tools, as they are now."""
        return self.tools

    async def send(
        self, _method: str, params: dict[str, Any], _relay: object, **_: object
    ) -> dict[str, Any]:
        """Remember the call, then answer or fail as told."""
        self.reached.append(params)
        if self.waits:
            await asyncio.Event().wait()
        if self.fault is not None:
            raise self.fault
        done: dict[str, Any] = {"content": [{"type": "text", "text": "done"}], "vendor": {"x": 1}}
        return self.answers.pop(0) if self.answers else {"jsonrpc": "2.0", "id": 9, "result": done}

    async def aclose(self) -> None:
        """Nothing is open."""


class AnsweringWindow:
    """A window whose person answers as told, or never."""

    def __init__(self, answer: Answer | None) -> None:
        self.answer = answer
        self.replies: dict[str, Reply] = {}
        """What is said to a call with these arguments, in place of `answer`."""
        self.asked: list[Question] = []
        self.withdrawn = 0
        self.prompts = 0
        self.shown = asyncio.Event()
        self._decided = asyncio.Event()

    def say(self, answer: Answer) -> None:
        """The person, who has not answered so far, does now."""
        self.answer = answer
        self._decided.set()

    async def ask(self, batch: Batch) -> None:
        """Remember the questions, then answer each."""
        self.asked += batch.open
        self.prompts += 1
        self.shown.set()
        if self.answer is None:
            try:
                await self._decided.wait()
            except asyncio.CancelledError:
                self.withdrawn += 1
                raise
        for question in batch.open:
            said = self.replies.get(question.arguments, Reply(self.answer or Answer.SILENCE))
            batch.settle(question, said)

    async def open_url(self, _url: str, _why: str = "") -> bool:
        """No pages here."""
        return False

    def tools_changed(self) -> None:
        """Nobody listens."""

    def approvals_changed(self) -> None:
        """Nobody listens."""


class NoRelay:
    """A client that cannot be asked anything."""

    era = Era.MODERN
    capabilities: Mapping[str, Any] = {}

    def notify(self, message: dict[str, Any]) -> None:
        """Nobody listens."""

    async def request(self, method: str, _params: dict[str, Any]) -> dict[str, Any]:
        """It cannot be asked."""
        raise Refused(-32601, method)


class HearingRelay(NoRelay):
    """A client that hears of progress."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def notify(self, message: dict[str, Any]) -> None:
        """Remember it."""
        self.heard.put_nowait(message["params"])


class House:
    """Everything one call meets, and handles to look at it afterwards."""

    def __init__(self, folder: Path) -> None:
        self.sessions = Sessions()
        self.upstream = RememberingUpstream()
        self.journal = Journal(str(folder / "audit.sqlite3"))
        self.file = folder / "audit.sqlite3"
        self.identity: Identity | None = ALICE
        self.now = 1_000.0
        self.asked = asyncio.Event()
        self.catalog = Catalog(
            snapshot=Snapshot(str(folder / "catalog")),
            connect=lambda _: self.upstream,  # type: ignore[arg-type, return-value]
            changed=self.sessions.tools_changed,
            clock=lambda: self.now,
        )
        self.desk = Desk(
            sessions=lambda: self.sessions,
            clock=lambda: self.now,
            uptime=lambda: 50.0,
            changed=self.asked.set,
            quiet=0.0,
        )
        self.exchanges = Exchanges(
            catalog=self.catalog,
            desk=self.desk,
            journal=self.journal,
            identity=lambda: self.identity,
            clock=lambda: self.now,
            approval_seconds=60.0,
            signs_in=True,
            reassuring=0.001,
            sessions=lambda: self.sessions,
        )
        self.agent = self.open_session("mcp")
        self.offer()

    def offer(self, **changes: Any) -> None:  # noqa: ANN401 - fields of an offering.
        """Offer the one server, with changes."""
        offering = Offering(
            server="presto",
            name="com.example/presto",
            title="Presto",
            url="https://gateway/presto",
            owner=Owner("data-platform", "", "#presto-help"),
            rules={
                "drop": ToolRule(risk=Risk.DESTRUCTIVE, source="registry tools.drop"),
                "write": ToolRule(risk=Risk.WRITE, source="registry tools.write"),
                "read": ToolRule(risk=Risk.READ, confirm=Confirm.NEVER, source="registry read"),
            },
        )
        self.catalog.adopt(
            {"presto": replace(offering, **changes)},
            identity_key=ALICE.key,
            revision="1",
            groups=ALICE.groups,
        )

    def open_session(self, role: Any, answer: Answer | None = None) -> Session:  # noqa: ANN401
        """A window; an editor answers as told."""
        session = Session(role=role, host="Agent")
        if role == "lsp":
            session.window, session.can_ask = AnsweringWindow(answer), True
        self.sessions.add(session)
        return session

    def call(self, name: str, *, returns: bool = False, **params: Any) -> Call:  # noqa: ANN401
        """A call that the agent makes now."""
        given = {"name": name, "arguments": {"table": "dev.x"}, **params}
        return Call(self.agent, name, given, NoRelay(), returns=returns)

    async def run(self, name: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401
        """Make a call and return what the agent gets."""
        return await self.exchanges.call(self.call(name, **params))

    def editor(self, answer: Answer | None = None) -> AnsweringWindow:
        """The window of one more editor."""
        window = self.open_session("lsp", answer).window
        assert isinstance(window, AnsweringWindow)
        return window

    def start(self, name: str, **params: Any) -> tuple[Call, asyncio.Task[dict[str, Any]]]:  # noqa: ANN401
        """A call under way."""
        call = self.call(name, **params)
        return call, asyncio.ensure_future(self.exchanges.call(call))

    async def wait(self, name: str) -> tuple[Call, asyncio.Task[dict[str, Any]]]:
        """A call under way, once its client was told that it waits for a person."""
        relay = HearingRelay()
        call = self.call(name, _meta={"progressToken": 1})
        call.relay = relay
        running = asyncio.ensure_future(self.exchanges.call(call))
        await relay.heard.get()
        return call, running

    async def until(self, count: int) -> None:
        """Wait until so many questions are open."""
        while len(self.desk.questions()) != count:
            self.asked.clear()
            await self.asked.wait()

    async def give_up(self, call: Call, running: asyncio.Task[dict[str, Any]]) -> None:
        """The host's own timeout cancels a call."""
        call.given_up = True
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def records(self) -> list[dict[str, Any]]:
        """The audit, once everything queued is written."""
        await self.journal.close()
        return await self.journal.read(limit=500)


def text(envelope: dict[str, Any]) -> str:
    """The text of a tool error."""
    assert envelope["result"]["isError"] is True
    return str(envelope["result"]["content"][0]["text"])
