"""The way back from a call on which a server's questions say whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from proxy.exchange import bridge
from proxy.subscriptions import CHANGES
from proxy.upstream.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from proxy.policy.offering import Offering
    from proxy.upstream.contract import Relay
    from proxy.upstream.era import Era


class NamedRelay:
    """A relay that names the server in front of its questions.

    Args:
        relay: The way back to the client.
        offering: The server.
        heard: Takes what the server says that is about itself and not about the call.
        client: The id of the client's session, where the server's questions have to be told apart.
        refused: Told why a question is not passed on.
    """

    __slots__ = ("_heard", "_offering", "_refused", "_relay", "client")

    def __init__(
        self,
        relay: Relay,
        offering: Offering,
        heard: Callable[[str, dict[str, Any]], None] = lambda _, __: None,
        client: str = "",
        refused: Callable[[Fault], None] = lambda _: None,
    ) -> None:
        self.client = client
        self._relay = relay
        self._offering = offering
        self._heard = heard
        self._refused = refused

    @property
    def era(self) -> Era:
        """What the client speaks."""
        return self._relay.era

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the client can be asked."""
        return self._relay.capabilities

    def notify(self, message: dict[str, Any]) -> None:
        """Pass on a notification, to the hub or to the client."""
        if message.get("method") in CHANGES:
            self._heard(self._offering.server, message)
        else:
            self._relay.notify(message)

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Put a server's question to the client, see `proxy.upstream.contract.Relay`.

        Raises:
            Fault: It is not one to pass on; the server is told so.
        """
        try:
            shown = bridge.named(self._offering, method, params)
        except Fault as fault:
            self._refused(fault)
            raise
        return await self._relay.request(method, shown)

    async def answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The client's answer to a question that a modern server returned; a refusal cancels it."""
        try:
            return await self.request(method, bridge.for_legacy(method, params))
        except Refused:
            # Silence towards a question is a cancel: the server decides what that means for it.
            return {"action": "cancel"}
