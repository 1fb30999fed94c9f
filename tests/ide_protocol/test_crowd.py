"""Two hundred calls at once over twenty servers: every answer to its own caller, none twice."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.ide_protocol.library import Library, shelves

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ide_protocol.conftest import Client
    from tests.proxy.upstream.upstream_double import Wire

META = "io.modelcontextprotocol/"
FORM = {"type": "object", "properties": {"number": {"type": "integer"}}}
CALLS = 200


class Worker(Library):
    """A server whose tool reports progress, asks a person, or waits until it is cancelled."""

    def __init__(self, *, legacy: bool) -> None:
        super().__init__(legacy=legacy)
        self._usual = self.behave
        self.behave = self._work
        self._numbers = itertools.count(1)
        self._asked: dict[object, asyncio.Future[dict[str, Any]]] = {}
        self._open: dict[object, int] = {}
        self.worked: Counter[int] = Counter()
        self.stopped: set[int] = set()
        self.told = asyncio.Event()

    async def _work(self, wire: Wire) -> None:
        message = wire.seen.message
        if wire.seen.method == "response":
            self._asked.pop(message["id"]).set_result(message["result"])
            wire.send(202)
        elif wire.seen.method == "notifications/cancelled":
            self.stopped.add(self._open.get(message["params"]["requestId"], 0))
            self.told.set()
            wire.send(202)
        elif wire.seen.method == "tools/call":
            await self._call(wire, message["params"])
        else:
            await self._usual(wire)

    async def _call(self, wire: Wire, params: dict[str, Any]) -> None:
        number, kind = params["arguments"]["number"], params["arguments"]["kind"]
        self._open[wire.seen.message["id"]] = number
        wire.stream()
        for step in (1, 2):
            self._say(wire, "notifications/progress", progress=step, message=str(number))
            await asyncio.sleep(0)
        if kind == "cancel":
            return  # Nothing more ever comes: only the caller can end this.
        answer: dict[str, Any] | None = {}
        if kind == "ask":
            answer = await self._ask(wire, params, number)
        if answer is not None:
            self.worked[number] += 1
            self._finish(wire, {"content": [], "number": number, "answer": answer, **self._tail()})

    async def _ask(self, wire: Wire, params: dict[str, Any], number: int) -> dict[str, Any] | None:
        """The person's answer; None when a modern server has sent its question as the result."""
        question = {"mode": "form", "message": f"number {number}", "requestedSchema": FORM}
        if self.is_legacy:
            identifier = next(self._numbers)
            self._asked[identifier] = asyncio.get_running_loop().create_future()
            wire.event(
                {"jsonrpc": "2.0", "id": identifier, "method": "elicitation/create"}
                | {"params": question}
            )
            return await self._asked[identifier]
        if "inputResponses" in params:
            assert params["requestState"] == f"state {number}"
            answer: dict[str, Any] = params["inputResponses"]["q"]
            return answer
        request = {"method": "elicitation/create", "params": question}
        asking = {"resultType": "input_required", "inputRequests": {"q": request}}
        self._finish(wire, {**asking, "requestState": f"state {number}"})
        return None

    def _say(self, wire: Wire, method: str, **params: Any) -> None:  # noqa: ANN401
        token = wire.seen.message["params"]["_meta"]["progressToken"]
        wire.event(
            {"jsonrpc": "2.0", "method": method, "params": {"progressToken": token, **params}}
        )

    def _finish(self, wire: Wire, result: dict[str, Any]) -> None:
        wire.event({"jsonrpc": "2.0", "id": wire.seen.message["id"], "result": result})
        wire.chunk(b"")

    def _tail(self) -> dict[str, str]:
        return {} if self.is_legacy else {"resultType": "complete"}


