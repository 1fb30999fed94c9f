"""What helps against a server that the user wrote down: the user's own file, not a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auth.fault import Who
from proxy.upstream.fault import UpstreamUnreachable

if TYPE_CHECKING:
    from auth.fault import Fault
    from proxy.policy.offering import Offering


class OwnServerUnreachable(UpstreamUnreachable):
    """Nobody listens at the address of a server that you wrote into portico.toml."""

    reference = "own-server-unreachable"
    who = Who.PERSON
    remedy = "Check its `url` in portico.toml, and that the server runs."


def told(fault: Fault, offering: Offering) -> Fault:
    """The fault, in the words for whoever wrote the server down."""
    if offering.reviewed or not isinstance(fault, UpstreamUnreachable):
        return fault
    key = f"servers.{offering.name}.url"
    return OwnServerUnreachable(
        fault.message,
        remedy=f"Check `{key}` in portico.toml, and that the server runs; then try again.",
        data=fault.data,
        may_have_run=fault.may_have_run,
    )
