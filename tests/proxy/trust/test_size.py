"""Results have a limit, which is looked at without writing them out."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.trust.size import exceeds
from tests.proxy.house import House, text


@pytest.mark.parametrize(
    "value",
    [
        {"content": [{"type": "text", "text": "x" * 101}]},
        {"structuredContent": {"rows": [["x"] * 20] * 10}},
        {"content": [{"text": "\u00e4" * 51}]},
        {"x" * 101: None},
        [0] * 101,
        [[[]] * 60] * 2,
    ],
)
def test_whatever_a_result_is_made_of_it_weighs_something(value: Any) -> None:  # noqa: ANN401
    """Texts, keys, and lists of nothing."""
    assert exceeds(value, 100)
    assert not exceeds(value, 10_000)


async def test_a_result_that_is_too_large_is_not_passed_on(house: House) -> None:
    """The model is told that the call ran, and to ask for less; the audit has it as failed."""
    house.exchanges.most_result = 1000
    house.upstream.answers = [
        {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "x" * size}]}}
        for size in (900, 1001)
    ]
    assert "x" * 900 in str(await house.run("presto_read"))
    said = text(await house.run("presto_read"))
    assert "[result-too-large]" in said
    assert "did what was asked" in said
    outcomes = [r["outcome"] for r in await house.records() if r["event"] == "outcome"]
    assert outcomes == ["replied", "failed"]
