"""Putting one member into a JSON text, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editors.install import json_text
from editors.install.edit import Unreadable

KEYS = ("mcpServers", "portico")
ENTRY = {"command": "portico", "args": ["mcp"]}


def put(text: str) -> str:
    """The text with Portico's entry."""
    edit = json_text.put(text.encode(), KEYS, ENTRY)
    assert edit is not None
    return edit.apply(text.encode()).decode()


def read(text: bytes) -> Any:  # noqa: ANN401 - JSON is anything.
    """What a text says."""
    return json_text.read(text)


def test_a_member_takes_the_indentation_of_its_neighbours() -> None:
    """The new member stands in the file as its author would have written it."""
    before = '{\n\t"mcpServers": {\n\t\t"other": {\n\t\t\t"command": "x"\n\t\t}\n\t}\n}\n'
    assert put(before) == (
        '{\n\t"mcpServers": {\n\t\t"other": {\n\t\t\t"command": "x"\n\t\t},\n'
        '\t\t"portico": {\n\t\t\t"command": "portico",\n\t\t\t"args": [\n\t\t\t\t"mcp"\n\t\t\t]\n'
        "\t\t}\n\t}\n}\n"
    )


def test_a_comment_stays_on_the_line_it_is_about() -> None:
    """A comment behind the last member is still behind it afterwards."""
    after = put('{"mcpServers": {\n  "a": 1 // mine\n}}')
    assert after.startswith('{"mcpServers": {\n  "a": 1, // mine\n  "portico": {')


def test_a_trailing_comma_is_kept_as_the_files_own_manner() -> None:
    """Where members end with a comma, ours does too."""
    after = put('{\n  "mcpServers": {\n    "a": 1,\n  },\n}\n')
    assert '    "a": 1,\n    "portico": {' in after
    assert after.endswith("    },\n  },\n}\n")


def test_an_object_on_one_line_stays_on_one_line() -> None:
    """Nothing is reformatted, however long the line becomes."""
    assert put('{"mcpServers": {"a": 1}}') == (
        '{"mcpServers": {"a": 1, "portico": {"command": "portico", "args": ["mcp"]}}}'
    )


def test_line_ends_of_windows_are_kept() -> None:
    """Every line that is added ends as the others do."""
    after = put('{\r\n  "mcpServers": {}\r\n}\r\n')
    assert "\n" not in after.replace("\r\n", "")


def test_of_two_members_of_one_name_the_last_counts() -> None:
    """The entry goes where a client will look for it."""
    after = put('{"mcpServers": {"a": 1}, "mcpServers": {"b": 2}}')
    assert after.index('"portico"') > after.index('"b"')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{\n  "a": }', 2),
        ('{"a": 1 "b": 2}', 1),
        ('{"a": 1,, }', 1),
        ("{}\n{}", 2),
        ("[1]", 1),
        ('{"mcpServers": []}', 1),
        ('{"a": 1', 1),
    ],
)
def test_what_is_not_an_object_in_json_is_refused_with_its_line(text: str, line: int) -> None:
    """A file that somebody is in the middle of editing is not guessed at."""
    with pytest.raises(Unreadable) as refused:
        json_text.put(text.encode(), KEYS, ENTRY)
    assert refused.value.line == line


BLANK = st.sampled_from(["", " ", "\n", "\r\n", "\n\t", " // note\n", " /* note */ ", "\n    "])
LEAF = st.sampled_from(
    ["1", "null", "true", '"x"', '"ü // no comment"', "[1, 2,]", "[ ]", "-1.5e3"]
)


@st.composite
def objects(draw: st.DrawFn, depth: int = 2) -> str:
    """JSON objects as people write them: any blanks, comments and trailing commas."""
    names = draw(st.lists(st.sampled_from(["a", "b", "mcpServers", "portico", "ü"]), max_size=3))
    inner: st.SearchStrategy[str] = objects(depth - 1) if depth else LEAF
    parts = [
        f'{draw(BLANK)}"{name}"{draw(BLANK)}:{draw(BLANK)}{draw(inner)}{draw(BLANK)}'
        for name in names
    ]
    trailing = draw(st.sampled_from(["", ","])) if parts else ""
    return "{" + ",".join(parts) + trailing + draw(BLANK) + "}"


@given(objects(), BLANK, st.booleans())
def test_any_text_reads_the_same_but_for_our_member(text: str, tail: str, bom: bool) -> None:
    """The member is there, all else says the same as before, and the cut can be undone."""
    before = (b"\xef\xbb\xbf" if bom else b"") + (text + tail).encode()
    try:
        edit = json_text.put(before, KEYS, ENTRY)
    except Unreadable:
        # The key on the way holds something else than an object.
        assert not isinstance(read(before).get("mcpServers"), dict)
        return
    assert edit is not None
    after = edit.apply(before)
    said, was = read(after), read(before)
    assert said["mcpServers"]["portico"] == ENTRY
    was.setdefault("mcpServers", {})["portico"] = ENTRY
    assert said == was
    assert edit.undone(after) == before
    while (cut := json_text.cut(after, KEYS)) is not None:
        after = cut.apply(after)
    del said["mcpServers"]["portico"]
    assert read(after) == said
