"""The file of a cassette, and what it says of a call that is not in it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.cassette.cassette import Cassette, CassetteUnusable, key, read
from proxy.cassette.nearest import missing
from proxy.cassette.recorder import Recorder, opened

if TYPE_CHECKING:
    from pathlib import Path

PRESTO: Any = {"title": "Presto", "definitions": [{"name": "q"}, {"name": "r"}]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def cassette(*calls: tuple[str, dict[str, Any]]) -> Cassette:
    """A cassette with these calls of presto's."""
    made = Cassette({"presto": {"title": "Presto", "tools": [{"name": "q"}], "read": ["q"]}})
    for tool, arguments in calls:
        made.track("presto", tool, arguments).answers.append(
            {"recorded": "2026-11-26T02:20:00Z", "result": {"content": []}}
        )
    return made


@given(st.dictionaries(st.text(max_size=8), JSON))
def test_what_was_written_is_read_and_found_again(arguments: dict[str, Any]) -> None:
    """Whatever the arguments, and in whichever order their keys come."""
    made = cassette(("q", arguments))
    again = read(made.text(), "x")
    assert again == made
    backwards = dict(reversed(list(arguments.items())))
    assert again.find("presto", "q", backwards) is not None


def test_a_key_does_not_tell_a_secret() -> None:
    """Calls that differ in nothing but a secret are one call, so that no digest can be guessed."""
    assert key("a", "b", {"password": "x"}) == key("a", "b", {"password": "y"})
    assert key("a", "b", {"n": 1}) != key("a", "b", {"n": 2})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a cassette"),
        ("{}", "is not a cassette"),
        ('{"portico": "cassette", "format": 2}', "format 2"),
        ('{"portico": "cassette", "format": 1, "servers": [], "calls": []}', "is not a cassette"),
        (
            '{"portico": "cassette", "format": 1, "servers": {}, "calls": [{"server": 1}]}',
            "is not a cassette",
        ),
    ],
)
def test_what_is_no_cassette_is_refused(text: str, says: str) -> None:
    """With a sentence, whatever is wrong."""
    with pytest.raises(CassetteUnusable, match=says):
        read(text, "x")


@pytest.mark.parametrize(
    ("calls", "asked", "says"),
    [
        ([], ("q", {}), "The cassette is empty, so it has no answer to presto.q."),
        (
            [("q", {"sql": "a", "n": 1}), ("q", {"sql": "b", "n": 5})],
            ("q", {"sql": "a", "n": 2, "m": 3}),
            "n was 1 and is 2 now; m was not given when it was recorded.",
        ),
        (
            [("q", {"n": 1})],
            ("q", {}),
            "its only call of it differs: n was 1 and is not given now.",
        ),
        ([("query", {})], ("qery", {}), "The nearest that it has is presto.query."),
        (
            [("q", dict.fromkeys("abcde", 1))],
            ("q", dict.fromkeys("abcde", 2)),
            "c was 1 and is 2 now; and 2 more.",
        ),
    ],
)
def test_a_call_that_is_missing_is_told_what_is_nearest_and_why_it_does_not_serve(
    calls: list[tuple[str, dict[str, Any]]], asked: tuple[str, dict[str, Any]], says: str
) -> None:
    """By the fewest differences, or by the most similar name."""
    assert says in missing(cassette(*calls), "presto", *asked)


async def test_a_recording_takes_the_place_of_an_earlier_one_call_by_call(tmp_path: Path) -> None:
    """What is made again is recorded anew, in its order; what is not made again stays."""
    path = str(tmp_path / "a.cassette.json")
    for answers in ((1, 2), (3,)):
        recorder = Recorder(path, lambda: 0.0)
        for number in answers:
            envelope = {"result": {"structuredContent": {"n": number}}}
            await recorder.take("presto", "q", {}, envelope, **PRESTO)
        error = {"error": {"code": 1, "message": "no"}}
        await recorder.take("presto", "r", {}, error, **PRESTO)
    found = opened(path)
    track = found.find("presto", "q", {})
    assert track is not None
    assert [answer["result"]["structuredContent"]["n"] for answer in track.answers] == [3]
    assert track.answers[0]["recorded"] == "1970-01-01T00:00:00Z"
    failed = found.find("presto", "r", {})
    assert failed is not None
    assert failed.answers[0]["error"] == {"code": 1, "message": "no"}
    assert found.servers["presto"]["read"] == ["q", "r"]
    assert json.loads((tmp_path / "a.cassette.json").read_text())["portico"] == "cassette"


def test_a_pipe_a_device_or_a_link_in_a_workspace_holds_up_nobody(tmp_path: Path) -> None:
    """A folder from somewhere may hold what never ends, in the place of a cassette."""
    pipe, link = tmp_path / "a.cassette.json", tmp_path / "b.cassette.json"
    os.mkfifo(pipe)
    link.symlink_to("/dev/zero")
    for path in (pipe, link):
        with pytest.raises(CassetteUnusable, match="cannot be read"):
            opened(str(path))


def test_what_is_nested_without_an_end_is_no_cassette() -> None:
    """It is refused, and not the end of the hub's task."""
    with pytest.raises(CassetteUnusable):
        read('{"portico": ' + "[" * 100_000, "a")


def test_another_file_is_never_recorded_over(tmp_path: Path) -> None:
    """A name mistyped must not cost anybody a file."""
    other = tmp_path / "notes.json"
    other.write_text("{}")
    with pytest.raises(CassetteUnusable, match=r"notes\.json is not a cassette"):
        Recorder(str(other), lambda: 0.0)
    assert other.read_text() == "{}"
    with pytest.raises(CassetteUnusable, match="There is no cassette"):
        opened(str(tmp_path / "nothing.json"))
    with pytest.raises(CassetteUnusable, match="there is no folder"):
        Recorder(str(tmp_path / "nowhere" / "a.json"), lambda: 0.0)
