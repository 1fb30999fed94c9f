"""What people can answer, and what becomes of it.

Batches, leases, stops, corrections, and answers that come after the host has given up.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from auth.identity import Identity
from proxy.approval import Answer, LeaseWish, Reply, Surface, Voice
from proxy.exchange.editing import EDITED
from proxy.policy.offering import SURFACES, ToolRule
from proxy.policy.risk import Confirm, Risk
from proxy.policy.rule import Policy, Rule
from proxy.policy.verdict import Ruling
from proxy.session import Session
from tests.proxy.house import DROP, READ, WRITE, AnsweringWindow, House, text

if TYPE_CHECKING:
    from collections.abc import Iterable

TABLE = '{"table":"dev.x"}'
LEASE = Reply(Answer.YES, lease=LeaseWish(minutes=10, calls=2))


def events(records: Iterable[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    """The records of one kind."""
    return [record for record in records if record["event"] == event]


# --- batches -----------------------------------------------------------------------------------


async def test_fifty_calls_at_once_are_one_prompt_and_fifty_records(house: House) -> None:
    """An agent that fires fifty calls asks its person once; each call has its own records."""
    editor = house.editor(Answer.YES)
    tables = [f"dev.t{number}" for number in range(50)]
    answers = await asyncio.gather(
        *(house.run("presto_drop", arguments={"table": table}) for table in tables)
    )
    assert (editor.prompts, len(editor.asked)) == (1, 50)
    assert all("error" not in answer["result"].get("_meta", {}) for answer in answers)
    assert sorted(call["arguments"]["table"] for call in house.upstream.reached) == sorted(tables)
    records = await house.records()
    for event in ("asked", "answered", "intent", "outcome"):
        assert len({record["exchange"] for record in events(records, event)}) == 50
    assert len({record["digest"] for record in events(records, "intent")}) == 50


async def test_each_call_of_a_batch_has_its_own_answer(house: House) -> None:
    """Some may run and some may not; what the person leaves open is a no."""
    editor = house.editor(Answer.NO)
    editor.replies['{"table":"dev.t1"}'] = Reply(Answer.YES)
    answers = await asyncio.gather(
        *(house.run("presto_drop", arguments={"table": f"dev.t{n}"}) for n in range(3))
    )
    assert [answer["result"].get("isError", False) for answer in answers] == [True, False, True]
    assert [call["arguments"]["table"] for call in house.upstream.reached] == ["dev.t1"]
    assert editor.prompts == 1


async def test_what_comes_while_a_prompt_is_open_is_the_next_prompt(house: House) -> None:
    """A session never has two prompts at a time, and those that wait are shown together."""
    editor = house.editor(None)
    first = house.start("presto_drop", arguments={"table": "dev.a"})[1]
    await editor.shown.wait()
    rest = [house.start("presto_drop", arguments={"table": name})[1] for name in ("b", "c")]
    await house.until(3)
    assert editor.prompts == 1
    editor.answer = Answer.YES
    house.desk.answer(house.desk.questions()[0].id, Reply(Answer.NO), Voice(Surface.TERMINAL))
    assert "[not-approved]" in text(await first)
    await asyncio.gather(*rest)
    assert (editor.prompts, len(house.upstream.reached)) == (2, 2)


async def test_one_call_withdrawn_leaves_the_rest_of_its_batch_open(house: House) -> None:
    """A cancelled call takes its own question along, and the prompt only with the last."""
    editor = house.editor(None)
    calls = [house.start("presto_drop", arguments={"n": number})[1] for number in range(3)]
    await editor.shown.wait()
    for number, running in enumerate(calls):
        assert (len(house.desk.questions()), editor.withdrawn) == (3 - number, 0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await asyncio.sleep(0)
    assert (house.desk.questions(), editor.withdrawn) == ([], 1)
    assert len(events(await house.records(), "withdrawn")) == 3


async def test_fifty_calls_of_a_modern_client_are_one_form(house: House) -> None:
    """One call carries the form for all; its answer decides each, by default with no."""
    house.agent.can_ask = True
    calls = [
        asyncio.ensure_future(house.run("presto_write", returns=True, arguments={"n": number}))
        for number in range(50)
    ]
    done, waiting = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    (carrier,) = done
    result = carrier.result()["result"]
    properties = result["inputRequests"]["portico"]["params"]["requestedSchema"]["properties"]
    assert [one["default"] for one in properties.values()] == [False] * 50
    assert len(waiting) == 49
    ticked = {name: number % 2 == 0 for number, name in enumerate(properties)}
    given = {"portico": {"action": "accept", "content": ticked}}
    again = {"requestState": result["requestState"], "inputResponses": given}
    number = calls.index(carrier)
    await house.run("presto_write", returns=True, arguments={"n": number}, **again)
    await asyncio.wait(waiting)
    assert sorted(call["arguments"]["n"] for call in house.upstream.reached) == [*range(0, 50, 2)]


async def test_a_form_is_carried_by_a_call_that_is_still_there(house: House) -> None:
    """The first call's host gave up before the form left; the second carries it."""
    house.agent.can_ask = True
    first, running = house.start("presto_write", returns=True, arguments={"n": 1})
    second = house.start("presto_write", returns=True, arguments={"n": 2})[1]
    await house.until(2)
    await house.give_up(first, running)
    result = (await second)["result"]
    properties = result["inputRequests"]["portico"]["params"]["requestedSchema"]["properties"]
    assert list(properties) == ["call_1", "call_2"]


