"""The server kit: policies, identity, counts and logs of a server in both eras."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Annotated

import httpx2
import pytest
from mcp import Client
from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Elicit, Resolve
from pydantic import BaseModel

from sandbox.kit import Kit, PolicyError, Refusal, authorize_tool, current_caller
from tests.sandbox.loopback import agreeing, connected, in_both_eras, said, served

SECRET = "canary-argument-5150"


class Sure(BaseModel):
    """The answer to a question."""

    sure: bool = False


def question(what: str) -> Elicit[Sure]:
    """Ask about a thing."""
    return Elicit(f"Erase {what}?", Sure)


def whoami() -> str:
    """Say who calls."""
    caller = current_caller()
    return f"{caller}: {', '.join(sorted(caller.groups))}"


@authorize_tool(policy="books")
def erase(what: str, answer: Annotated[ElicitationResult[Sure], Resolve(question)]) -> str:
    """Erase a thing when a person is sure."""
    if not isinstance(answer, AcceptedElicitation) or not answer.data.sure:
        raise Refusal(f"{what} stays.")
    return f"{what} is gone"


def boil(what: str) -> str:
    """Fail in a way nobody foresaw."""
    raise RuntimeError(what)


def kit() -> Kit:
    """A small server with one open, one guarded and one broken tool."""
    made = Kit("small", title="Small", policies={"books": {"finance", "audit"}})
    made.tool(title="Who am I", read_only=True)(whoami)
    made.tool(title="Erase", destructive=True)(erase)
    made.tool(title="Boil")(boil)
    return made


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """The kit's log lines, parsed."""
    return [json.loads(r.getMessage()) for r in caplog.records if r.name == "sandbox.kit.calls"]


@in_both_eras
async def test_tools_see_the_caller_that_the_gateway_named(era: str) -> None:
    """In both eras a tool knows the user and groups of the request it serves."""
    async with served(kit().application()) as address:
        async with connected(address, era, "alice", "finance,employees") as client:
            assert said(await client.call_tool("whoami", {})) == "alice: employees, finance"
        async with connected(address, era) as client:
            assert said(await client.call_tool("whoami", {})) == "nobody: "


