"""Portico's own methods keep to their contract, whatever is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest

from ide_protocol.own import contract
from proxy.approval import Answer, Surface
from proxy.approval.lease import Lease, Scope
from proxy.audit import Event, Record
from proxy.configuration import ConfigurationFault
from proxy.configuration.fault import Problem
from proxy.policy.offering import Offering, Owner, Standing, ToolRule
from proxy.policy.risk import Risk
from proxy.upstream.fault import UpstreamUnreachable

if TYPE_CHECKING:
    from tests.ide_protocol.conftest import Client, Door

EVIL = "Pre\x1b[2Jsto\u202e"


def stock(door: Door) -> None:
    """Four servers: one that listed, one that is down, one for others, one hidden."""

    def offering(name: str, **changes: Any) -> Offering:  # noqa: ANN401 - fields of an offering.
        return Offering(name, f"com.example/{name}", EVIL, f"https://g/{name}", **changes)

    door.hub.catalog.adopt(
        {
            "presto": offering(
                "presto",
                owner=Owner("data\nteam", "a@b", "#help"),
                rules={
                    "read": ToolRule(Risk.READ, source="registry read"),
                    "purge": ToolRule(
                        Risk.DESTRUCTIVE,
                        groups=frozenset({"admins", "owners"}),
                        source="registry purge",
                    ),
                },
            ),
            "down": offering("down"),
            "ads": offering(
                "ads",
                standing=Standing.FORBIDDEN,
                reason="It is for\nads-eng.",
                groups=frozenset({"ads-eng"}),
                owner=Owner("ads team", "", "#ads-help"),
            ),
            "hidden": offering("hidden", standing=Standing.HIDDEN, reason="secret"),
        },
        identity_key="anonymous",
        revision="1",
        groups=frozenset(),
    )
    shelves = door.hub.catalog._shelves
    tools: list[dict[str, Any]] = [
        {"name": "read", "description": EVIL},
        {"name": "drop", "inputSchema": 7},
    ]
    shelves["presto"].succeeded(tools, 1.0)
    shelves["down"].failed(UpstreamUnreachable("Nobody listens."), 1.0)
    door.hub.catalog._rebuild()


@pytest.fixture
async def person(door: Door) -> Client:
    """A command of a person, in a hub with servers whose upkeep is over."""
    client = await door.open("cli")
    await client.ask(contract.STATUS)
    for errand in list(door.hub.upkeep.errands):
        errand.cancel()
    stock(door)
    return client


def keeps(shape: type, value: dict[str, Any]) -> bool:
    """Whether a value has exactly the keys of a shape."""
    return set(value) == set(get_type_hints(shape))


async def test_status_has_its_shape(person: Client) -> None:
    """Everything an editor's status bar needs, with only servers that the user may know of."""
    status = (await person.ask(contract.STATUS))["result"]
    assert keeps(contract.Status, status)
    assert keeps(contract.Hub, status["hub"])
    assert all(keeps(contract.Window, window) for window in status["hub"]["sessions"])
    assert [server["server"] for server in status["servers"]] == ["ads", "down", "presto"]


async def test_servers_say_how_they_stand(person: Client) -> None:
    """Live, absent with its fault, and forbidden with its reason; hidden ones do not exist."""
    servers = (await person.ask(contract.SERVERS))["result"]["servers"]
    assert all(keeps(contract.Server, server) for server in servers)
    told = {
        server["server"]: (server["state"], server["tools"], server["standing"])
        for server in servers
    }
    assert told == {
        "ads": ("absent", 0, "forbidden"),
        "down": ("absent", 0, "offered"),
        "presto": ("live", 2, "offered"),
    }
    assert {"reference", "message", "who", "remedy"} <= set(servers[1]["fault"])
    for server in servers:
        assert all(text.isprintable() for text in server.values() if isinstance(text, str))


async def test_grants_say_how_a_token_comes_about_and_why_there_is_none(person: Client) -> None:
    """Of every server that the user may know of; asking brings no token about."""
    grants = (await person.ask(contract.GRANTS))["result"]["grants"]
    assert all(keeps(contract.Grant, grant) for grant in grants)
    assert [(g["server"], g["way"], g["held"], g["why"]) for g in grants] == [
        ("ads", "refresh", False, "It is for ads-eng."),
        ("down", "refresh", False, "You are not signed in."),
        ("presto", "refresh", False, "You are not signed in."),
    ]


async def test_tools_say_what_a_call_would_meet(person: Client) -> None:
    """Each with its public name and verdict; a schema that is none becomes an empty one."""
    tools = (await person.ask(contract.TOOLS))["result"]["tools"]
    assert all(keeps(contract.Tool, tool) for tool in tools)
    assert [(t["name"], t["risk"], t["verdict"], t["inputSchema"]) for t in tools] == [
        ("presto_read", "read", "allow", {}),
        ("presto_drop", "unknown", "ask", {}),
    ]
    for server in ("ads", "hidden", "nobody", 7):
        answer = await person.ask(contract.TOOLS, {"server": server})
        assert answer["result"]["tools"] == []