async def test_arguments_changed_after_the_question_are_refused(house: House) -> None:
    """What runs is what was shown: nobody can swap the arguments while a person reads."""
    editor = house.editor(None)
    call, running = house.start("presto_drop")
    await editor.shown.wait()
    call.params["arguments"]["table"] = "prod.orders"
    editor.say(Answer.YES)
    assert "changed while you were asked" in text(await running)
    assert house.upstream.reached == []


# --- what changed ------------------------------------------------------------------------------


async def test_a_question_says_what_changed_since_the_last_yes(house: House) -> None:
    """Nothing is known before the first yes; then each difference, and for this user alone."""
    editor = house.editor(Answer.YES)
    for arguments in ({"table": "a", "limit": 10}, {"table": "a", "limit": 500}):
        await house.run("presto_write", arguments=arguments)
    house.identity = Identity("https://sso", "bob", "Bob", frozenset())
    await house.run("presto_write", arguments={"table": "a"})
    first, second, other = (question.changes for question in editor.asked)
    assert (first, other) == (None, None)
    assert second is not None
    assert [(one.path, one.before, one.after) for one in second] == [("limit", "10", "500")]


# --- impatient hosts ---------------------------------------------------------------------------


async def test_back_after_ninety_seconds_to_a_host_that_gave_up_after_sixty(house: House) -> None:
    """The question outlives the host's timeout, and its yes serves the call that comes next."""
    editor = house.editor(None)
    call, running = house.start("presto_drop")
    await editor.shown.wait()
    house.now += 60
    await house.give_up(call, running)
    assert (len(house.desk.questions()), editor.withdrawn) == (1, 0)
    house.now += 30
    editor.say(Answer.YES)
    await house.until(0)
    assert house.upstream.reached == []
    assert "error" not in await house.run("presto_drop")
    assert (editor.prompts, len(house.upstream.reached)) == (1, 1)
    outcomes = [record["outcome"] for record in events(await house.records(), "outcome")]
    assert outcomes == ["cancelled", "replied"]


@pytest.mark.parametrize("swap", ["arguments", "twice", "late", "host", "workspace"])
async def test_a_late_yes_serves_exactly_one_identical_call(house: House, swap: str) -> None:
    """Not other arguments, not twice, not after five minutes, not another program or workspace."""
    editor = house.editor(None)
    call, running = house.start("presto_drop")
    await editor.shown.wait()
    await house.give_up(call, running)
    editor.say(Answer.YES)
    await house.until(0)
    editor.answer = Answer.NO
    again: dict[str, Any] = {"arguments": {"table": "prod.x"}} if swap == "arguments" else {}
    if swap == "twice":
        await house.run("presto_drop")
        house.upstream.reached.clear()
    house.now += 301 if swap == "late" else 0
    if swap in {"host", "workspace"}:
        house.agent = Session("mcp", host="Agent", workspace="/else")
        house.agent.host = "Other" if swap == "host" else "Agent"
        house.agent.workspace = None if swap == "host" else "/else"
        house.sessions.add(house.agent)
    assert "[not-approved]" in text(await house.run("presto_drop", **again))
    assert house.upstream.reached == []


async def test_a_call_that_comes_back_waits_for_the_question_that_is_open(house: House) -> None:
    """The person sees one prompt, however often their host gives up and calls again."""
    editor = house.editor(None)
    for _ in range(3):
        call, running = await house.wait("presto_drop")
        await house.give_up(call, running)
    _, running = await house.wait("presto_drop")
    editor.say(Answer.YES)
    await running
    assert (editor.prompts, len(house.upstream.reached)) == (1, 1)


async def test_a_late_no_is_told_to_the_next_identical_call(house: House) -> None:
    """The model learns what its person said, and they are not asked the same again at once."""
    editor = house.editor(None)
    call, running = house.start("presto_drop")
    await editor.shown.wait()
    await house.give_up(call, running)
    house.desk.answer(house.desk.questions()[0].id, Reply(Answer.NO), Voice(Surface.TERMINAL))
    await house.until(0)
    assert "The user said no" in text(await house.run("presto_drop"))
    assert editor.prompts == 1


