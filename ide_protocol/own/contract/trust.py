"""What is trusted of a server, and what is not."""

from __future__ import annotations

from typing import Literal, TypedDict


class Pin(TypedDict):
    """How one tool stands, or a server's instructions, whose `tool` is empty.

    `by` is whose word trusts it: `first use`, `the company`, `you`, or nobody's yet. `state` is
    `blocked` while it is in quarantine, for `reason`; `acceptable` says whether you may lift that.
    """

    server: str
    tool: str
    state: Literal["trusted", "blocked"]
    by: str
    since: float | None
    digest: str
    reason: str
    says: str
    acceptable: bool
