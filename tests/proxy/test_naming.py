"""Names that fit every host and never change because of somebody else."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.naming import PUBLIC_LIMIT, SHORT_NAME, public_name, short_names

FIT = re.compile(r"[A-Za-z0-9_-]{1,46}")
SHORT = st.from_regex(SHORT_NAME, fullmatch=True)
# JSON carries lone surrogates, so a server can put them into a name.
TOOL = st.text(st.characters(), max_size=80) | st.from_regex(r"[a-z_]{0,40}_[0-9a-f]{6}")


@given(SHORT, TOOL)
def test_a_public_name_fits_every_host(server: str, tool: str) -> None:
    """At most 46 plain characters, the same each time, its server before the first underscore."""
    name = public_name(server, tool)
    assert FIT.fullmatch(name)
    assert name == public_name(server, tool)
    assert name.partition("_")[0] == server


@given(SHORT, TOOL, SHORT, TOOL)
def test_no_server_can_forge_the_name_of_another(
    server: str, tool: str, other: str, others: str
) -> None:
    """Two servers share no name, whatever they call their tools; nor do two tools of one server."""
    if (server, tool) != (other, others):
        assert public_name(server, tool) != public_name(other, others)


def test_a_tool_named_like_anothers_hashed_name_gets_another() -> None:
    """The hashed form is reserved: who chooses it is hashed again."""
    hashed = public_name("presto", "drop table!")
    assert re.fullmatch(r"presto_drop-table-_[0-9a-f]{6}", hashed)
    assert public_name("presto", hashed.partition("_")[2]) != hashed


@pytest.mark.parametrize(
    ("tool", "plain"),
    [("run_query", True), ("x" * 39, True), ("x" * 40, False), ("a.b", False), ("", False)],
)
def test_a_fitting_name_stays_as_it_is(tool: str, *, plain: bool) -> None:
    """Only what does not fit is hashed, and then it still begins the way it was."""
    name = public_name("presto", tool)
    assert (name == f"presto_{tool}") == plain
    assert len(name) <= PUBLIC_LIMIT


def test_a_short_name_is_the_last_part_of_the_registry_name() -> None:
    """Lower case, plain, at most 24 characters, and never Portico's own."""
    names = short_names(
        [
            ("com.example/Presto_SQL", "1"),
            ("com.example/portico", "1"),
            ("com.example/" + "long-" * 9, "1"),
            ("com.example/日本", "1"),
        ]
    )
    assert names["com.example/Presto_SQL"] == "presto-sql"
    assert re.fullmatch(r"portico-[0-9a-f]{4}", names["com.example/portico"])
    assert names["com.example/日本"] == "server"
    assert all(SHORT_NAME.fullmatch(name) for name in names.values())


def test_short_names_do_not_depend_on_the_order_of_the_registry() -> None:
    """The earliest keeps the plain name, however the list is sorted; no date comes last."""
    entries = [("a/presto", "2025-02-01"), ("b/presto", "2025-01-01"), ("c/presto", "")]
    results = [short_names(order) for order in permutations(entries)]
    assert all(result == results[0] for result in results)
    assert results[0]["b/presto"] == "presto"
    assert len(set(results[0].values())) == 3


@given(st.lists(st.from_regex(r"[a-d]\.x/[a-b]{1,2}", fullmatch=True), unique=True, max_size=12))
def test_a_server_that_comes_later_renames_nobody(servers: list[str]) -> None:
    """Each name stays what it was as the list grows."""
    dated = [(name, f"2025-01-{day + 1:02}") for day, name in enumerate(servers)]
    whole = short_names(dated)
    assert len(set(whole.values())) == len(servers)
    for count in range(len(dated)):
        part = short_names(dated[:count])
        assert part == {name: whole[name] for name in part}


def test_a_taken_name_is_not_given_again() -> None:
    """A hand-written server's name, for example, stays its own."""
    assert short_names([("a/presto", "1")], {"presto"})["a/presto"].startswith("presto-")