# --- leases ------------------------------------------------------------------------------------


async def test_a_lease_lets_through_what_it_says_and_no_more(house: House) -> None:
    """Its tool, so many calls and minutes; each use is on record, and the next call is asked."""
    editor = house.editor(Answer.NO)
    editor.replies[TABLE] = LEASE
    for _ in range(3):
        await house.run("presto_write")
    assert (editor.prompts, len(house.upstream.reached)) == (1, 3)
    await house.run("presto_write")
    assert editor.prompts == 2, "two further calls are used up"
    house.now += 601
    await house.run("presto_write")
    assert editor.prompts == 3, "ten minutes are over"
    await house.run("presto_drop")
    assert editor.prompts == 4, "another tool"
    records = await house.records()
    assert len(events(records, "leased")) == 3
    used = events(records, "lease-used")
    assert len(used) == 2
    assert {record["rule"] for record in used} == {events(records, "leased")[0]["rule"]}


@pytest.mark.parametrize(
    "swap", ["workspace", "host", "process", "reused", "user", "definition", "arguments", "rule"]
)
async def test_a_lease_dies_with_what_it_was_given_for(house: House, swap: str) -> None:
    """Another workspace, program, user, tool, rule, or arguments that do not match are asked."""
    editor = house.editor(Answer.NO)
    house.agent.workspace = "/srv/a"
    wish = LeaseWish(minutes=10, calls=9, patterns={"table": "dev.*"})
    editor.replies[TABLE] = Reply(Answer.YES, lease=wish)
    await house.run("presto_write")
    await house.run("presto_write", arguments={"table": "dev.other"})
    assert editor.prompts == 1
    arguments = {"table": "dev.third"}
    if swap == "workspace":
        house.agent.workspace = "/srv/b"
    if swap == "host":
        house.agent.host = "Another"
    if swap == "process":
        house.agent.host_pid = 4242
    if swap == "reused":
        house.agent.host_since = 70.0
    if swap == "user":
        house.exchanges.asking.keep_only("")
    if swap == "definition":
        house.upstream.tools = [{**WRITE, "description": "Writes everywhere."}, DROP, READ]
        await house.catalog.relist("presto")
        # Whoever trusts what it has become has not allowed its calls by that.
        offering = house.catalog.offerings["presto"]
        house.catalog.keeper.accept(offering, "write", house.upstream.tools[0])
        house.catalog.look("presto")
    if swap == "arguments":
        arguments = {"table": "prod.orders"}
    if swap == "rule":
        always = ToolRule(risk=Risk.WRITE, confirm=Confirm.ALWAYS, source="registry tools.write")
        house.offer(rules={"write": always})
    await house.run("presto_write", arguments=arguments)
    assert editor.prompts == 2


async def test_nothing_destructive_is_ever_leased(house: House) -> None:
    """A surface that wishes a lease for it anyway gets one call and no lease."""
    editor = house.editor(Answer.YES)
    editor.replies[TABLE] = LEASE
    for _ in range(2):
        await house.run("presto_drop")
    assert editor.prompts == 2
    assert editor.asked[0].lease is None
    assert list(house.exchanges.asking.leases) == []


async def test_a_lease_is_revoked_at_once(house: House) -> None:
    """The next call is asked about again."""
    editor = house.editor(Answer.NO)
    editor.replies[TABLE] = LEASE
    await house.run("presto_write")
    leases = house.exchanges.asking.leases
    (given,) = leases
    assert leases.revoke("guessed") == []
    assert leases.revoke(given.id) == [given]
    await house.run("presto_write")
    assert editor.prompts == 2


# --- stops -------------------------------------------------------------------------------------


async def test_no_and_stop_asking_denies_the_tool_until_it_is_taken_back(house: House) -> None:
    """Like calls are denied unasked and say so; another tool, another session, a revoke ask."""
    editor = house.editor(Answer.STOP)
    for _ in range(2):
        answer = await house.run("presto_drop", arguments={"n": 1})
        assert "not to be asked about it again in this session" in text(answer)
    assert editor.prompts == 1
    await house.run("presto_write")
    assert editor.prompts == 2
    first = house.agent
    house.agent = house.open_session("mcp")
    await house.run("presto_drop")
    assert editor.prompts == 3
    house.agent = first
    assert len(house.exchanges.asking.leases.revoke()) == 3
    await house.run("presto_drop")
    assert editor.prompts == 4
    house.exchanges.asking.leases.leave(first.id)
    assert list(house.exchanges.asking.leases) == []


# --- corrections -------------------------------------------------------------------------------


def correct(editor: AnsweringWindow, **arguments: object) -> None:
    """The person corrects the call, and says yes to that."""
    editor.replies[TABLE] = Reply(Answer.YES, arguments=dict(arguments))


