"""The methods about answers in advance: what there is, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from ide_protocol.own import contract
from ide_protocol.own.shape import lease

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from proxy.hub import Hub


class NoSuchLease(Fault):
    """The lease has ended, was revoked already, or never was."""

    reference = "no-such-lease"
    who = Who.PERSON
    remedy = "List what there is with `portico leases`."


class Leasing:
    """Leases and stops, for every session alike.

    Args:
        hub: What answers.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.table: dict[str, Callable[[dict[str, Any]], Awaitable[Any]]] = {
            contract.LEASES: self.leases,
            contract.REVOKE: self.revoke,
        }

    async def leases(self, _: dict[str, Any]) -> dict[str, list[contract.Lease]]:
        """See `contract.LEASES`."""
        return {"leases": [lease(given) for given in self._hub.exchanges.asking.leases]}

    async def revoke(self, params: dict[str, Any]) -> dict[str, list[contract.Lease]]:
        """See `contract.REVOKE`."""
        named = params.get("id")
        ended = self._hub.exchanges.asking.leases.revoke(None if named is None else str(named))
        if named is not None and not ended:
            raise NoSuchLease("There is no lease of that id.")
        return {"leases": [lease(given) for given in ended]}
