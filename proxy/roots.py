"""News of a window's roots, for the legacy servers that asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.upstream.contract import Refused
from proxy.upstream.era import Era
from proxy.wire import METHOD_NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.catalog import Catalog
    from proxy.catalog.view import View
    from proxy.upstream.contract import Relay

METHOD = "roots/list"


class RootsRelay:
    """The way back to a window whose roots have changed: it may be asked for them, and no more.

    Args:
        relay: The way back to the window.
        client: The id of its session.
    """

    era = Era.LEGACY

    def __init__(self, relay: Relay, client: str) -> None:
        self.client = client
        self.capabilities: Mapping[str, Any] = relay.capabilities
        self._relay = relay

    def notify(self, message: dict[str, Any]) -> None:
        """No call is open that news could be about."""

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Ask for the roots, see `proxy.upstream.contract.Relay`."""
        if method != METHOD:
            raise Refused(METHOD_NOT_FOUND, "The client made no call.")
        return await self._relay.request(method, params)


def roots_changed(catalog: Catalog, view: View, relay: RootsRelay) -> None:
    """Tell the servers of a window's view that were met and asked for its roots."""
    for server in catalog.capabilities(view):
        upstream = catalog.met(server)
        if upstream is not None:
            upstream.roots_changed(relay)