class Caller:
    """A client that makes many calls at once and keeps what comes back of each."""

    def __init__(self, client: Client, *, modern: bool) -> None:
        self._client = client
        self._modern = modern
        self.answers: dict[object, list[dict[str, Any]]] = {}
        self.heard: dict[object, list[Any]] = {}
        self._arrived: dict[object, asyncio.Event] = {}
        self._moved: dict[object, asyncio.Event] = {}
        self._reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        while True:
            message = await self._client.receive()
            if message.get("method") == "notifications/progress":
                params = message["params"]
                token = params["progressToken"]
                assert params["message"] == str(token)
                self.heard.setdefault(token, []).append(params["progress"])
                self._moved[token].set()
            elif message.get("method") == "elicitation/create":
                reply = answered(message["params"])
                self._client.send({"jsonrpc": "2.0", "id": message["id"], "result": reply})
            elif "method" not in message:
                self.answers.setdefault(message["id"], []).append(message)
                self._arrived[message["id"]].set()

    async def call(self, name: str, number: int, kind: str) -> dict[str, Any] | None:
        """Make one call to its end; None for one that was cancelled."""
        params: dict[str, Any] = {
            "name": name,
            "arguments": {"number": number, "kind": kind},
            "_meta": {"progressToken": number},
        }
        if self._modern:
            params["_meta"][f"{META}protocolVersion"] = "2026-07-28"
            params["_meta"][f"{META}clientCapabilities"] = {"elicitation": {"form": {}}}
        self._moved[number] = asyncio.Event()
        for turn in itertools.count():
            identifier = f"{number}/{turn}"
            self._arrived[identifier] = asyncio.Event()
            self._send(identifier, params)
            if kind == "cancel":
                await self._moved[number].wait()
                cancelled = {"requestId": identifier}
                self._client.send(
                    {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled}
                )
                return None
            await self._arrived[identifier].wait()
            result: dict[str, Any] = self.answers[identifier][0]["result"]
            if result.get("resultType") != "input_required":
                return result
            responses = {k: answered(q["params"]) for k, q in result["inputRequests"].items()}
            params = {**params, "inputResponses": responses}
            if "requestState" in result:
                params["requestState"] = result["requestState"]
        raise AssertionError

    def _send(self, identifier: str, params: dict[str, Any]) -> None:
        request = {"jsonrpc": "2.0", "id": identifier, "method": "tools/call", "params": params}
        self._client.send(request)

    async def close(self) -> None:
        """Read no more."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """The person's answer, which repeats the number in the question."""
    number = int(question["message"].rpartition(" ")[2])
    return {"action": "accept", "content": {"number": number}}


async def test_two_hundred_calls_over_twenty_servers_each_get_their_own_answer(
    tmp_path: Path,
) -> None:
    """Progress, questions and cancellations of both eras interleaved; none lost, none doubled."""
    servers = {f"s{place}": Worker(legacy=place % 2 == 0) for place in range(20)}
    async with shelves(tmp_path, "", **servers) as door:
        clients = [await door.open("mcp"), await door.open("mcp")]
        hello = {"protocolVersion": "2025-11-25", "capabilities": {"elicitation": {}}}
        await clients[0].ask("initialize", hello)
        await clients[0].ask("tools/list", identifier=2)
        callers = [Caller(clients[0], modern=False), Caller(clients[1], modern=True)]
        kinds = {n: ("plain", "ask", "cancel", "ask", "plain")[n % 5] for n in range(1, CALLS + 1)}

        async def run(number: int) -> dict[str, Any] | None:
            name = f"s{number % 20}_read"
            return await callers[number // 20 % 2].call(name, number, kinds[number])

        async with asyncio.timeout(120):
            results = await asyncio.gather(*(run(number) for number in kinds))
        for number, result in zip(kinds, results, strict=True):
            if kinds[number] == "cancel":
                continue
            assert result is not None
            assert result["number"] == number
            if kinds[number] == "ask":
                assert result["answer"]["content"] == {"number": number}
        worked = sum((server.worked for server in servers.values()), Counter[int]())
        assert worked == Counter(n for n, kind in kinds.items() if kind != "cancel")
        for caller in callers:
            assert all(len(given) == 1 for given in caller.answers.values())
            for token, steps in caller.heard.items():
                # What a question waits for is said too, in steps of its own; order is kept.
                assert steps == sorted(steps) or kinds[int(str(token))] == "ask"
            await caller.close()
        await stopped(servers, {n for n, kind in kinds.items() if kind == "cancel"})


async def stopped(servers: dict[str, Worker], numbers: set[int]) -> None:
    """Wait until every legacy server has heard of each cancelled call of its own."""
    async with asyncio.timeout(120):
        for place, server in enumerate(servers.values()):
            while server.is_legacy and {n for n in numbers if n % 20 == place} - server.stopped:
                server.told.clear()
                await server.told.wait()