@pytest.mark.parametrize(
    ("method", "params", "reference"),
    [
        (contract.CALL, {}, "bad-params"),
        (contract.CALL, {"server": "presto", "tool": ""}, "bad-params"),
        (contract.CALL, {"server": 7, "tool": "read"}, "bad-params"),
        (contract.CALL, {"server": "presto", "tool": "read", "arguments": []}, "bad-params"),
        (contract.CALL, {"server": "nobody", "tool": "read"}, "unknown-tool"),
        (contract.CALL, {"server": "hidden", "tool": "read"}, "unknown-tool"),
        (contract.ANSWER, {}, "bad-params"),
        (contract.ANSWER, {"id": "x", "answer": "maybe"}, "bad-params"),
        (contract.ANSWER, {"id": 7, "answer": "yes"}, "bad-params"),
        (contract.ANSWER, {"id": "x", "answer": "yes"}, "no-such-question"),
        (contract.ANSWER, {"id": "x", "answer": ["yes"]}, "bad-params"),
        (contract.ACTIVITY, {"limit": 0}, "bad-params"),
        (contract.ACTIVITY, {"limit": 10_001}, "bad-params"),
        (contract.ACTIVITY, {"limit": "5"}, "bad-params"),
        (contract.ACTIVITY, {"limit": True}, "bad-params"),
        (contract.ACTIVITY, {"before": "7"}, "bad-params"),
        (contract.ACTIVITY, {"since": "yesterday"}, "bad-params"),
        (contract.ACTIVITY, {"server": 7}, "bad-params"),
        (contract.STATS, {"since": "yesterday"}, "bad-params"),
        (contract.WHY, {}, "bad-params"),
        (contract.WHY, {"server": "presto", "tool": 7}, "bad-params"),
        (contract.WHY, {"server": "presto", "tool": "nothing"}, "unknown-tool"),
        (contract.SIGN_IN, {}, "no-company"),
    ],
)
async def test_what_cannot_be_done_is_a_fault_with_a_reference(
    person: Client, method: str, params: dict[str, Any], reference: str
) -> None:
    """Wrong params, unknown names and missing companies each say what and who."""
    error = (await person.ask(method, params))["error"]
    assert error["code"] == contract.FAULT
    assert error["data"]["reference"] == reference
    assert {"message", "who", "remedy"} <= set(error["data"])


async def test_a_hidden_server_and_one_that_does_not_exist_answer_alike(person: Client) -> None:
    """Nothing but the name that was asked for differs."""
    answers = [
        str((await person.ask(contract.CALL, {"server": name, "tool": "read"}))["error"])
        for name in ("hidden", "nobody")
    ]
    assert answers[0].replace("hidden", "nobody") == answers[1]


async def test_why_says_of_what_is_hidden_what_it_says_of_nothing(person: Client) -> None:
    """Byte for byte the same answer but for the name, of a server and of a tool of it."""
    for tool in ({}, {"tool": "read"}, {"tool": "nothing"}):
        hidden, nobody = [
            json.dumps(await person.ask(contract.WHY, {"server": name, **tool}))
            for name in ("hidden", "nobody")
        ]
        assert "unknown-tool" in nobody
        assert hidden.replace("hidden", "nobody") == nobody


async def test_why_names_the_missing_group_the_owner_and_how_to_ask(person: Client) -> None:
    """Of a server for others, and of a tool for others; the text to send says all of it."""
    server = (await person.ask(contract.WHY, {"server": "ads"}))["result"]
    assert keeps(contract.Explanation, server)
    assert (server["verdict"], server["groups"]) == ("deny", ["ads-eng"])
    assert server["remedy"] == "Ask its owner ads team (#ads-help) to be added to ads-eng."
    assert "the group ads-eng" in server["request"]
    tool = (await person.ask(contract.WHY, {"server": "presto", "tool": "purge"}))["result"]
    assert (tool["verdict"], tool["groups"]) == ("deny", ["admins", "owners"])
    assert tool["owner"] == {"team": "data team", "contact": "a@b", "support": "#help"}
    assert "(#help or a@b) to be added to admins or owners." in tool["remedy"]
    assert "purge of Pre" in tool["request"]
    assert all(value.isprintable() for value in tool.values() if isinstance(value, str))


async def test_why_of_what_may_be_called_says_what_a_call_meets(person: Client) -> None:
    """The verdict and rule are those that the list of tools shows; nobody has to be asked."""
    for name, verdict in (("read", "allow"), ("drop", "ask")):
        params = {"server": "presto", "tool": name}
        found = (await person.ask(contract.WHY, params))["result"]
        assert (found["verdict"], found["groups"], found["request"]) == (verdict, [], "")
    whole = (await person.ask(contract.WHY, {"server": "presto"}))["result"]
    assert (whole["verdict"], whole["reason"]) == ("allow", "The server is offered to you.")


