"""Where a public name leads, and where its server's tools come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from proxy.catalog.feature import Feature

if TYPE_CHECKING:
    from proxy.policy.offering import Offering
    from proxy.trust.quarantine import Quarantine


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
        tool: The server's own name of the tool or prompt, or its own URI of the resource.
        definition: The tool (…) as the server last gave it, or None when it never did.
        feature: What the name is a name of; None where a method goes by another key than a name.
        public: The public name itself.
        quarantine: Why it is not offered although it is the user's; None when it is offered.
    """

    offering: Offering
    tool: str
    definition: dict[str, Any] | None
    feature: Feature | None = Feature.TOOLS
    public: str = ""
    quarantine: Quarantine | None = None

    def as_feature(self, feature: Feature) -> Route:
        """The same, taken for another kind of name: a URI for the template it equals."""
        return replace(self, feature=feature)
