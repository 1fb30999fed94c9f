"""What only all lists together show: names that imitate others, and orders about others' tools.

Pure, and cheap: it is done each time the lists are merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proxy.plain import plain
from proxy.trust.flag import Finding, Flag
from proxy.trust.quarantine import Quarantine, Reason
from proxy.trust.shadow import Name, shadowing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Listed:
    """The names of one server's tools.

    Attributes:
        names: Each tool of it.
        ordered_about: Tool -> names about which it gives orders.
    """

    names: Sequence[Name]
    ordered_about: Mapping[str, tuple[str, ...]]


def together(lists: Iterable[Listed]) -> dict[tuple[str, str], Quarantine]:
    """Why tools are not offered beside each other: (server, tool) -> the reason."""
    every = list(lists)
    found = {
        key: Quarantine(Reason.SHADOWS, f"Its name is easily taken for {plain(other, 60)}.")
        for key, other in shadowing(name for listed in every for name in listed.names).items()
    }
    if any(listed.ordered_about for listed in every):
        owners = _owners(every)
        for listed in every:
            found = {**_ordering(listed, owners), **found}
    return found


def _owners(every: Sequence[Listed]) -> dict[str, set[str]]:
    """Each name that a model could know a tool by -> the servers that have such a tool."""
    owners: dict[str, set[str]] = {}
    for listed in every:
        for name in listed.names:
            for known in (name.own, name.public):
                owners.setdefault(known, set()).add(name.server)
    return owners


def _ordering(listed: Listed, owners: Mapping[str, set[str]]) -> dict[tuple[str, str], Quarantine]:
    found: dict[tuple[str, str], Quarantine] = {}
    servers = {name.server for name in listed.names}
    for tool, about in listed.ordered_about.items():
        others = [name for name in about if (o := owners.get(name)) and not o & servers]
        if others:
            finding = Finding(Flag.OTHERS, "description", plain(others[0], 60))
            for server in servers:
                found[server, tool] = Quarantine(Reason.POISONED, finding.sentence())
    return found
