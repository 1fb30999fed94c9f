"""Names that collide or imitate, whatever letters they are made of."""

from __future__ import annotations

import pytest

from proxy.naming import public_name
from proxy.trust.flag import Flag
from proxy.trust.shadow import Name, shadowing, skeleton
from proxy.trust.together import Listed, together


def name(server: str, own: str, *, reviewed: bool = True) -> Name:
    """A tool under its own and its public name."""
    return Name(server, own, public_name(server, own), reviewed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("presto_run_query", "prest0_run_query"),
        ("presto_list", "presto_1ist"),
        ("presto_run_query", "presto_run-query"),
        ("presto_Run_Query", "presto_run_query"),
        ("presto_modem", "presto_modern"),
        ("presto_run", "\u0440resto_run"),
        ("presto_run", "presto\u200b_run"),
        ("presto_run", "\uff50resto_run"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    """Digits for letters, case, separators, other scripts and hidden characters hide nothing."""
    assert skeleton(one) == skeleton(other)


def test_a_shadowed_name_is_an_error() -> None:
    """Both of two reviewed tools that look alike are at fault, on one server or on two."""
    names = [name("presto", "run_query"), name("prest0", "run_query"), name("presto", "run-query")]
    assert set(shadowing(names)) == {(one.server, one.own) for one in names}


def test_what_nobody_reviewed_gives_way() -> None:
    """A server that the user wrote down cannot take a reviewed tool off the list."""
    names = [name("presto", "run"), name("prest0", "run", reviewed=False)]
    assert shadowing(names) == {("prest0", "run"): "presto_run"}


def test_a_tool_that_bears_anothers_public_name_is_at_fault() -> None:
    """Also one that bears a name of Portico's own; two servers with one plain name are not."""
    names = [
        name("presto", "run_query"),
        name("evil", "presto_run_query"),
        name("evil", "portico_status"),
        name("one", "search"),
        name("two", "search"),
    ]
    assert shadowing(names) == {
        ("evil", "presto_run_query"): "presto_run_query",
        ("evil", "portico_status"): "portico_…",
    }


def test_orders_about_another_servers_tools_are_found_once_both_are_there() -> None:
    """The same words about a tool of its own, or of nobody's, are none."""
    presto = Listed([name("presto", "run_query")], {})
    evil = Listed(
        [name("evil", "audit"), name("evil", "own_tool")],
        {"audit": ("presto_run_query",), "own_tool": ("own_tool", "nobodys_tool")},
    )
    found = together([presto, evil])
    assert set(found) == {("evil", "audit")}
    assert Flag.OTHERS in found["evil", "audit"].says
    assert together([evil]) == {}
