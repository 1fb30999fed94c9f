"""Trouble on purpose: only where it was asked for, in its shares, and said in every answer."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from proxy.chaos.chaos import Chaos
from proxy.chaos.recipe import Recipe, RecipeUnusable, Trouble, parse
from proxy.upstream.era import Era
from tests.proxy.house import NoRelay, text

if TYPE_CHECKING:
    from tests.proxy.house import House


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--delay 2s --fail 10%", "delay 2 s, fail 10 %"),
        ("--delay=250ms --seed 7 --drop 12.5%", "delay 0.25 s, drop 12.5 %, seed 7"),
        ("--expire-token --ask 5%", "expire-token 100 %, ask 5 %"),
        ("--refuse --fail", "refuse 100 %, fail 100 %"),
    ],
)
def test_a_recipe_reads_as_it_was_written(words: str, said: str) -> None:
    """Shares and times as people write them; without a share it is every call."""
    assert parse(words.split()).text() == said


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--delay 2",
        "--delay 601s",
        "--fail 101%",
        "--fail ten",
        "--seed x",
        "--burn",
        "--seed 7",
    ],
)
def test_a_recipe_that_is_not_understood_is_refused(words: str) -> None:
    """A window never starts with less trouble than its person believes."""
    with pytest.raises(RecipeUnusable):
        parse(words.split())


def test_trouble_comes_in_its_share_and_a_seed_repeats_it() -> None:
    """Ten per cent is one call in ten, and the same ones for the same seed."""
    recipe = parse(["--fail", "10%", "--drop", "20%", "--seed", "7"])
    runs = []
    for _ in range(2):
        chance = random.Random(recipe.seed)  # noqa: S311 - no secret depends on it.
        runs.append([recipe.trouble(chance.random) for _ in range(2000)])
    assert runs[0] == runs[1]
    assert 150 < runs[0].count(Trouble.FAIL) < 250
    assert 300 < runs[0].count(Trouble.DROP) < 420


@pytest.mark.parametrize(
    ("trouble", "reference"),
    [
        (Trouble.FAIL, "upstream-failed"),
        (Trouble.REFUSE, "upstream-unreachable"),
        (Trouble.DROP, "upstream-lost"),
        (Trouble.EXPIRE, "upstream-sign-in-needed"),
    ],
)
async def test_a_call_fails_as_it_would_and_nothing_was_sent(
    house: House, trouble: Trouble, reference: str
) -> None:
    """With the reference of the real failure; the server is not thought dead for others."""
    house.agent.chaos = Chaos(Recipe(troubles=((trouble, 1.0),)))
    assert f"[{reference}]" in text(await house.run("presto_read"))
    assert house.upstream.reached == []
    house.agent.chaos = None
    assert "isError" not in (await house.run("presto_read"))["result"]


async def test_a_call_is_held_back(house: House) -> None:
    """For as long as was said, and then it runs."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    house.agent.chaos = Chaos(parse(["--delay", "2s"]), sleep)
    assert "isError" not in (await house.run("presto_read"))["result"]
    assert waited == [2.0]


class AskedRelay(NoRelay):
    """A client whose person answers as told."""

    era = Era.LEGACY

    def __init__(self, answer: dict[str, Any]) -> None:
        self.capabilities = {"elicitation": {}}
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    async def request(self, _method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Answer as told."""
        self.asked.append(params)
        return self.answer


@pytest.mark.parametrize(
    ("answer", "runs"),
    [
        ({"action": "accept", "content": {"go_on": True}}, True),
        ({"action": "accept", "content": {"go_on": False}}, False),
        ({"action": "cancel"}, False),
    ],
)
async def test_a_server_asks_that_would_not_have(
    house: House, answer: dict[str, Any], *, runs: bool
) -> None:
    """In the server's name, as any of its questions; without a yes nothing is sent."""
    house.agent.chaos = Chaos(parse(["--ask"]))
    call = house.call("presto_read")
    relay = call.relay = AskedRelay(answer)
    result = (await house.exchanges.call(call))["result"]
    assert relay.asked[0]["message"].startswith("Presto")
    assert (result.get("isError") is not True) is runs
    assert len(house.upstream.reached) == runs


def test_every_answer_says_that_there_is_trouble_on_purpose() -> None:
    """A result, an error, and a result without content."""
    marked = Chaos(parse(["--fail", "10%"])).marked
    banner = "[portico chaos is on: fail 10 %]"
    result = marked({"result": {"content": [{"type": "text", "text": "x"}], "vendor": 1}})
    assert [block["text"] for block in result["result"]["content"]] == ["x", banner]
    assert result["result"]["vendor"] == 1
    assert marked({"error": {"code": 1, "message": "no"}})["error"]["message"] == f"no {banner}"
    assert marked({"result": {}})["result"]["_meta"] == {"portico/chaos": banner}