@in_both_eras
async def test_a_refused_caller_is_not_even_asked_the_tools_question(
    era: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Policy comes before everything of the tool, and a refused call does not count."""
    asked: list[str] = []
    answer = agreeing(asked, sure=True)
    small = kit()
    caplog.set_level(logging.INFO, "sandbox.kit.calls")
    async with served(small.application()) as address:
        for user, groups in (("bob", "employees"), ("", "")):
            async with connected(address, era, user, groups, answer=answer) as client:
                refused = await client.call_tool("erase", {"what": SECRET})
                assert refused.is_error
                assert "audit or finance (policy books)" in said(refused)
        assert (asked, small.counts) == ([], {})
        async with connected(address, era, "alice", "finance", answer=answer) as client:
            assert said(await client.call_tool("erase", {"what": SECRET})) == f"{SECRET} is gone"
    assert asked == [f"Erase {SECRET}?"]
    assert small.counts == {"erase": 1}
    outcomes = [(line["user"], line["outcome"]) for line in lines(caplog)]
    # The modern era answers a question in a second request; the legacy one within the first.
    assert [end for end in outcomes if end[1] != "asked"] == [
        ("bob", "denied"),
        (None, "denied"),
        ("alice", "ok"),
    ]


@in_both_eras
async def test_log_lines_tell_the_call_and_nothing_of_its_arguments(
    era: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Each call leaves one JSON line with who, what, how long and how it ended."""
    ticks = iter(range(100))
    small = Kit("small", title="Small", clock=lambda: float(next(ticks)))
    small.tool(title="Boil")(boil)
    caplog.set_level(logging.INFO, "sandbox.kit.calls")
    async with served(small.application()) as address, connected(address, era, "alice") as client:
        broken = await client.call_tool("boil", {"what": SECRET})
        assert broken.is_error
        assert SECRET not in said(broken)
        await client.call_tool(SECRET, {"what": SECRET})
    told = lines(caplog)
    assert {line.pop("protocol") for line in told} <= {"2025-11-25", "2026-07-28"}
    same = {"event": "tool-call", "server": "small", "user": "alice", "duration_ms": 1000.0}
    assert told == [
        {**same, "tool": "boil", "outcome": "failed"},
        {**same, "tool": None, "outcome": "failed"},
    ]
    assert SECRET not in "".join(
        r.getMessage() for r in caplog.records if r.name.startswith("sandbox")
    )
    assert small.counts == {"boil": 1}


async def test_one_users_question_cannot_be_answered_by_another() -> None:
    """The state of a question is bound to the user whom the gateway named."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    }
    params = {"name": "erase", "arguments": {"what": "ledger"}, "_meta": meta}
    headers = {
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": "erase",
        "x-forwarded-groups": "finance",
    }
    async with (
        served(kit().application(json_response=True)) as address,
        httpx2.AsyncClient(headers=headers) as http,
    ):

        async def call(user: str, **more: object) -> dict[str, dict[str, object]]:
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
            answer = await http.post(
                address,
                json={**body, "params": {**params, **more}},
                headers={"x-forwarded-user": user},
            )
            found: dict[str, dict[str, object]] = answer.json()
            return found

        asked = (await call("alice"))["result"]
        requests = asked["inputRequests"]
        assert isinstance(requests, dict)
        reply = {key: {"action": "accept", "content": {"sure": True}} for key in requests}
        given = {"inputResponses": reply, "requestState": asked["requestState"]}
        assert "error" in await call("bob", **given)
        assert (await call("alice", **given))["result"]["isError"] is False


async def test_a_cancelled_call_is_recorded_as_such(caplog: pytest.LogCaptureFixture) -> None:
    """A call whose client has gone ends as `cancelled`, and it counts."""
    small = Kit("small", title="Small")
    begun = asyncio.Event()

    async def wait() -> str:
        """Wait for ever."""
        begun.set()
        await asyncio.Event().wait()
        return ""

    small.tool(title="Wait")(wait)
    caplog.set_level(logging.INFO, "sandbox.kit.calls")
    async with Client(small.server) as client:
        call = asyncio.create_task(client.call_tool("wait", {}))
        await begun.wait()
        call.cancel()
        await asyncio.wait({call})
    assert [line["outcome"] for line in lines(caplog)] == ["cancelled"]
    assert small.counts == {"wait": 1}


async def test_tools_carry_their_hints_and_descriptions() -> None:
    """What the decorator says about harm is what clients are told."""
    async with Client(kit().server) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    hints = tools["erase"].annotations
    assert hints is not None
    assert (hints.read_only_hint, hints.destructive_hint) == (False, True)
    assert tools["erase"].description == "Erase a thing when a person is sure."
    assert set(tools["erase"].input_schema["properties"]) == {"what"}


def test_a_policy_that_would_protect_nothing_is_an_error() -> None:
    """An unknown policy, or one put on a function that is a tool already, fails at once."""
    small = Kit("small", title="Small", policies={"books": {"finance"}})

    def late() -> str:
        """Do nothing."""
        return ""

    with pytest.raises(PolicyError, match="known: books"):
        small.tool(title="Late")(authorize_tool(policy="bookz")(late))

    def open_tool() -> str:
        """Do nothing."""
        return ""

    small.tool(title="Open")(open_tool)
    with pytest.raises(PolicyError, match=r"below @kit\.tool"):
        authorize_tool(policy="books")(open_tool)


def test_building_a_server_leaves_the_programs_logging_alone() -> None:
    """The SDK's handlers do not stay on the root logger."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    root.handlers.clear()
    try:
        kit()
        assert root.handlers == []
    finally:
        root.handlers[:] = before[0]
    assert root.level == before[1]
