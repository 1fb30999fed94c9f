"""A session is recorded and replayed where nothing of it is known, or meets trouble on purpose."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from proxy.cassette.replay import MARK
from sandbox.company import Company
from tests.process.installation import LAUNCHER, Installation
from tests.process.signing import sign_in
from tests.process.window import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.process.box import Box
    from tests.process.window import Window

PLANTED = "hunter2-is-my-password", "AKIAIOSFODNN7EXAMPLE"
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("presto_run_query", {"query": "SELECT 42 AS answer"}),
    ("presto_run_query", {"query": f"SELECT 'password={PLANTED[0]}' AS planted"}),
    ("presto_run_query", {"query": f"SELECT '{PLANTED[1]}' AS planted"}),
    ("presto_run_query", {"query": "SELECT nothing FROM nowhere"}),
    ("knowledge_search", {"query": "on-call"}),
]


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Installation]:
    """Another checkout with a home in which nobody ever signed in."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    installation = Installation(folder)
    yield installation
    await installation.close()


async def answers(window: Window) -> list[dict[str, Any]]:
    """What a window answers to every call."""
    return [
        (await window.ask("tools/call", {"name": name, "arguments": arguments}))["result"]
        for name, arguments in CALLS
    ]


def unmarked(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same without the mark of a replay."""
    found = []
    for result in results:
        meta = dict(result.get("_meta", {}))
        assert meta.pop(MARK, "Z").endswith("Z")
        rest = {key: value for key, value in result.items() if key != "_meta"}
        found.append({**rest, "_meta": meta} if meta else rest)
    return found


async def test_a_cassette_replays_byte_for_byte_in_a_clean_home(
    portico: Installation, elsewhere: Installation
) -> None:
    """Same tools, same answers, each with its date; planted secrets are not in the file."""
    async with Company() as company:
        portico.configure(company.configuration())
        async with portico.editor() as editor:
            await sign_in(editor, "alice")
        window = await portico.start([LAUNCHER, "record", "agent"])
        await window.initialize()
        tools = await window.tools()
        recorded = await answers(window)
        await window.leave()
    file = portico.project / "agent.cassette.json"
    held = file.read_text(encoding="utf-8")
    for secret in PLANTED:
        assert secret not in held
    assert {call["tool"] for call in json.loads(held)["calls"]} <= {"run_query", "search"}
    shutil.copy(file, elsewhere.project / file.name)
    again = await elsewhere.start([LAUNCHER, "replay", "agent"])
    await again.initialize()
    assert set(await again.tools()) <= set(tools)
    replayed = await answers(again)
    assert all(MARK in result["_meta"] for result in replayed)
    expected = json.dumps(unmarked(recorded))
    for secret in PLANTED:
        expected = expected.replace(secret, "[withheld]")
    assert json.dumps(unmarked(replayed)) == expected
    told = await again.answer(again.call("presto_drop_table", table="dev_alice.scratch"))
    assert told["result"]["_meta"]["portico/fault"]["reference"] == "replay-reads-only"
    missing = text(await again.answer(again.call("presto_run_query", query="SELECT 43 AS answer")))
    assert "SELECT 42 AS answer" in missing
    assert "[not-recorded]" in missing
    assert (await again.leave())[0] == 0
    assert await elsewhere.hub() is None


async def test_what_cannot_be_replayed_says_so_before_it_begins(elsewhere: Installation) -> None:
    """A missing cassette is a sentence and an exit code, not a server without tools."""
    ended = await elsewhere.run("replay", "nothing")
    assert (ended.code, ended.out) == (5, "")
    assert "There is no cassette nothing.cassette.json." in ended.errors


async def test_a_recording_that_cannot_be_is_refused(portico: Installation) -> None:
    """Another file under that name stays as it is."""
    (portico.project / "notes.json").write_text("mine")
    ended = await portico.run("record", "notes.json")
    assert ended.code == 5
    assert "notes.json is not a cassette" in ended.errors
    assert (portico.project / "notes.json").read_text() == "mine"


async def test_trouble_is_only_for_the_window_that_asked_for_it(
    portico: Installation, box: Box
) -> None:
    """Another client of the same hub is served as ever; without a recipe it does not start."""
    window = await portico.start([LAUNCHER, "chaos", "--fail"])
    await window.initialize()
    assert "[portico chaos is on: fail 100 %]" in await window.text("box_read", a=1)
    assert box.calls == []
    other = await (await portico.window()).initialize()
    assert await other.text("box_read", a=1) == "read"
    ended = await portico.run("chaos")
    assert ended.code == 5
    assert "is not told which trouble to make" in ended.errors
