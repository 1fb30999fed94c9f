"""How a person's file meets the company's set-up: it may take away, and never add.

It works on the tables as they are written, before anything is read from them. So a key that
`[company]` gets one day is the company's alone, until somebody decides here how it can be narrowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.address import BadAddress, origin
from proxy.configuration.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.settings import Company

SUBSETS = ("token_origins", "audiences", "scopes")
"""Keys of `[company]` whose array a person may shorten."""

_THEIRS = "is for your company's set-up to say; take it out of this file"


def narrowed(own: Section, given: Mapping[str, Any]) -> Section:
    """The company's table, with what a person took away; what would widen it is noted.

    Args:
        own: The person's `[company]`, empty where they wrote none.
        given: The table of the set-up.
    """
    merged = dict(given)
    for key, value in own.table.items():
        if key in SUBSETS:
            merged[key] = _fewer(own, key, list(given.get(key, [])))
        elif key == "unreviewed":
            merged[key] = given.get(key, True) and own.flag(key, default=True)
            if value is True and given.get(key, True) is False:
                own.wrong(key, "must stay false: your company admits only its registry's servers")
        elif value != given.get(key):
            own.wrong(key, _THEIRS)
    return Section(merged, "company", own.path, own.problems)


def _fewer(own: Section, key: str, given: list[object]) -> list[object]:
    """Those of the company's values that a person named, as the company wrote them."""
    known = {_folded(key, value): value for value in given}
    kept: list[object] = []
    for place, value in enumerate(own.texts(key)):
        if _folded(key, value) in known:
            kept.append(known[_folded(key, value)])
        else:
            own.wrong(key, "is not in your company's set-up, to which nothing is added", place)
    return kept


def _folded(key: str, value: object) -> object:
    if key != "token_origins" or not isinstance(value, str):
        return value
    try:
        return origin(value)
    except BadAddress:
        return value


def routed(own: Section, given: Mapping[str, Any]) -> Section:
    """The way through the network: a person's proxies stand above the company's.

    Whom to believe is the company's alone: another root of trust is another registry.
    """
    if "ca_file" in own:
        own.wrong("ca_file", "would believe others than your company's set-up does; take it out")
    ours = {key: value for key, value in given.items() if key != "ca"}
    return Section({**ours, **own.table}, "network", own.path, own.problems)


def check_audiences(top: Section, company: Company) -> None:
    """A person's own server is sent tokens only of audiences that the set-up names."""
    named = {company.audience, company.registry_audience, *company.audiences}
    servers = top.table.get("servers")
    for name, server in (servers if isinstance(servers, dict) else {}).items():
        if isinstance(server, dict) and server.get("audience", company.audience) not in named:
            place = ("servers", name, "audience")
            top.problems.add(place, "is not in your company's set-up, to which nothing is added")
