"""Where a public name leads, and where its server's tools come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proxy.policy.offering import Offering


class State(StrEnum):
    """Where the tools of a server in the list come from."""

    LIVE = "live"
    SNAPSHOT = "snapshot"
    ASKING = "asking"
    """Nothing is known of them yet: the server is being asked."""
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a public name leads.

    Attributes:
        offering: The server, as this user may meet it.
        tool: The server's own name of the tool.
        definition: The tool as the server last gave it, or None when it never did.
    """

    offering: Offering
    tool: str
    definition: dict[str, Any] | None