async def test_activity_is_paged_both_ways(door: Door, person: Client) -> None:
    """`before` goes back for as long as there is `more`, `after` gets what came since."""
    for number in range(7):
        await door.hub.journal.commit(Record(float(number), Event.INTENT, server="presto"))
    page = (await person.ask(contract.ACTIVITY, {"limit": 3}))["result"]
    seen = [record["id"] for record in page["records"]]
    while page["more"]:
        params = {"limit": 3, "before": seen[0]}
        page = (await person.ask(contract.ACTIVITY, params))["result"]
        seen = [*(record["id"] for record in page["records"]), *seen]
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    since = (await person.ask(contract.ACTIVITY, {"after": 5, "since": 5.0}))["result"]
    assert [record["id"] for record in since["records"]] == [6, 7]


async def test_the_audit_is_read_as_it_is_written(door: Door, person: Client) -> None:
    """Each record has its shape; a server's name filters."""
    for server in ("presto", "spark"):
        await door.hub.journal.commit(Record(1.0, Event.INTENT, server=server))
    records = (await person.ask(contract.ACTIVITY, {"server": "spark"}))["result"]["records"]
    assert [record["server"] for record in records] == ["spark"]
    assert keeps(contract.Record, records[0])


async def test_what_a_hub_without_a_company_answers(person: Client) -> None:
    """Nobody is signed in, nothing is pending, and signing out is no mistake."""
    status = (await person.ask(contract.STATUS))["result"]
    assert (status["user"], status["registry"], status["pending"]) == (None, None, 0)
    assert (await person.ask(contract.APPROVALS))["result"] == {"approvals": []}
    assert (await person.ask(contract.SIGN_OUT))["result"] == {}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        (contract.SERVERS, {}),
        (contract.TOOLS, {}),
        (contract.CALL, {"server": "presto", "tool": "read"}),
        (contract.SIGN_IN, {}),
    ],
)
async def test_a_refused_configuration_is_said_and_no_empty_answer_hides_it(
    door: Door, person: Client, method: str, params: dict[str, Any]
) -> None:
    """Whoever asks what it would have decided gets the refusal, and the status begins with it."""
    door.hub.problems.append(ConfigurationFault([Problem("portico.toml", 3, "compnay", "is odd")]))
    error = (await person.ask(method, params))["error"]
    assert error["data"]["reference"] == "configuration-invalid"
    summary = (await person.ask(contract.STATUS))["result"]["summary"]
    assert summary.startswith("Portico offers nothing, because portico.toml is not valid.")
    assert "portico.toml:3: compnay: is odd" in summary


async def test_a_server_that_was_not_asked_yet_is_being_asked(door: Door, person: Client) -> None:
    """Silence is not failure before anybody could answer."""
    offering = Offering("new", "com.example/new", "New", "https://g/new")
    door.hub.catalog.adopt(
        {"new": offering}, identity_key="anonymous", revision="2", groups=frozenset()
    )
    (server,) = (await person.ask(contract.STATUS))["result"]["servers"]
    assert (server["state"], server["fault"]) == ("asking", None)


async def test_the_doctor_has_a_finding_for_each_server(door: Door, person: Client) -> None:
    """What is down says what to do; what is well says nothing more."""

    async def asked(server: str) -> None:
        """Everybody stands as before."""

    door.hub.catalog.relist = asked  # type: ignore[method-assign]
    found = (await person.ask(contract.DOCTOR))["result"]["checks"]
    assert all(keeps(contract.Check, check) for check in found)
    states = {check["name"]: (check["state"], bool(check["remedy"])) for check in found}
    assert states["server presto"] == ("ok", False)
    assert states["server down"] == ("warning", True)
    assert "server hidden" not in states


async def test_a_stop_is_answered_before_the_hub_ends(door: Door, person: Client) -> None:
    """The command hears that it worked."""
    assert (await person.ask(contract.STOP))["result"] == {}
    assert door.reception.stopped.is_set()


async def test_leases_and_stops_are_listed_and_revoked(door: Door, person: Client) -> None:
    """Each in the contract's shape; one by its id, the others all at once."""
    scope = Scope("", "presto", "write", "d", "Agent", "/srv/a", "s1")
    leases = door.hub.exchanges.asking.leases
    until = door.hub.clock() + 60
    given = Lease(
        scope,
        Answer.YES,
        "Presto",
        Surface.EDITOR,
        patterns={"table": "dev.*"},
        until=until,
        left=3,
    )
    leases.give(given)
    leases.give(Lease(scope, Answer.STOP, "Presto", Surface.EDITOR))
    found = (await person.ask(contract.LEASES))["result"]["leases"]
    assert all(keeps(contract.Lease, one) for one in found)
    terms = [(one["answer"], one["arguments"], one["until"], one["left"]) for one in found]
    assert terms == [("yes", {"table": "dev.*"}, until, 3), ("no", {}, None, None)]
    (ended,) = (await person.ask(contract.REVOKE, {"id": given.id}))["result"]["leases"]
    assert ended["id"] == given.id
    assert len((await person.ask(contract.REVOKE))["result"]["leases"]) == 1
    assert (await person.ask(contract.LEASES))["result"] == {"leases": []}
