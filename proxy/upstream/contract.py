"""What the room of upstreams asks of others, and nothing else of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from auth.secret import Secret
    from proxy.upstream.era import Era

    OwnHeaders = Callable[[], Awaitable[Mapping[str, Secret]]]
    """Gives the headers that the user has a server sent; a fault where one is missing."""


LET_GO = "portico/letGo"
"""What a relay is notified of beside the server's own words: the server closed the stream of this
request, to be asked for the rest. `params.retry` are the milliseconds it wants to have in between.
"""


class Grant(Protocol):
    """The permission to use one upstream: a bearer token, fresh whenever it is asked for."""

    async def token(self) -> Secret | None:
        """A token that is valid now, or None for a server that must first say what it wants.

        Raises:
            Fault: There is none; the fault says who must act.
        """

    async def again(
        self, token: Secret | None, status: int, header: str, tried: int
    ) -> Secret | None:
        """The server refused `token`: what is worth another attempt, or None.

        It may take a while, after which the same token is worth one: a server may have to learn of
        a new token.

        Args:
            token: What was sent.
            status: 401 or 403.
            header: The `WWW-Authenticate` that came with it; empty when none did.
            tried: How often this request was refused before; it comes to an end by it.

        Raises:
            Fault: There is none; the fault says who must act.
        """


class Tap(Protocol):
    """Whoever watches everything that passes between Portico and one server, byte for byte."""

    def sent(self, what: bytes) -> None:
        """Portico wrote this: a line to a program, or a request."""

    def received(self, what: bytes) -> None:
        """The server wrote this: a line, or a part of an answer."""

    def complained(self, line: str) -> None:
        """A program wrote this line to its standard error."""


class Relay(Protocol):
    """The way back from one request to whoever made it, while the request is open."""

    @property
    def era(self) -> Era:
        """What the asking client speaks; a server of both is, where it could ask, spoken to so."""

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the asking client can be asked (MCP client capabilities), to declare upstream."""

    def notify(self, message: dict[str, Any]) -> None:
        """Pass on a notification of the server: progress (`progressToken` as sent) or logging.

        Or `LET_GO`, which only a client that resumes streams can make something of.
        """

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Put a question of the server (`elicitation/create`, …) to the asking client.

        Returns:
            The JSON-RPC `result` object.

        Raises:
            Refused: The client cannot be asked, or answered with an error.
        """


class Refused(Exception):  # noqa: N818 - it is an answer, not a mistake.
    """The asking client answered a question of the server with a JSON-RPC error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
