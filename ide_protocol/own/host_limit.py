"""Hosts that are known to take only so many tools, and whether a window of theirs has more.

What a host leaves out it leaves out silently, which looks like a tool that vanished. The figures
are those that the hosts, or their users, state in 2026; a host that is not here takes what it gets,
or nobody has said so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from proxy.catalog.feature import Feature
from proxy.plain import plain
from proxy.profile import view_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from proxy.hub import Hub

# In this order: Cursor calls itself by VS Code's name too. Both send every server's tools in one
# request to the model, so Portico's are not the only ones that count.
LIMITS = (("cursor", 40), ("visual studio code", 128), ("vscode", 128))
"""Part of what a host calls itself, in lower case -> tools it takes."""

REMEDY = (
    "Show it fewer: `portico mcp --only SERVER,SERVER` in its configuration, or [profiles.NAME] in "
    "portico.toml for its workspace."
)


class Excess(NamedTuple):
    """A window that is shown more tools than its host takes."""

    host: str
    tools: int
    limit: int

    def sentence(self) -> str:
        """The same for a person."""
        return (
            f"{plain(self.host, 60)} is known to take {self.limit} tools, and is shown "
            f"{self.tools}; it may leave out the rest without a word."
        )


def limit(host: str) -> int | None:
    """How many tools a host takes; None where nobody has said."""
    return next((most for name, most in LIMITS if name in host.lower()), None)


def excesses(hub: Hub) -> Iterator[Excess]:
    """Each kind of host that is shown more than it takes, once, by its fullest window."""
    fullest: dict[str, int] = {}
    for session in hub.sessions:
        if session.role == "mcp" and limit(session.host) is not None:
            view = view_of(hub.configuration, session)
            tools = len(hub.catalog.listed(Feature.TOOLS, view)) + (not view.bare)
            fullest[session.host] = max(tools, fullest.get(session.host, 0))
    for host, tools in sorted(fullest.items()):
        most = limit(host)
        if most is not None and tools > most:
            yield Excess(host, tools, most)