async def test_what_the_person_corrected_is_what_runs_and_the_model_is_told(house: House) -> None:
    """The corrected arguments reach the server; the answer says so beside the server's own."""
    correct(house.editor(Answer.NO), table="dev.y", limit=10)
    answer = await house.run("presto_write")
    assert house.upstream.reached[0]["arguments"] == {"table": "dev.y", "limit": 10}
    result = answer["result"]
    assert (result["content"][0]["text"], result["vendor"]) == ("done", {"x": 1})
    assert "the user changed the arguments" in result["content"][1]["text"]
    assert '"limit":10' in result["content"][1]["text"]
    assert result["_meta"][EDITED] == {"table": "dev.y", "limit": 10}
    records = await house.records()
    asked, edited, intent = (events(records, e)[0] for e in ("asked", "edited", "intent"))
    assert asked["digest"] != edited["digest"] == intent["digest"]


@pytest.mark.parametrize(
    "arguments", [{"limit": 5}, {"table": "dev.y", "limit": 5000}, {"table": 7}]
)
async def test_a_correction_has_to_fit_the_tools_schema(
    house: House, arguments: dict[str, Any]
) -> None:
    """A missing, a too large and a mistyped argument are refused, and nothing of theirs shown."""
    correct(house.editor(Answer.NO), **arguments)
    refused = text(await house.run("presto_write"))
    assert "[edit-refused]" in refused
    assert "5000" not in refused
    assert house.upstream.reached == []


@pytest.mark.parametrize(
    ("ruling", "surfaces", "reference"),
    [
        (Ruling.DENY, SURFACES, "[denied-by-policy]"),
        (Ruling.ASK, frozenset({"page"}), "[not-approved]"),
        (Ruling.ASK, SURFACES, ""),
    ],
)
async def test_a_corrected_call_is_judged_anew(
    house: House, ruling: Ruling, surfaces: frozenset[str], reference: str
) -> None:
    """What a rule says of the new arguments holds: a denial, or a yes from another surface."""
    rule = Rule(
        ruling, "policy.toml:1", tools=("write",), when="args.limit > 100", surfaces=surfaces
    )
    house.offer(policy=Policy(rules=(rule,)))
    correct(house.editor(Answer.NO), table="dev.y", limit=500)
    answer = await house.run("presto_write")
    if reference:
        assert reference in text(answer)
    assert bool(house.upstream.reached) is not bool(reference)


async def test_a_server_cannot_claim_that_its_call_was_corrected(house: House) -> None:
    """What stands under Portico's own keys of `_meta` is Portico's."""
    forged = {"content": [], "_meta": {EDITED: {"table": "x"}, "theirs": 1}}
    house.upstream.answers = [{"jsonrpc": "2.0", "id": 1, "result": forged}]
    assert (await house.run("presto_read"))["result"]["_meta"] == {"theirs": 1}


async def test_a_corrected_call_that_its_server_asks_about_goes_on_corrected(house: House) -> None:
    """A modern client comes back with its own arguments; what runs is still the person's."""
    correct(house.editor(Answer.NO), table="dev.y")
    asks = {"resultType": "input_required", "requestState": "theirs", "inputRequests": {}}
    house.upstream.answers = [{"result": asks}]
    await house.run("presto_write", returns=True)
    back = {"requestState": "theirs", "inputResponses": {}}
    answer = await house.run("presto_write", returns=True, **back)
    assert [call["arguments"] for call in house.upstream.reached] == [{"table": "dev.y"}] * 2
    assert answer["result"]["_meta"][EDITED] == {"table": "dev.y"}


def test_the_questions_text_is_the_arguments_that_are_frozen() -> None:
    """The constant above is what the desk shows of the call that these tests make."""
    assert json.loads(TABLE) == {"table": "dev.x"}


@pytest.mark.parametrize("change", ["surfaces", "risk", "deny", "milder"])
async def test_a_yes_does_not_outlive_the_rules_it_was_given_under(
    house: House, change: str
) -> None:
    """Rules that ask for more while a person decides hold; milder ones change nothing."""
    editor = house.editor()
    running = house.start("presto_write")[1]
    await editor.shown.wait()
    rules = {
        "surfaces": ToolRule(risk=Risk.WRITE, surfaces=frozenset({"page"}), source="registry"),
        "risk": ToolRule(risk=Risk.DESTRUCTIVE, source="registry"),
        "deny": ToolRule(risk=Risk.WRITE, groups=frozenset({"others"}), source="registry"),
        "milder": ToolRule(risk=Risk.WRITE, confirm=Confirm.NEVER, source="registry"),
    }
    house.offer(rules={"write": rules[change]})
    editor.say(Answer.YES)
    answer = await running
    assert bool(house.upstream.reached) is (change == "milder")
    assert change == "milder" or "[not-approved]" in text(answer)
