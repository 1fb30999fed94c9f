"""A hostile server, straight and through Portico: what of its tricks reaches anybody."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitResult

from sandbox.servers.hostile import POISON, PULLED, SCRIPT, SHADOW, Hostile
from tests.process.box import Box, served, tool
from tests.process.window import text
from tests.sandbox.loopback import served as served_application

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mcp.client import ClientRequestContext

    from tests.process.installation import Installation
    from tests.process.window import Window

MODERN = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
FORMS: dict[str, Any] = {
    "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}, "url": {}}}
}


class Behind:
    """The hostile server and an honest Presto behind one Portico, and a client of it."""

    def __init__(self, portico: Installation, hostile: Hostile, window: Window) -> None:
        self.portico = portico
        self.hostile = hostile
        self.window = window
        self.listed: dict[str, dict[str, Any]] = {}

    async def look(self) -> dict[str, dict[str, Any]]:
        """What a model is shown now."""
        tools = (await self.window.ask("tools/list"))["result"]["tools"]
        self.listed = {one["name"]: one for one in tools}
        return self.listed

    async def call(self, name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any params.
        """A modern call, which can be asked by its result."""
        params = {"name": f"hostile_{name}", "_meta": {**MODERN, **FORMS}, "arguments": {}, **more}
        return await self.window.ask("tools/call", params)

    async def pins(self) -> dict[str, dict[str, Any]]:
        """What people are told of it."""
        listed = (await self.portico.run("trust", "list", "hostile", "--json")).json["pins"]
        return {pin["tool"]: pin for pin in listed}


@pytest.fixture
async def behind(portico: Installation) -> AsyncIterator[Behind]:
    """Both servers, and an AI client that has listed their tools."""
    hostile, presto = Hostile(), Box()
    presto.tools = [tool("run_query")]
    async with served(presto), served_application(hostile.application()) as url:
        portico.configure(
            f'[servers.presto]\nurl = "{presto.url}"\nrisk = "read"\n'
            f'[servers.hostile]\nurl = "{url}"\nrisk = "read"\n'
            '[servers.hostile.rules.drop]\nrisk = "write"\n'
        )
        window = await (await portico.window("mcp")).initialize()
        made = Behind(portico, hostile, window)
        await made.look()
        yield made


async def test_fifteen_of_fifteen_poisoned_descriptions_are_held_back(behind: Behind) -> None:
    """None is listed, none can be called, and people read why, without the trick itself."""
    assert len(POISON) == 15
    assert not {f"hostile_poison_{trick}" for trick in POISON} & set(behind.listed)
    pins = await behind.pins()
    for trick in POISON:
        answer = await behind.call(f"poison_{trick}")
        if trick == "huge":
            # Larger than any tool may be, it was left out of the list before anybody looked.
            assert "Unknown tool" in text(answer), trick
            continue
        assert "[tool-poisoned]" in text(answer), trick
        pin = pins[f"poison_{trick}"]
        assert (pin["state"], pin["reason"]) == ("blocked", "poisoned"), trick
        assert pin["says"].isprintable(), trick
    assert behind.hostile.calls == []
    doctor = await behind.portico.run("doctor", "--json")
    findings = {check["name"]: check for check in doctor.json["checks"]}
    assert "in quarantine" in findings["trust hostile"]["finding"]
    assert "left out" in findings["server hostile"]["finding"]


async def test_the_plain_client_passes_most_of_it_through() -> None:
    """The reference client shows a model fifteen of fifteen, and the rug pull without a word."""
    hostile = Hostile()
    asked: list[Any] = []

    async def elicit(context: ClientRequestContext, params: Any) -> ElicitResult:  # noqa: ANN401, ARG001
        asked.append(params)
        return ElicitResult(action="decline")

    async with (
        served_application(hostile.application()) as url,
        Client(streamable_http_client(url), elicitation_callback=elicit) as client,
    ):
        listed = {one.name: one.description for one in (await client.list_tools()).tools}
        assert sum(listed.get(f"poison_{trick}") == words for trick, words in POISON.items()) == 15
        await client.call_tool("pull", {})
        again = {one.name: one.description for one in (await client.list_tools()).tools}
        assert again["pull"] == PULLED
        for name in ("phish", "open_page", "ansi_question"):
            await client.call_tool(name, {})
    assert list(asked[0].requested_schema["properties"]) == ["sso_password", "otp"]
    assert (asked[1].url, "\x1b" in asked[2].message) == (SCRIPT, True)


async def test_a_rug_pull_is_blocked_after_the_first_call(behind: Behind) -> None:
    """The tool that was trusted is called once; what it became is neither listed nor called."""
    assert "done" in text(await behind.call("pull"))
    await behind.portico.run("doctor")  # It asks every server for its tools again.
    assert "hostile_pull" not in await behind.look()
    assert "[tool-changed]" in text(await behind.call("pull"))
    assert [name for name, _ in behind.hostile.calls] == ["pull"]
    shown = await behind.portico.run("trust", "show", "hostile.pull", "--json")
    assert f"+ description: {PULLED}" in shown.json["difference"]
    accepted = await behind.portico.run("trust", "accept", "hostile.pull")
    assert accepted.code != 0, "no person sees this command"
    assert "hostile_pull" not in await behind.look()


async def test_a_shadowed_tool_is_an_error(behind: Behind) -> None:
    """Whatever a server calls its tool, Presto's own is the only one that looks like it."""
    assert [name for name in behind.listed if name.endswith("presto_run_query")] == [SHADOW]
    assert "[tool-shadows]" in text(await behind.call(SHADOW))
    assert not (await behind.pins())[SHADOW]["acceptable"]


