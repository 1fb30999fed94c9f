"""Where the keys of a TOML text stand."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.outline.place import Role
from proxy.outline.toml import locate, outline

if TYPE_CHECKING:
    from proxy.outline.place import Path

TRAPS = (
    r"""# [not.a.table]
top = DDD
[also.not.a.table]
key = "escaped \DDD quote" DDD

"quoted key" = '# no comment'   # a comment = with an equals sign
'literal.key'.sub = 1
literal = DDD"two quotes before the end DDDDD
raw = SSS
[neither.this]
x = 1SSS

[ a . "b.c" ]   # spaces and quotes
list = [ # comments in an array, with ] and "
  "one, still one",
  { deep = { deeper = 2 }, "x=y" = [3, 4] },
  [[5], []],
]
date = 2026-11-24T10:00:00Z
[[many]]
name = "first"
[[many]]
name = "second"
[many.child]
value = true
[empty]
""".replace("DDDDD", '"""""')
    .replace("DDD", '"""')
    .replace("SSS", "'''")
)
"""Everything that could be taken for a key, a table or a comment, and is none."""


def paths(value: object, path: Path = ()) -> list[Path]:
    """Every path of a parsed document, tables and arrays included."""
    below: list[Path] = [path] if path else []
    if isinstance(value, dict):
        items = list(value.items())
    else:
        items = list(enumerate(value)) if isinstance(value, list) else []
    for key, item in items:
        below += paths(item, (*path, key))
    return below


def test_every_key_of_a_hard_document_is_found_and_nothing_else() -> None:
    """The locator names exactly the paths that the parser names, whatever stands in strings."""
    assert set(locate(TRAPS)) == set(paths(tomllib.loads(TRAPS)))


@pytest.mark.parametrize(
    ("path", "start"),
    [
        (("top",), "top ="),
        (("quoted key",), '"quoted key"'),
        (("literal.key", "sub"), "'literal.key'.sub"),
        (("a", "b.c", "list", 1), "  { deep"),
        (("a", "b.c", "list", 1, "deep", "deeper"), "  { deep"),
        (("a", "b.c", "list", 2), "  [[5]"),
        (("many", 1, "name"), 'name = "second"'),
        (("many", 1, "child", "value"), "value = true"),
        (("empty",), "[empty]"),
    ],
)
def test_a_key_is_found_on_the_line_on_which_it_stands(path: Path, start: str) -> None:
    """The line given is the one whose text begins with the key."""
    assert TRAPS.splitlines()[locate(TRAPS)[path] - 1].startswith(start)


words = st.text(st.sampled_from("ab-_0.#\"'[]{}=, \\é"), min_size=1, max_size=6)
values = st.recursive(
    st.one_of(st.integers(0, 9), st.booleans(), words),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


def written(value: object, *, literal: bool) -> str:
    """A value as TOML, with literal strings where they can hold it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        if literal and "'" not in value:
            return f"'{value}'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[\n" + ", # ]\n".join(written(item, literal=literal) for item in value) + "\n]"
    if isinstance(value, dict):
        pairs = [
            f"{written(key, literal=literal)} = {written(item, literal=literal)}"
            for key, item in value.items()
        ]
        return "{ " + ", ".join(pairs) + " }"
    return str(value)


# No deadline: how fast this machine is has no say in what is right.
@settings(deadline=None)
@given(st.dictionaries(words, values, max_size=4), st.booleans())
def test_the_locator_agrees_with_the_parser_on_any_document(
    document: dict[str, object], literal: bool
) -> None:
    """Whatever keys and values a document has, its lines are those of its pairs."""
    text, expected, line = "", {}, 1
    for key, value in document.items():
        pair = f"{written(key, literal=literal)} = {written(value, literal=literal)}\n"
        expected[key,] = line
        line += pair.count("\n")
        text += pair
    found = locate(text)
    assert set(found) == set(paths(tomllib.loads(text)))
    assert {path: at for path, at in found.items() if len(path) == 1} == expected


@pytest.mark.parametrize(
    ("before", "role", "path", "written"),
    [
        ("", Role.KEY, (), ""),
        ("na", Role.KEY, (), "na"),
        ("[comp", Role.HEADER, (), "comp"),
        ("[servers.no", Role.HEADER, ("servers",), "no"),
        ("[[servers.", Role.HEADER, ("servers",), ""),
        ("[company]", Role.NOTHING, (), ""),
        ("[company]\nis", Role.KEY, ("company",), "is"),
        ("[company]\nissuer ", Role.NOTHING, (), ""),
        ("[company]\nissuer = ", Role.VALUE, ("company", "issuer"), ""),
        ('[company]\nissuer = "htt', Role.VALUE, ("company", "issuer"), '"htt'),
        ('[company]\nissuer = "https://x"', Role.NOTHING, (), ""),
        ("[company]\nunreviewed = tr", Role.VALUE, ("company", "unreviewed"), "tr"),
        ('[company]\nscopes = ["openid",\n  "pro', Role.VALUE, ("company", "scopes", 1), '"pro'),
        ("[servers.a]\ntools = { al", Role.KEY, ("servers", "a", "tools"), "al"),
        ("[servers.a]\ntools.al", Role.KEY, ("servers", "a", "tools"), "al"),
        ('tools = { allow = ["re', Role.VALUE, ("tools", "allow", 0), '"re'),
        ("scopes = [\n[company]\nname = ", Role.VALUE, ("company", "name"), ""),
        ("x = \n[company]\n", Role.KEY, ("company",), ""),
        ("# remark", Role.NOTHING, (), ""),
    ],
)
def test_a_cursor_knows_what_it_is_in(before: str, role: Role, path: Path, written: str) -> None:
    """By the text before it alone, also behind something that was left open."""
    found = outline(before).cursor
    assert found.role is role
    if role is not Role.NOTHING:
        assert (found.path, before[found.start :]) == (path, written)


def test_each_key_and_value_has_its_place() -> None:
    """Down to the part of a dotted key, and to the elements of an array."""
    text = '[a."b c"]\nd.e = { f = ["x", 2] }  # end\n'
    places = outline(text).places

    def shown(*path: str | int) -> tuple[str, str | None]:
        place = places[path]
        return text[slice(*place.key)], place.value and text[slice(*place.value)]

    assert shown("a", "b c") == ('"b c"', None)
    assert shown("a", "b c", "d", "e") == ("e", '{ f = ["x", 2] }')
    assert shown("a", "b c", "d", "e", "f") == ("f", '["x", 2]')
    assert shown("a", "b c", "d", "e", "f", 1) == ("2", "2")


@settings(deadline=None)
@given(st.text(alphabet="[]{}=,.\"'\\#ab1 \n", max_size=40))
def test_no_text_is_too_broken(text: str) -> None:
    """Whatever is typed has an outline whose places are inside the text."""
    for place in outline(text).places.values():
        for start, end in filter(None, (place.key, place.value)):
            assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize("end", range(0, len(TRAPS), 7))
def test_every_beginning_of_a_document_has_an_outline(end: int) -> None:
    """A document that is still being written shows what it has so far."""
    found, whole = outline(TRAPS[:end]).places, outline(TRAPS).places
    # Only a key that is cut off can be another than it will be.
    cut = {path for path, place in found.items() if place.key[1] == end}
    assert set(found) - cut <= set(whole)
