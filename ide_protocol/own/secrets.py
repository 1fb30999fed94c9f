"""The methods about the user's own secrets: their names, keeping and forgetting; never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.own import contract
from ide_protocol.own.params import BadParams, text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ide_protocol.own.params import Params
    from proxy.hub import Hub


class SecretMethods:
    """What a person may do with the secrets of their own servers.

    Args:
        hub: What keeps them.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.table: dict[str, Callable[[Params], Awaitable[Any]]] = {
            contract.SECRETS: self.secrets,
            contract.KEEP_SECRET: self.keep,
            contract.FORGET_SECRET: self.forget,
        }

    async def secrets(self, _: Params) -> dict[str, list[str]]:
        """See `contract.SECRETS`."""
        return {"names": await self._hub.secrets.names()}

    async def keep(self, params: Params) -> dict[str, Any]:
        """See `contract.KEEP_SECRET`."""
        value = params.get("value")
        if not isinstance(value, str):
            raise BadParams("`value` must be a text.")
        await self._hub.secrets.keep(text(params, "name"), value)
        # What could not be started without it can be now.
        self._hub.catalog.retry()
        return {}

    async def forget(self, params: Params) -> dict[str, bool]:
        """See `contract.FORGET_SECRET`."""
        return {"forgotten": await self._hub.secrets.forget(text(params, "name"))}
