"""Where the keys of a JSON text stand, and what a cursor in it stands in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.outline.jsonc import outline
from proxy.outline.place import Role

TEXT = """\ufeff// a comment with "quotes" and {
{
  "servers": {
    /* one */ "presto": { "url": "https://x/mcp", "args": [1, ["a"], {"b": null}], },
    "say \\"hi\\"": {"command": "run"}, // behind
  },
}
"""


def test_every_value_is_found_where_it_stands_and_says_what_it_says() -> None:
    """Comments, trailing commas and a byte order mark are passed over."""
    found = outline(TEXT)
    assert found.wrong is None
    assert found.said == {
        "servers": {
            "presto": {"url": "https://x/mcp", "args": [1, ["a"], {"b": None}]},
            'say "hi"': {"command": "run"},
        }
    }
    url = found.places["servers", "presto", "url"]
    assert url.value is not None
    assert TEXT[slice(*url.key)] == '"url"'
    assert TEXT[slice(*url.value)] == '"https://x/mcp"'
    holder = found.places["servers", "presto", "args"].value
    assert holder is not None
    assert TEXT[slice(*holder)] == '[1, ["a"], {"b": null}]'
    assert found.at(TEXT.index("null") + 1) is not None
    innermost = found.at(TEXT.index("null") + 1)
    assert innermost is not None
    assert innermost[0] == ("servers", "presto", "args", 2, "b")


@pytest.mark.parametrize(
    ("before", "role", "path"),
    [
        ("", Role.VALUE, ()),
        ("{", Role.KEY, ()),
        ('{"ser', Role.KEY, ()),
        ('{"servers"', Role.NOTHING, ()),
        ('{"servers": ', Role.VALUE, ("servers",)),
        ('{"servers": {"a": {"command": "x"}, ', Role.KEY, ("servers",)),
        ('{"servers": {"a": {"command": "po', Role.VALUE, ("servers", "a", "command")),
        ('{"servers": {"a": {"args": ["x", ', Role.VALUE, ("servers", "a", "args", 1)),
        ('{"servers": {"a": {"x": tr', Role.VALUE, ("servers", "a", "x")),
        ('{"servers": {} // and', Role.NOTHING, ()),
        ('{"servers": {}}', Role.NOTHING, ()),
    ],
)
def test_a_cursor_knows_what_it_is_in(before: str, role: Role, path: tuple[str | int, ...]) -> None:
    """By the text before it alone, whatever stands behind."""
    found = outline(before).cursor
    assert (found.role, found.path) == (role, path) or role is found.role is Role.NOTHING


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ('{"a" 1}', 5),
        ('{"a": 1 "b": 2}', 8),
        ('{"a": [1}', 8),
        ("{]", 1),
        ('{"a": nope}', 6),
        ('{"a": 1', 7),
        ('{"a": "x\n}', 6),
        ('{,"a": 1}', 1),
    ],
)
def test_what_is_wrong_is_said_once_and_where(text: str, at: int) -> None:
    """The first thing that is no JSON; what follows is read as well as may be."""
    found = outline(text)
    assert found.wrong == at
    assert found.why


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=10,
)


# No deadline: how fast this machine is has no say in what is right.
@settings(deadline=None)
@given(values, st.sampled_from([None, 2]), st.booleans())
def test_it_reads_what_the_parser_reads(said: object, indent: int | None, ascii_: bool) -> None:
    """Any document says the same by both, and each value stands where the outline says."""
    text = json.dumps(said, indent=indent, ensure_ascii=ascii_)
    found = outline(text)
    assert found.wrong is None
    assert found.said == said
    for path, place in found.places.items():
        value: object = said
        for step in path:
            value = value[step]  # type: ignore[index]
        assert place.value is not None
        assert json.loads(text[slice(*place.value)]) == value


@settings(deadline=None)
@given(st.text(alphabet='{}[]:,"\\/*ab1 \n', max_size=40))
def test_no_text_is_too_broken(text: str) -> None:
    """Whatever is typed has an outline whose places are inside the text."""
    found = outline(text)
    for place in found.places.values():
        for start, end in filter(None, (place.key, place.value)):
            assert 0 <= start <= end <= len(text)
