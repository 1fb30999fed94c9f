"""Example Corp's gateway: the one door to its MCP servers.

It checks the token, decides by group who may use which server, replaces the token by the caller's
name and groups, and streams both ways without holding anything back. It is written straight on
ASGI and on the transport layer of httpx2, because every call of the benchmarks passes through it.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from sandbox.verifier import Refusal
from sandbox.witness import GONE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from sandbox.verifier import Caller, Verifier
    from sandbox.witness import Witness

LARGEST_BODY = 4 * 1024 * 1024

Headers = list[tuple[bytes, bytes]]

_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    b" transfer-encoding upgrade".split()
)
"""Headers that speak of one connection (RFC 9110 7.6.1)."""

_OURS = frozenset((b"authorization", b"cookie", b"forwarded", b"host", b"content-length"))
"""Headers that are never passed on: the token stays here, the rest is written anew."""

_TIMEOUT = {"timeout": {"connect": 5.0, "read": None, "write": None, "pool": None}}


@dataclass(frozen=True, slots=True)
class Destination:
    """One server behind the gateway.

    Attributes:
        url: Its base URL.
        groups: Those whose members may use it.
        verifier: Checks its tokens, where they are not those of the gateway's own audience.
    """

    url: str
    groups: frozenset[str]
    verifier: Verifier | None = None


class Gateway:
    """The ASGI application.

    Args:
        destinations: First segment of the path -> server; it may be changed while running.
        verifier: Checks tokens for the gateway's audience.
        witness: Where every request is recorded.
        transport: Connections to the servers.
        clock: Unix seconds.
    """

    def __init__(
        self,
        destinations: Mapping[str, Destination],
        *,
        verifier: Verifier,
        witness: Witness,
        transport: httpx2.AsyncHTTPTransport,
        clock: Callable[[], float],
    ) -> None:
        self._destinations = destinations
        self._verifier = verifier
        self._witness = witness
        self._transport = transport
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        _, _, path = scope["path"].partition("/")
        server, _, rest = path.partition("/")
        body = await _body(receive)
        records = self._witness.arrived(self._clock(), server, scope["method"], body)
        try:
            caller, destination = await self._admit(scope["headers"], server, len(body))
            for record in records:
                record["user"] = caller.user
            request = _request(scope, f"{destination.url}/{rest}", caller, body)
            async with self._answer(request, receive) as (response, watch):
                # Before the answer, so that whoever has it finds it in the log.
                self._witness.answered(records, response.status_code)
                await _stream(response, send, watch)
        except Refusal as no:
            for record in records:
                record["user"] = record["user"] or no.user
            self._witness.answered(records, no.status)
            await _refuse(no, send)
        except TimeoutError:
            return  # The client left; nobody is there to be answered.
        except httpx2.TransportError:
            # The answer broke after its start. Returning without an end makes the server close
            # the connection, so that the client sees a broken answer and not a short one.
            return
        finally:
            # The client left before an answer.
            self._witness.answered([record for record in records if not record["status"]], GONE)

    async def _admit(self, headers: Headers, server: str, size: int) -> tuple[Caller, Destination]:
        """Who calls, and where the call goes.

        Raises:
            Refusal: 401, 403, 404 or 413; strangers do not learn which servers exist.
        """
        if size > LARGEST_BODY:
            raise Refusal(413, "Payload Too Large")
        sent = [value.decode("latin-1") for key, value in headers if key == b"authorization"]
        destination = self._destinations.get(server)
        verifier = destination.verifier if destination else None
        caller = await (verifier or self._verifier).caller(sent)
        if destination is None:
            raise Refusal(404, "No such server", user=caller.user)
        if destination.groups.isdisjoint(caller.groups):
            raise Refusal(403, "rbac_access_denied", user=caller.user)
        return caller, destination

    @contextlib.asynccontextmanager
    async def _answer(
        self, request: httpx2.Request, receive: Receive
    ) -> AsyncIterator[tuple[httpx2.Response, asyncio.Task[None]]]:
        """The server's answer, until the block ends or the client leaves.

        Raises:
            Refusal: 502 or 503: the server did not answer.
            TimeoutError: The client left.
        """
        watch: asyncio.Task[None] | None = None
        # Without a deadline; the watch moves it to now when the client goes away, which cancels
        # whatever waits inside and so closes the connection to the server.
        life = asyncio.timeout(None)
        try:
            async with life:
                watch = asyncio.create_task(_watch(receive, life))
                response = await self._begun(request)
                try:
                    yield response, watch
                finally:
                    await response.aclose()
        finally:
            if watch is not None:
                watch.cancel()

    async def _begun(self, request: httpx2.Request) -> httpx2.Response:
        """The answer with its headers, the body still to come."""
        try:
            return await self._transport.handle_async_request(request)
        except httpx2.ConnectError as down:
            raise Refusal(503, "upstream connect error") from down
        except httpx2.TransportError as broken:
            raise Refusal(502, "upstream disconnect/reset before headers") from broken


async def _watch(receive: Receive, life: asyncio.Timeout) -> None:
    """End `life` when the client closes its connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
    life.reschedule(asyncio.get_running_loop().time())


async def _stream(response: httpx2.Response, send: Send, watch: asyncio.Task[None]) -> None:
    headers = [(k.lower(), v) for k, v in response.headers.raw if k.lower() not in _HOP_BY_HOP]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    async for part in response.stream:  # type: ignore[union-attr]
        await send({"type": "http.response.body", "body": part, "more_body": True})
    # The end of the answer also looks like a departure to the watch, so it is called off first.
    watch.cancel()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _body(receive: Receive) -> bytes:
    """The request body, or as much of it as shows that it is too large."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body", False) and len(body) <= LARGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
    return body


def _request(scope: Scope, url: str, caller: Caller, body: bytes) -> httpx2.Request:
    if scope["query_string"]:
        url = f"{url}?{scope['query_string'].decode('latin-1')}"
    headers = _passed_on(scope["headers"])
    headers.append((b"x-forwarded-user", caller.user.encode()))
    headers.append((b"x-forwarded-groups", ",".join(caller.groups).encode()))
    return httpx2.Request(
        scope["method"], _parsed(url), headers=headers, content=body or None, extensions=_TIMEOUT
    )


# Reading a URL takes as long as all the rest of a request, and there are few of them.
_parsed = functools.lru_cache(maxsize=256)(httpx2.URL)


def _passed_on(headers: Headers) -> Headers:
    """What the server may see of the client's headers."""
    named = b",".join(value for key, value in headers if key == b"connection").lower()
    connection = {name.strip() for name in named.split(b",")}
    return [
        (key, value)
        for key, value in headers
        if key not in _HOP_BY_HOP
        and key not in _OURS
        and key not in connection
        # Some servers take `_` for `-`, so a spoofed header is known by either spelling.
        and not key.replace(b"_", b"-").startswith(b"x-forwarded-")
    ]


async def _refuse(no: Refusal, send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(no.reason))]
    if no.status == 401:  # noqa: PLR2004 - the number is its name.
        known = no.reason != "Jwt_is_missing"
        detail = b', error="invalid_token"' if known else b""
        headers.append((b"www-authenticate", b'Bearer realm="mcp"' + detail))
    await send({"type": "http.response.start", "status": no.status, "headers": headers})
    await send({"type": "http.response.body", "body": no.reason.encode(), "more_body": False})