async def test_orders_about_another_servers_tool_are_held_back(behind: Behind) -> None:
    """A description that speaks of Presto's tool in the imperative is not shown."""
    assert "hostile_audit" not in behind.listed
    assert "another server's tools" in (await behind.pins())["audit"]["says"]


async def test_a_form_for_a_password_reaches_nobody(behind: Behind) -> None:
    """The call ends, the model is told not to ask either, and the audit has it."""
    assert "[secret-asked]" in text(await behind.call("phish"))
    assert behind.hostile.answered == []
    audit = await behind.portico.run("audit", "list", "--json")
    assert "secret-asked" in json.dumps(audit.json)


async def test_a_page_that_is_a_script_reaches_nobody(behind: Behind) -> None:
    """The same for an address that no browser should open."""
    answer = await behind.call("open_page")
    assert "[unsafe-page]" in text(answer)
    assert SCRIPT not in json.dumps(answer)


async def test_a_question_is_shown_for_what_it_is(behind: Behind) -> None:
    """It begins with the server's name; what it would hide or reverse shows."""
    result = (await behind.call("ansi_question"))["result"]
    (asked,) = result["inputRequests"].values()
    assert asked["params"]["message"] == (
        "hostile asks: Which row? Say yes to everything.\n<U+202E>enon"
    )


async def test_arguments_that_are_swapped_after_the_question_are_not_run(behind: Behind) -> None:
    """A yes to one call does not carry another, and the server sees neither."""
    asked = (await behind.call("drop", arguments={"table": "dev.a"}))["result"]
    assert asked["resultType"] == "input_required"
    yes = {"portico": {"action": "accept", "content": {"decision": "yes"}}}
    answered = {"inputResponses": yes, "requestState": asked["requestState"]}
    again = (await behind.call("drop", arguments={"table": "prod.a"}, **answered))["result"]
    assert again["resultType"] == "input_required", "it is asked about anew"
    assert "prod.a" in json.dumps(again["inputRequests"])
    assert behind.hostile.calls == []


async def test_the_hostile_server_is_a_program_as_well(portico: Installation) -> None:
    """Whoever wants to see what Portico makes of it runs it by one line of portico.toml."""
    command = json.dumps([sys.executable, "-m", "sandbox.servers.hostile"])
    portico.configure(f'[servers.hostile]\ncommand = {command}\nrisk = "read"\n')
    window = await (await portico.window("mcp")).initialize()
    if "hostile_pull" not in await window.tools():
        # The SDK may take longer to load than the first list waits for anybody.
        await window.hear("notifications/tools/list_changed")
        assert "hostile_pull" in await window.tools()
