"""All shelves as one: what is shown under which public name, and where each name leads. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proxy.catalog.feature import OTHERS, Feature
from proxy.catalog.route import Route
from proxy.catalog.uri import PREFIX, made_from, public_uri, split
from proxy.catalog.view import EVERYTHING
from proxy.naming import public_name
from proxy.policy.circumstances import Circumstances
from proxy.policy.reading import judge_reading
from proxy.policy.verdict import Ruling, judge_listing
from proxy.trust.shadow import Name
from proxy.trust.together import Listed, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from proxy.catalog.shelf import Shelf
    from proxy.catalog.view import View
    from proxy.policy.offering import Offering
    from proxy.trust.quarantine import Quarantine

Table = dict[str, Route]

_WEB = ("https://", "http://")

LIMIT = 8 * 1024 * 1024
"""Bytes of JSON that all lists may have together: every window that lists is sent all of one."""


@dataclass(frozen=True, slots=True)
class Assortment:
    """The merged lists of one moment.

    Attributes:
        shown: Feature -> definitions under their public names, ordered by name; some of them, named
            by `placed`, to some windows only.
        routes: Feature -> public name -> where it leads; also what is not shown.
        offerings: Every server, offered or not.
        addressed: Offered servers that have resources, for URIs that nobody lists.
        left_out: Servers whose lists found no room.
        placed: Feature -> public names that are shown by where a window is, or whose it is.
        groups: The groups of the user whom this is for.
    """

    shown: Mapping[Feature, list[dict[str, Any]]] = field(default_factory=dict)
    routes: Mapping[Feature, Table] = field(default_factory=dict)
    offerings: Mapping[str, Offering] = field(default_factory=dict)
    addressed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    placed: Mapping[Feature, frozenset[str]] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()

    def shows(self, feature: Feature) -> tuple[object, ...]:
        """All that a list of it is made from: two that are equal list the same in every window."""
        placed = self.placed.get(feature, frozenset())
        rules = {
            name: self.offerings[name].placing
            for name in {self.routes[feature][public].offering.server for public in placed}
        }
        return (self.shown.get(feature, []), placed, rules)

    def listed(self, feature: Feature, view: View = EVERYTHING) -> list[dict[str, Any]]:
        """What a window of this view is shown."""
        shown, routes, key = self.shown.get(feature, []), self.routes.get(feature, {}), feature.key
        if placed := self.placed.get(feature):
            who = Circumstances(self.groups, host=view.host, workspace=view.place)
            shown = [
                d for d in shown if d[key] not in placed or _seen(feature, routes[d[key]], who)
            ]
        if view.only is None:
            return shown
        mine = [(d, routes[d[key]]) for d in shown if view.admits(routes[d[key]].offering.server)]
        if view.bare:
            return [{**definition, key: route.tool} for definition, route in mine]
        return [definition for definition, _ in mine]

    def find(self, feature: Feature, name: str, view: View = EVERYTHING) -> Route | None:
        """Where a name leads: also to a server that is not offered, or a name not yet known."""
        routes = self.routes.get(feature, {})
        if view.bare and view.single is not None:
            return self._bare(feature, name, view.single)
        by_uri = feature.key != "name"
        route = routes.get(name) or (self._addressed(name, view) if by_uri else self._named(name))
        if route is None or not view.admits(route.offering.server):
            return None
        return route if route.feature is feature else route.as_feature(feature)

    def public_uri(self, server: str, own: str, view: View = EVERYTHING) -> str:
        """By which URI a window of this view reads what a server calls `own`.

        Verbatim where that leads there, and where nothing would: the server has no resources, or
        the client is to fetch a page of the web by itself (2026-07-28, resources, "https://").
        """
        if view.bare or server not in self.addressed:
            return own
        public = public_uri(server, own)
        if public in self.routes.get(Feature.RESOURCES, {}):
            return public
        found = self.find(Feature.RESOURCES, own, view)
        if found is None:
            return own if own.startswith(_WEB) else public
        return own if (found.offering.server, found.tool) == (server, own) else public

    def _bare(self, feature: Feature, name: str, server: str) -> Route | None:
        routes = self.routes.get(feature, {})
        public = public_name(server, name) if feature.key == "name" else public_uri(server, name)
        found = routes.get(public) or (routes.get(name) if feature.key != "name" else None)
        if found is not None and found.offering.server == server:
            return found
        offering = self.offerings.get(server)
        if offering is None:
            return None
        # A tool that is not known yet is found by its public name once its server has listed it.
        return Route(offering, name, None, feature, public if feature.key == "name" else name)

    def _named(self, public: str) -> Route | None:
        server, _, own = public.partition("_")
        offering = self.offerings.get(server)
        return Route(offering, own, None, public=public) if offering is not None and own else None

    def _addressed(self, uri: str, view: View) -> Route | None:
        """Whose a URI is that nobody lists: the prefix says it, one template, or one server."""
        parts = split(uri)
        if parts is not None:
            servers, own = ([parts[0]] if parts[0] in self.offerings else []), parts[1]
        else:
            own = uri
            servers = self._makers(uri, view)
            if not servers and not self._ambiguous(uri):
                servers = [server for server in self.addressed if view.admits(server)]
        if len(servers) != 1:
            return None
        return Route(self.offerings[servers[0]], own, None, Feature.RESOURCES, uri)

    def _makers(self, uri: str, view: View) -> list[str]:
        templates = self.routes.get(Feature.TEMPLATES, {})
        servers = {
            route.offering.server
            for public, route in templates.items()
            if view.admits(route.offering.server) and made_from(public, uri)
        }
        return sorted(servers)

    def _ambiguous(self, uri: str) -> bool:
        routes = self.routes.get(Feature.RESOURCES, {})
        return any(public_uri(server, uri) in routes for server in self.addressed)


def merge(
    shelves: Mapping[str, Shelf], offerings: Mapping[str, Offering], groups: frozenset[str]
) -> Assortment:
    """Everything on the shelves, as a user of these groups meets it."""
    shelves, left_out = _fitting(shelves)
    shown: dict[Feature, list[dict[str, Any]]] = {}
    routes: dict[Feature, Table] = {}
    placed: dict[Feature, frozenset[str]] = {}
    who = Circumstances(groups)
    moving = {server for server in shelves if offerings[server].placed}
    ill = _ill(shelves, offerings)
    for feature in Feature:
        public: dict[str, dict[str, Any]] = {}
        table: Table = {}
        some: set[str] = set()
        for name, route in _names(feature, shelves, offerings, ill):
            if name in table:
                continue  # A server that gives a name twice means the first.
            table[name] = route
            if route.quarantine is not None:
                continue
            if route.offering.server in moving:
                some.add(name)
            elif not _seen(feature, route, who):
                continue
            public[name] = {**(route.definition or {}), feature.key: name}
        shown[feature], routes[feature] = [public[name] for name in sorted(public)], table
        placed[feature] = frozenset(some)
    addressed = tuple(s for s, shelf in shelves.items() if "resources" in shelf.capabilities)
    return Assortment(shown, routes, offerings, addressed, left_out, placed, groups)


def _fitting(shelves: Mapping[str, Shelf]) -> tuple[dict[str, Shelf], tuple[str, ...]]:
    """The shelves that fit into the limit together, and the largest, which do not."""
    room, left_out = LIMIT, set()
    for server in sorted(shelves, key=lambda server: shelves[server].weight):
        room -= shelves[server].weight
        if room < 0:
            left_out.add(server)
    kept = {server: shelf for server, shelf in shelves.items() if server not in left_out}
    return kept, tuple(sorted(left_out))


def _ill(
    shelves: Mapping[str, Shelf], offerings: Mapping[str, Offering]
) -> dict[tuple[Feature, str, str], Quarantine]:
    """What is not offered, by feature, server and own name, and why."""
    found = {
        (feature, server, own): why
        for server, shelf in shelves.items()
        for feature, ill in ((Feature.TOOLS, shelf.met.quarantined), *shelf.ill.items())
        for own, why in ill.items()
    }
    beside = together(
        Listed(
            [
                Name(server, own, public_name(server, own), offerings[server].reviewed)
                for tool in shelf.tools
                if isinstance(own := tool.get("name"), str)
            ],
            shelf.met.ordered_about,
        )
        for server, shelf in shelves.items()
    )
    return {**{(Feature.TOOLS, *key): why for key, why in beside.items()}, **found}


def _names(
    feature: Feature,
    shelves: Mapping[str, Shelf],
    offerings: Mapping[str, Offering],
    ill: Mapping[tuple[Feature, str, str], Quarantine],
) -> Iterator[tuple[str, Route]]:
    owned = [
        (server, own, definition)
        for server, shelf in shelves.items()
        for definition in shelf.of(feature)
        if isinstance(own := definition.get(feature.key), str)
    ]
    # How many servers list a URI; that one server lists it twice makes it no less its own.
    listed = Counter(own for _, own in {(s, o) for s, o, _ in owned}) if feature in OTHERS else {}
    for server, own, definition in owned:
        if feature.key == "name":
            name = public_name(server, own)
        elif listed[own] > 1 or own.startswith(PREFIX):
            name = public_uri(server, own)
        else:
            name = own
        why = ill.get((feature, server, own))
        yield name, Route(offerings[server], own, definition, feature, name, why)


def _seen(feature: Feature, route: Route, who: Circumstances) -> bool:
    if feature is Feature.TOOLS:
        return judge_listing(route.offering, route.definition or {}, who)
    verdict = judge_reading(route.offering, feature.group, route.tool, who)
    return verdict.ruling is not Ruling.DENY
