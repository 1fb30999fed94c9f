"""One URL: how a POST gets there with the user's token, and how its answer is read.

Everything that can go wrong below MCP becomes an `UpstreamFault` here, with the one distinction
that matters to whoever asked: did the request surely not run, or may it have?
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from proxy.upstream.answer import REFUSAL_LIMIT, media_type, rejection, unrepeated
from proxy.upstream.fault import UpstreamFault, UpstreamLost, UpstreamMalformed, UpstreamUnreachable
from proxy.upstream.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import httpx2

    from auth.network import Network
    from auth.secret import Secret
    from proxy.upstream.answer import Rejected
    from proxy.upstream.contract import Grant, OwnHeaders
    from proxy.upstream.request import Headers

log = logging.getLogger("portico.upstream")

_CONNECT_SECONDS = 10.0
_REST_SECONDS = 1.0
_TOKENS = 4
_SECRET_LENGTH = 8
"""Tokens that answers still under way may belong to."""

_REFUSALS = frozenset({401, 403})
_SUCCESSES = range(200, 300)


class Endpoint:
    """The address of one server, and the permission to use it.

    Args:
        server: Short name, for messages.
        url: The Streamable HTTP endpoint.
        network: How this machine gets there.
        grant: Where tokens come from, or None for a server that wants none.
        own: Gives the headers that the user has sent there, or None for none.
    """

    def __init__(
        self,
        server: str,
        url: str,
        *,
        network: Network,
        grant: Grant | None,
        own: OwnHeaders | None = None,
    ) -> None:
        self.server = server
        self.url = url
        self._network = network
        self._grant = grant
        self._own = own
        self._own_lines: Headers | None = None
        self._transport: httpx2.AsyncBaseTransport | None = None
        self._target: httpx2.URL | None = None
        self._host = (b"host", urlsplit(url).netloc.encode())
        self._authorization: tuple[Secret, tuple[bytes, bytes]] | None = None
        self._tokens: tuple[Secret, ...] = ()
        self._chores: set[asyncio.Task[None]] = set()

    async def post(self, headers: Headers, body: bytes) -> Reply:
        """POST `body`, see `authorized`."""
        return await self.authorized("POST", _sized(headers, body), body)

    async def get(self, headers: Headers) -> Reply:
        """Ask for a stream of what the server has to say by itself, see `authorized`."""
        return await self.authorized("GET", headers, b"")

    async def authorized(self, method: str, headers: Headers, body: bytes) -> Reply:
        """Send as the user; a 401 surely did not run, so it is sent again where that may help.

        The caller must read the reply to its end, close it, or `let_go` of it.

        Raises:
            UpstreamFault: The server could not be reached, wants a person (401, 403), or the
                connection broke. Every other status is the caller's to judge.
            Fault: The grant has no token.
        """
        if self._grant is None:
            reply = await self.send(method, headers, body, None)
        else:
            token = await self._grant.token()
            reply = await self.send(method, headers, body, token)
            tried = 0
            while reply.status in _REFUSALS:
                token = await self._again(reply, token, tried)
                if token is None:
                    break
                self.let_go(reply)
                reply = await self.send(method, headers, body, token)
                tried += 1
        if reply.status in _REFUSALS:
            self._own_lines = None
            rejected = await self.rejected(reply)
            raise rejected.fault
        return reply

    async def _again(self, refused: Reply, token: Secret | None, tried: int) -> Secret | None:
        """The token to try after a refusal, if there is one; the reply stays open."""
        if self._grant is None:
            return None
        header = refused.header("www-authenticate") or ""
        try:
            return await self._grant.again(token, refused.status, header, tried)
        except BaseException:
            self.let_go(refused)
            raise

    async def send(self, method: str, headers: Headers, body: bytes, token: Secret | None) -> Reply:
        """Send one HTTP request and read the head of its answer; redirects are not followed.

        Raises:
            Offline: Portico is offline, and the server beyond this computer.
            UpstreamUnreachable: It surely did not get there.
            UpstreamLost: It may have.
        """
        self._network.admit(self.url)
        transport = self._transport or await self._open()
        import httpx2  # loaded by _open, off the loop

        lines = [self._host, *headers, *(await self._of_the_user())]
        if token is not None:
            lines.append(self._bearer(token))
        request = httpx2.Request(
            method,
            self._target or self.url,
            headers=lines,
            stream=httpx2.ByteStream(body),
            extensions=_BOUNDS,
        )
        try:
            response = await transport.handle_async_request(request)
        except httpx2.TransportError as broken:
            # No cause is chained: the text of some quotes the header they did not like, and the
            # token stands in one.
            raise _broken(self.server, broken) from None
        return Reply(self.server, response)

    async def _open(self) -> httpx2.AsyncBaseTransport:
        if "httpx2" not in sys.modules or "httpcore2" not in sys.modules:
            # 80 ms of importing, which on the loop would delay every other window.
            await asyncio.to_thread(_import)
        import httpx2

        self._transport = self._network.transport(self.url)
        self._target = httpx2.URL(self.url)
        return self._transport

    async def _of_the_user(self) -> Headers:
        """The headers that the user has sent there; looked up again once they were refused."""
        if self._own is None:
            return []
        if self._own_lines is None:
            found = await self._own()
            self._own_lines = [(k.encode(), v.reveal().encode()) for k, v in found.items()]
            # A short value is a word, which an answer may say for its own reasons.
            long = [value for value in found.values() if len(value.reveal()) >= _SECRET_LENGTH]
            self._tokens = (*long, *self._tokens)[:_TOKENS]
        return self._own_lines

    def _bearer(self, token: Secret) -> tuple[bytes, bytes]:
        known = self._authorization
        if known is None or known[0] is not token:
            known = (token, (b"authorization", f"Bearer {token.reveal()}".encode()))
            self._authorization = known
            self._tokens = (token, *self._tokens)[:_TOKENS]
        return known[1]

    def unrepeated(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """A response as it came, unless it is an error that repeats our token."""
        if not isinstance(envelope.get("error"), dict):
            return envelope
        return unrepeated(envelope, self._tokens)

    async def rejected(self, reply: Reply) -> Rejected:
        """Read an answer that is not a 2xx, as far as it matters, and close it."""
        kind = media_type(reply.header("content-type"))
        not_now = reply.header("retry-after") is not None
        try:
            body = await reply.whole(REFUSAL_LIMIT)
        except (UpstreamLost, UpstreamMalformed):
            body = b""  # the status says enough
        finally:
            await reply.aclose()
        return rejection(
            self.server, reply.status, kind, body, not_now=not_now, tokens=self._tokens
        )

    async def tell(self, headers: Headers, body: bytes) -> None:
        """POST a notification or a response, which nobody answers.

        Raises:
            UpstreamFault: The server did not take it.
        """
        reply = await self.post(headers, body)
        if reply.status not in _SUCCESSES:
            rejected = await self.rejected(reply)
            raise rejected.fault
        self.let_go(reply)

    async def end(self, headers: Headers) -> None:
        """DELETE a session; servers that keep theirs may say no (405)."""
        token = await self._grant.token() if self._grant else None
        reply = await self.send("DELETE", headers, b"", token)
        await reply.aclose()

    def let_go(self, reply: Reply) -> None:
        """Read the rest of an answered reply in the background, so its connection is reused."""
        self.do(_rest(reply))

    def do(self, chore: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something nobody waits for; it is cancelled when the endpoint closes."""
        task = asyncio.ensure_future(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)
        return task

    async def aclose(self) -> None:
        """Stop what runs in the background. The connections belong to the network."""
        for task in self._chores:
            task.cancel()
        if self._chores:
            await asyncio.wait(self._chores)


def _sized(headers: Headers, body: bytes) -> Headers:
    return [*headers, (b"content-length", str(len(body)).encode())]


def _broken(server: str, broken: Exception) -> UpstreamFault:
    name = type(broken).__name__
    if name in _NOT_SENT:
        return UpstreamUnreachable(f"{server} could not be reached ({name}).")
    return UpstreamLost(f"The connection to {server} broke before its answer ({name}).")


_BOUNDS: dict[str, Any] = {"timeout": {"connect": _CONNECT_SECONDS}}
_NOT_SENT = frozenset(
    {
        "ConnectError",
        "ConnectTimeout",
        "LocalProtocolError",
        "PoolTimeout",
        "ProxyError",
        "UnsupportedProtocol",
    }
)


def _import() -> None:
    import anyio._backends._asyncio  # what the connections choose at their first use
    import httpcore2
    import httpx2

    _ = anyio, httpcore2, httpx2


async def _rest(reply: Reply) -> None:
    try:
        async with asyncio.timeout(_REST_SECONDS):
            await reply.skip()
    except (TimeoutError, UpstreamLost):
        log.debug("an answered stream did not end by itself")
    finally:
        await reply.aclose()
