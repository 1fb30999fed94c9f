"""The opt-in copy of arguments and results: bounded, and without what looks like a secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.audit.capture import MOST, captured
from proxy.exchange.exchange import Exchanges
from tests.proxy.house import House

if TYPE_CHECKING:
    from pathlib import Path

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=60,
)


@pytest.mark.parametrize(
    "secret",
    [
        JWT,
        "hunter2",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "4111 1111 1111 1111",
        "alice@corp.example",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
@pytest.mark.parametrize(
    "where",
    [
        {"query": "use password={} for it"},
        {"headers": {"Authorization": "{}"}},
        {"deep": [[[{"clientSecret": ["{}"]}]]]},
        {"content": [{"type": "text", "text": "curl -H 'Authorization: Bearer {}'"}]},
        {"url": "https://{}@host/path?sig={}"},
    ],
    ids=str,
)
def test_no_secret_stays_in_a_copy(where: dict[str, Any], secret: str) -> None:
    """Wherever it stands and however it is introduced."""
    said = json.loads(json.dumps(where).replace("{}", secret))
    assert secret not in captured(said)


@pytest.mark.parametrize("secret", [JWT, "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n", "a1" * 20])
def test_a_secret_that_nobody_announces_is_found_by_its_form(secret: str) -> None:
    """In the middle of a sentence, and at the end of a text that is cut."""
    for before in ("see ", "x " * 95, "x " * 99):
        kept = captured({"note": f"{before}{secret} thanks"})
        assert not any(secret[at : at + 12] in kept for at in range(0, len(secret) - 12, 4))


@pytest.mark.parametrize(
    "text",
    [
        '{"password": "hunter2", "n": 1}',
        '{"clientSecret":"correct hunter2"}',
        r'{"inner": "{\"password\": \"hunter2\"}"}',
        "{'api_key': 'hunter2'}",
        "DB_PASSWORD=hunter2",
        "password: a,hunter2",
        '{"headers": {"Cookie": "hunter2; a=b',
    ],
)
def test_a_secret_in_a_json_text_is_found_by_its_name(text: str) -> None:
    """A server's result is such a text more often than not; the rest of it stays."""
    kept = captured({"content": [{"type": "text", "text": text}]})
    assert "hunter2" not in kept
    assert "[withheld]" in kept
    assert '\\"n\\": 1' in kept or '"n"' not in text


def test_what_is_no_secret_stays() -> None:
    """A copy that says nothing would be worth nothing."""
    said = {"table": "dev_alice.scratch", "limit": 50, "query": "SELECT id FROM t WHERE d > 3"}
    assert json.loads(captured(said)) == said


@given(documents)
def test_a_copy_is_bounded_and_changes_nothing(value: object) -> None:
    """Whatever it is of, it is JSON of at most so many characters, and the value is as before."""
    before = json.dumps(value)
    assert len(captured(value)) <= MOST
    json.loads(captured(value))
    assert json.dumps(value) == before


@pytest.mark.parametrize("captures", [False, True])
async def test_payloads_are_kept_only_where_a_company_wants_them(
    captures: bool, tmp_path: Path
) -> None:
    """Off, no record holds one; on, the intent holds the arguments and the outcome the result."""
    house = House(tmp_path)
    house.exchanges = Exchanges(
        catalog=house.catalog,
        desk=house.desk,
        journal=house.journal,
        identity=lambda: house.identity,
        clock=lambda: house.now,
        approval_seconds=60.0,
        captures=captures,
    )
    house.journal.open()
    await house.run("presto_read", arguments={"password": "hunter2", "table": "t"})
    payloads = [(one["event"], one["payload"]) for one in await house.records()]
    wanted = [
        ("intent", '{"password":"[withheld]","table":"t"}'),
        ("outcome", '{"content":[{"type":"text","text":"done"}],"vendor":{"x":1}}'),
    ]
    assert payloads == [(event, text if captures else "") for event, text in wanted]


def test_a_copy_of_something_huge_costs_no_more_than_its_bounds() -> None:
    """Most of it is never looked at: here as much as a result may hold, and every text hostile."""
    searched = 0

    class Text(str):
        __slots__ = ()

        def __getitem__(self, part: Any) -> str:  # noqa: ANN401 - as str has it.
            nonlocal searched
            searched += 1
            return str.__getitem__(self, part)

    wide: Any = Text("a1" * 400 + " ")
    for _ in range(5):
        wide = {str(number): wide for number in range(20)}
    assert len(captured(wide)) <= MOST
    assert searched < 200
