"""Names and URIs lead back to where they came from, whatever servers choose to call things."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from proxy.catalog.assortment import Assortment, merge
from proxy.catalog.feature import Feature
from proxy.catalog.shelf import Shelf
from proxy.catalog.uri import made_from
from proxy.catalog.view import view
from proxy.naming import public_name
from proxy.policy.offering import Offering, ToolRule
from proxy.policy.risk import Risk
from proxy.trust.shadow import Name, shadowing

SHORT = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=24).filter(
    lambda name: name[0] != "-" and name != "portico"
)
# Names that look like public ones, hashed ones and each other are the interesting ones.
OWN = st.one_of(
    st.text(min_size=1, max_size=60),
    st.text("ab_-0", min_size=1, max_size=6),
    st.from_regex(r"\A[a-c]{1,3}_[0-9a-f]{6}\Z"),
)
URI = st.one_of(
    st.sampled_from(["file:///a", "file:///b", "row:///{id}"]),
    st.builds("portico+{}+{}".format, SHORT, st.sampled_from(["file:///a", "x:y"])),
    st.text(min_size=1, max_size=20),
)
SERVERS = st.dictionaries(SHORT, st.tuples(st.lists(OWN), st.lists(URI)), max_size=5)


def shadows(servers: dict[str, tuple[list[str], list[str]]]) -> set[tuple[str, str]]:
    """The tools whose names imitate others."""
    return set(
        shadowing(
            Name(server, own, public_name(server, own))
            for server, (tools, _) in servers.items()
            for own in tools
        )
    )


def assorted(servers: dict[str, tuple[list[str], list[str]]]) -> Assortment:
    """The assortment of servers with these tools and resources."""
    rules = {"*": ToolRule(risk=Risk.READ)}
    offerings = {s: Offering(s, s, s, f"https://{s}", rules=rules) for s in servers}
    shelves = {
        server: Shelf(
            tools=[{"name": name} for name in tools],
            others={
                Feature.PROMPTS: [{"name": name} for name in tools],
                Feature.RESOURCES: [{"uri": uri} for uri in uris],
            },
            capabilities={"resources": {}, "prompts": {}},
        )
        for server, (tools, uris) in servers.items()
    }
    return merge(shelves, offerings, frozenset())


@given(SERVERS)
def test_every_name_leads_back_for_any_set_of_servers(
    servers: dict[str, tuple[list[str], list[str]]],
) -> None:
    """Each thing is listed once, unless its name imitates another; its name means it alone."""
    assortment = assorted(servers)
    for feature, column in ((Feature.TOOLS, 0), (Feature.PROMPTS, 0), (Feature.RESOURCES, 1)):
        led = []
        for definition in assortment.listed(feature):
            route = assortment.find(feature, definition[feature.key])
            assert route is not None
            led.append((route.offering.server, route.tool))
        there = {(server, own) for server, lists in servers.items() for own in lists[column]}
        blocked = {
            (route.offering.server, route.tool)
            for route in assortment.routes[feature].values()
            if route.quarantine is not None
        }
        assert (len(led), set(led)) == (len(there - blocked), there - blocked)
        assert blocked == (shadows(servers) if feature is Feature.TOOLS else set())


@given(SERVERS)
def test_one_server_shown_bare_has_exactly_its_own_names(
    servers: dict[str, tuple[list[str], list[str]]],
) -> None:
    """What is shown is what the server listed, and leads to it again."""
    assortment = assorted(servers)
    for server, lists in servers.items():
        alone = view((server,), bare=True)
        blocked = {own for by, own in shadows(servers) if by == server}
        for feature, column in ((Feature.TOOLS, 0), (Feature.PROMPTS, 0), (Feature.RESOURCES, 1)):
            shown = [definition[feature.key] for definition in assortment.listed(feature, alone)]
            missing = blocked if feature is Feature.TOOLS else set()
            assert sorted(shown) == sorted(set(lists[column]) - missing)
            for own in shown:
                route = assortment.find(feature, own, alone)
                assert route is not None
                assert (route.offering.server, route.tool) == (server, own)


def test_a_uri_that_nobody_lists_goes_where_a_template_makes_it() -> None:
    """One template that fits is an answer; two servers that could be meant are none."""
    assortment = assorted({"one": ([], []), "two": ([], [])})
    assert assortment.find(Feature.RESOURCES, "row:///7") is None
    assert made_from("row:///{id}", "row:///7")
    assert made_from("file:///{+path}", "file:///a/b?c")
    assert made_from("x:{a}/{b}{?q*}", "x:1/2?q=3")
    assert made_from("a{x}{+y}b", "a/c/b")
    assert made_from("plain", "plain")
    assert not made_from("row:///{id}", "row:///7/8")
    assert not made_from("plain", "plainer")
    assert not made_from("{a}b", "ac")
    alone = assorted({"one": ([], [])})
    route = alone.find(Feature.RESOURCES, "row:///7")
    assert route is not None
    assert (route.offering.server, route.tool) == ("one", "row:///7")


def test_no_template_keeps_the_hub_busy() -> None:
    """A template of nothing but expressions is answered at once, however long the URI."""
    assert not made_from("{+a}x" * 500 + "!", "x" * 20_000)


@given(SERVERS, st.data())
def test_every_uri_in_an_answer_leads_back_for_any_set_of_servers(
    servers: dict[str, tuple[list[str], list[str]]], data: st.DataObject
) -> None:
    """Whoever says it and whoever lists it: read by its public name, it is the same resource."""
    made = assorted(servers)
    for server, (_, listed) in servers.items():
        uri = data.draw(st.sampled_from(listed) if listed else URI)
        public = made.public_uri(server, uri)
        route = made.find(Feature.RESOURCES, public)
        assert route is not None
        assert (route.offering.server, route.tool) == (server, uri)
        if len(servers) == 1 and not uri.startswith("portico+"):
            assert public == uri
