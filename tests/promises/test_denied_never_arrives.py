"""A denied call never reaches the gateway, and a hidden server cannot be told from none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ide_protocol.command_line.exit_code import ExitCode
from tests.process.signing import sign_in

if TYPE_CHECKING:
    from sandbox.company import Company
    from tests.process.installation import Ended, Installation


@pytest.fixture
async def company(company: Company, portico: Installation) -> Company:
    """The company that this home belongs to, and where alice is signed in."""
    async with portico.editor() as editor:
        await sign_in(editor, "alice")
    return company


def arrived(company: Company, server: str) -> list[str]:
    """What the gateway saw of a server, whoever asked."""
    return [record["method"] for record in company.witness if record["server"] == server]


async def test_a_denied_call_never_reaches_the_gateway(
    portico: Installation, company: Company
) -> None:
    """A user outside the group neither sees nor can call; the gateway's own log is the witness."""
    window = await (await portico.window()).initialize()
    assert not [name for name in await window.tools() if name.startswith("revenue")]
    for tool in ("revenue_top_campaigns", "revenue_revenue_by_country", "revenue_nothing"):
        told = await window.text(tool, limit=1)
        assert "[denied-by-policy]" in told
        assert "ads-analytics" in told
    command = await portico.run("call", "revenue.top_campaigns")
    assert command.code == ExitCode.DENIED
    assert "Ask its owner ads-analytics" in command.out + command.errors
    assert arrived(company, "revenue") == []
    assert "tools/call" not in [record["method"] for record in company.witness]
    # The same witness does see what is allowed.
    assert "42" in await window.text("presto_run_query", query="SELECT 42")
    assert arrived(company, "presto").count("tools/call") == 1


async def test_a_call_that_waits_for_a_yes_never_reaches_the_gateway(
    portico: Installation, company: Company
) -> None:
    """While a person is asked, or where nobody is, the gateway has seen nothing of the call."""
    called = await portico.run("call", "presto.drop_table", "--arg", "table=dev_alice.scratch")
    assert called.code == ExitCode.DENIED
    assert "Nobody could be" in called.out + called.errors
    assert "drop_table" not in [record["tool"] for record in company.witness]
    window = await (await portico.window()).initialize()
    number = window.call("presto_drop_table", table="dev_alice.scratch")
    while not (found := (await portico.run("approvals", "--json")).json["approvals"]):
        pass
    assert "drop_table" not in [record["tool"] for record in company.witness]
    assert (await portico.run("reject", found[0]["id"])).code == 0
    assert (await window.answer(number))["result"]["isError"] is True
    assert "drop_table" not in [record["tool"] for record in company.witness]


async def test_a_hidden_server_answers_exactly_like_no_server(
    portico: Installation, company: Company
) -> None:
    """Over MCP and on the command line, byte for byte; and the gateway hears of neither."""
    window = await (await portico.window()).initialize()
    # The hub knows it, so this is about what it says and not about what it was told.
    assert any(str(e["server"]["name"]).endswith("/incidents") for e in company.listing.entries)
    assert (await portico.run("status", "--json")).json["registry"]["fetched"] is not None
    answers = []
    for name in ("incidents", "incidentz"):
        answer = await window.answer(window.call(f"{name}_search", query="x"))
        line = window.lines[-1].replace(name, "NAME")
        answers.append(line.replace(f'"id":{answer["id"]},', ""))
    assert answers[0] == answers[1]
    for form in ((), ("--json",)):
        for command in ("call NAME.search --arg query=x", "tools NAME", "tools NAME.search"):
            hidden_one = _named(await run(portico, command, "incidents", form), "incidents")
            unknown_one = _named(await run(portico, command, "incidentz", form), "incidentz")
            assert hidden_one == unknown_one
            assert hidden_one[0] != 0 or form == ("--json",)
        for command in ("servers", "tools", "status", "doctor"):
            listed = await portico.run(*command.split(), *form)
            assert "incidents" not in (listed.out + listed.errors).lower()
    assert arrived(company, "incidents") == arrived(company, "incidentz") == []


async def run(portico: Installation, command: str, name: str, form: tuple[str, ...]) -> Ended:
    """A command about one server."""
    return await portico.run(*command.replace("NAME", name).split(), *form)


def _named(ended: Ended, name: str) -> tuple[int, str, str]:
    return ended.code, ended.out.replace(name, "NAME"), ended.errors.replace(name, "NAME")
