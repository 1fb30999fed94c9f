"""Prompts and resources are reads of an offered server, unless the registry says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from proxy.approval import Answer
from proxy.catalog.view import view
from proxy.exchange.call import Call
from proxy.policy.circumstances import Circumstances
from proxy.policy.offering import Offering, Standing, ToolRule
from proxy.policy.reading import judge_reading
from proxy.policy.risk import Confirm, Risk
from proxy.policy.verdict import Ruling
from tests.proxy.house import AnsweringWindow, House, NoRelay

if TYPE_CHECKING:
    from collections.abc import Mapping

ADS = frozenset({"ads"})


def ruling(rules: Mapping[str, ToolRule], group: str = "resources", **changes: Any) -> Ruling:  # noqa: ANN401
    """What policy says of reading `x` of a server with these rules, to a user without groups."""
    offering = Offering("s", "com.example/s", "S", "https://s", rules=rules, **changes)
    return judge_reading(offering, group, "x", Circumstances()).ruling


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, Ruling.ALLOW),
        ({"*": ToolRule(risk=Risk.DESTRUCTIVE)}, Ruling.ALLOW),
        ({"*": ToolRule(confirm=Confirm.ALWAYS)}, Ruling.ASK),
        ({"*": ToolRule(groups=ADS)}, Ruling.DENY),
        ({"resources/*": ToolRule(groups=ADS)}, Ruling.DENY),
        ({"resources/x": ToolRule(risk=Risk.UNKNOWN)}, Ruling.ASK),
        ({"resources/x": ToolRule(risk=Risk.READ), "resources/*": ToolRule()}, Ruling.ALLOW),
        ({"prompts/*": ToolRule(groups=ADS)}, Ruling.ALLOW),
        ({"x": ToolRule(groups=ADS)}, Ruling.ALLOW),
    ],
)
def test_a_rule_of_its_own_counts_and_else_it_is_a_read(
    rules: Mapping[str, ToolRule], expected: Ruling
) -> None:
    """What `*` says of groups and of asking always holds; what it says of risk is about tools."""
    assert ruling(rules) is expected


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.OFFERED])
def test_nothing_is_read_from_a_server_that_is_not_offered(standing: Standing) -> None:
    """Standing comes before every rule."""
    assert ruling({"resources/x": ToolRule(risk=Risk.READ)}, standing=standing) is Ruling.DENY


def test_filters_of_tools_say_nothing_of_resources() -> None:
    """`tools = { allow = … }` of portico.toml means tools."""
    assert ruling({}, allowed_tools=("y",), denied_tools=("*",)) is Ruling.ALLOW


def reading(house: House, name: str = "presto_daily", method: str = "prompts/get") -> Call:
    """A read that the agent makes now."""
    key = "uri" if method == "resources/read" else "name"
    return Call(house.agent, name, {key: name}, NoRelay(), method=method)


async def test_a_read_is_an_exchange_like_a_call(house: House) -> None:
    """It reaches its server under its own name, and the audit says what was read."""
    answer = await house.exchanges.call(reading(house))
    assert answer["result"]["vendor"] == {"x": 1}
    assert house.upstream.reached == [{"name": "daily"}]
    records = await house.records()
    assert {record["tool"] for record in records} == {"prompts/get daily"}
    assert {record["event"] for record in records} == {"intent", "outcome"}


async def test_the_audit_keeps_no_secret_of_a_uri(house: House) -> None:
    """What stands before the host, and behind the question mark, is not written down."""
    uri = "portico+presto+https://user:hunter2@host/page?token=hunter3#hunter4"
    await house.exchanges.call(reading(house, uri, "resources/read"))
    assert house.upstream.reached == [{"uri": uri.removeprefix("portico+presto+")}]
    records = await house.records()
    assert {record["tool"] for record in records} == {"resources/read https://host/page"}
    assert "hunter" not in str(records)


async def test_a_denied_read_never_reaches_an_upstream(house: House) -> None:
    """A program asked, not a model: the answer is an error of the protocol, with its reference."""
    house.offer(standing=Standing.FORBIDDEN, reason="It is for ads-eng.")
    for method, name in (("prompts/get", "presto_daily"), ("resources/read", "portico+presto+a:b")):
        answer = await house.exchanges.call(reading(house, name, method))
        assert "It is for ads-eng." in answer["error"]["message"]
        assert answer["error"]["data"]["reference"] == "denied-by-policy"
    assert house.upstream.reached == []


async def test_what_is_hidden_reads_exactly_like_what_does_not_exist(house: House) -> None:
    """Neither prompts nor URIs tell a hidden server from none."""
    house.offer(standing=Standing.HIDDEN, reason="secret")
    for method, form in (("prompts/get", "{}_x"), ("resources/read", "portico+{}+a:b")):
        told = []
        for server in ("presto", "nobody"):
            answer = await house.exchanges.call(reading(house, form.format(server), method))
            told.append(str(answer).replace(server, "NAME"))
        assert told[0] == told[1]


@pytest.mark.parametrize(("said", "reached"), [(Answer.YES, 1), (Answer.NO, 0)])
async def test_a_read_that_the_registry_guards_is_asked_about(
    house: House, said: Answer, reached: int
) -> None:
    """The person sees what is read; without a yes nothing is."""
    guarded = ToolRule(risk=Risk.SENSITIVE_READ, confirm=Confirm.ALWAYS, source="registry")
    house.offer(rules={"prompts/*": guarded})
    editor = house.open_session("lsp", said)
    await house.exchanges.call(reading(house))
    assert isinstance(editor.window, AnsweringWindow)
    assert [question.tool for question in editor.window.asked] == ["prompts/get daily"]
    assert len(house.upstream.reached) == reached


async def test_a_method_that_nobody_knows_is_asked_about(house: House) -> None:
    """It could do anything, so it is judged like a tool that nobody has described."""
    editor = house.open_session("lsp", Answer.NO)
    call = Call(
        house.agent,
        "acme/wipe",
        {"x": 1},
        NoRelay(),
        method="acme/wipe",
        view=view(("presto",), bare=True),
    )
    await house.exchanges.call(call)
    assert isinstance(editor.window, AnsweringWindow)
    assert [(q.tool, q.arguments) for q in editor.window.asked] == [("acme/wipe", '{"x":1}')]
    assert house.upstream.reached == []
