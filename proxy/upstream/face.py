"""What every kind of server lets the hub do, and what follows from it for lists and changes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import reduce
from typing import TYPE_CHECKING, Any

from proxy.upstream.era import Era
from proxy.upstream.freshness import shorter
from proxy.upstream.listening import keep_open, missed
from proxy.upstream.listing import NOBODY, every

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from proxy.upstream.contract import Relay
    from proxy.upstream.era import Terms
    from proxy.upstream.fault import UpstreamFault
    from proxy.upstream.listing import Listed

_PAGE_SECONDS = 30.0


class Face(ABC):
    """The way to one server.

    Args:
        server: Short name, for messages.

    Attributes:
        on_list_changed: Called when the server says that its tools are other ones now.
        left_out: What to say of the last list of tools when it was not taken whole, else None.
    """

    def __init__(self, server: str) -> None:
        self.left_out: UpstreamFault | None = None
        self.on_list_changed: Callable[[], None] | None = None
        self._server = server
        self._terms: Terms | None = None
        self._fresh: dict[str, float | None] = {}

    # --- what is known -----------------------------------------------------------------------

    @property
    def era(self) -> Era | None:
        """What the server speaks, or spoke last; None before anybody asked it."""
        return self._terms.era if self._terms else None

    @property
    def server_info(self) -> dict[str, Any]:
        """The server's own name and version; it is not to be trusted for what people are shown."""
        return self._terms.server_info if self._terms else {}

    @property
    def instructions(self) -> str:
        """What the server would tell a model of itself; empty when it says nothing."""
        return self._terms.instructions if self._terms else ""

    @property
    def capabilities(self) -> dict[str, Any]:
        """The server's capabilities, verbatim."""
        return self._terms.capabilities if self._terms else {}

    @abstractmethod
    async def meet(self) -> Terms:
        """What the server is and can, by its own word in this hub's life; asked once.

        Raises:
            UpstreamFault: The server could not be asked.
            Fault: The grant has no token.
        """

    @property
    def fresh(self) -> float | None:
        """Seconds for which all its last lists stay true by its word; None where it is silent."""
        return reduce(shorter, self._fresh.values(), None)

    def learn(self, tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take in what calls will need of these tools; those that can be offered."""
        return tools

    # --- requests ----------------------------------------------------------------------------

    @abstractmethod
    async def send(
        self,
        method: str,
        params: dict[str, Any],
        relay: Relay,
        *,
        timeout: float = 300.0,  # noqa: ASYNC109 - it is paused while a person answers.
        idempotent: bool = False,
    ) -> dict[str, Any]:
        """Send one request and wait for its response; cancelling it cancels it upstream.

        Args:
            method: The JSON-RPC method.
            params: As the client gave them, under the server's own names; never changed.
            relay: The way back to the client, for progress, logging and questions.
            timeout: Seconds for everything but a person's answers.
            idempotent: Whether it may be sent again after it may have run.

        Returns:
            The JSON-RPC response as the server sent it, with `result` or `error`; its id is ours.

        Raises:
            UpstreamFault: There is no response; `may_have_run` says whether it could have run.
            Fault: The grant has no token.
        """

    async def list_tools(self) -> list[dict[str, Any]]:
        """Every tool the server offers, verbatim; see `proxy.upstream.listing` for the bounds.

        Raises:
            UpstreamFault: The server could not be asked, or refused.
            Fault: The grant has no token.
        """
        listed = await self._every("tools/list", "tools")
        self.left_out = listed.left_out
        return self.learn(listed.entries)

    async def list_all(self, method: str, key: str) -> list[dict[str, Any]]:
        """Every entry of `prompts/list`, `resources/list` or `resources/templates/list`.

        Args:
            method: Which list.
            key: Where its pages hold their entries.

        Returns:
            The entries, verbatim; none where the server does not offer them.

        Raises:
            UpstreamFault: The server could not be asked, or refused.
            Fault: The grant has no token.
        """
        terms = await self.meet()
        if method.partition("/")[0] not in terms.capabilities:
            return []
        return (await self._every(method, key)).entries

    async def _every(self, method: str, key: str) -> Listed:
        async def ask(params: dict[str, Any]) -> dict[str, Any]:
            return await self.send(method, params, NOBODY, timeout=_PAGE_SECONDS, idempotent=True)

        listed = await every(self._server, key, ask)
        # A legacy server may have a field of that name; what it means nobody agreed on.
        self._fresh[method] = listed.fresh if self.era is Era.MODERN else None
        return listed

    # --- changes -----------------------------------------------------------------------------

    async def listen(self, wanted: dict[str, Any], heard: Callable[[dict[str, Any]], None]) -> None:
        """Keep one stream of the server's changes open until cancelled.

        Args:
            wanted: What to hear, as `subscriptions/listen` says it: `toolsListChanged`,
                `promptsListChanged`, `resourcesListChanged`, `resourceSubscriptions` (URIs). A
                legacy server says more than that, and is heard all the same.
            heard: Takes each notification, and must not raise. After a loss, everything wanted
                is heard as changed.
        """

        async def stream(is_open: Callable[[], None]) -> None:
            await self._stream(wanted, heard, is_open)

        def again() -> None:
            for message in missed(wanted):
                heard(message)

        await keep_open(self._server, stream, again)

    @abstractmethod
    async def _stream(
        self,
        wanted: Mapping[str, Any],
        heard: Callable[[dict[str, Any]], None],
        is_open: Callable[[], None],
    ) -> None:
        """Open the stream of changes once and hear it to its end, see `keep_open`."""

    def _changed(self) -> None:
        if self.on_list_changed is not None:
            self.on_list_changed()

    # --- what clients tell -------------------------------------------------------------------

    @abstractmethod
    def set_level(self, level: str) -> None:
        """Tell a legacy server from which level on to send log messages, now and when it is met.

        A modern one is told with each request.
        """

    @abstractmethod
    def roots_changed(self, relay: Relay) -> None:
        """Tell a legacy server that asked this client for its roots that they are other ones now.

        Args:
            relay: The way back to the client, on which the server may ask for them again.
        """

    @abstractmethod
    async def aclose(self) -> None:
        """End whatever is open or runs in the background."""
