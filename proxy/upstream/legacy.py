"""One session with a legacy server: the handshake, its id, and requests inside it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from proxy.plain import plain
from proxy.upstream.answer import Rejected
from proxy.upstream.conversation import converse
from proxy.upstream.fault import UpstreamMalformed
from proxy.upstream.handshake import agreed, hello
from proxy.upstream.hearing import ROOTS, ROOTS_CHANGED, ROOTS_SECONDS, Hearing
from proxy.upstream.overhearing import Overhearing
from proxy.upstream.request import BASE, label, write
from proxy.wire import encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from proxy.upstream.contract import Relay
    from proxy.upstream.endpoint import Endpoint
    from proxy.upstream.era import Terms
    from proxy.upstream.reply import Reply
    from proxy.upstream.request import Headers, Written

log = logging.getLogger("portico.upstream")

MOST_ANSWERS = 64
"""Answers to questions of one server that may wait to be sent."""

_ANSWER_SECONDS = 30.0
_CHORE_SECONDS = 2.0
_STREAM: Headers = [(b"accept", b"text/event-stream"), *BASE[1:2], BASE[3]]
_SESSION_ID = re.compile(r"[\x21-\x7E]{1,1024}")  # 2025-11-25, transports, "Session Management"


class LegacySession:
    """A handshake that succeeded, made for one set of client capabilities.

    The server freezes what it may ask at the handshake, so that clients that can be asked
    different things need sessions of their own.

    Attributes:
        terms: What was agreed.
        busy: How many requests are open in it.
        asked: The methods of the questions that were asked in it.
    """

    def __init__(self, endpoint: Endpoint, terms: Terms, session: str | None) -> None:
        self.terms = terms
        self._endpoint = endpoint
        self._session = session
        self._answers: deque[bytes] = deque()
        self._answering = False
        self.busy = 0
        self.asked: set[str] = set()
        self._awaiting_roots: asyncio.Task[None] | None = None
        self._beside: Overhearing | None = None
        self._labels: Headers = [(b"mcp-session-id", session.encode())] if session else []

    @classmethod
    async def open(
        cls, endpoint: Endpoint, capabilities: Mapping[str, Any], identifier: int
    ) -> LegacySession:
        """Shake hands.

        Raises:
            Rejected: The server's HTTP layer refuses the handshake.
            UpstreamFault: It failed otherwise, or the server answered with an error.
        """
        body = hello(identifier, capabilities)
        envelope, reply = await converse(endpoint, BASE, body, identifier, _ignore)
        name = reply.header("mcp-session-id")
        if name is not None and not _SESSION_ID.fullmatch(name):
            msg = f"{endpoint.server} gave a session id that no header can carry."
            raise UpstreamMalformed(msg)
        session = cls(endpoint, agreed(endpoint.server, envelope), name)
        await session.tell({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return session

    async def tell(self, message: dict[str, Any]) -> None:
        """POST a notification or a response."""
        await self._post(encode(message))

    async def _post(self, body: bytes) -> None:
        await self._endpoint.tell([*label(self.terms, "", {}), *self._labels], body)

    async def get(self, last: bytes = b"") -> Reply:
        """Open the stream of what the server says by itself, or resume one after event `last`."""
        headers = [*_STREAM, *label(self.terms, "", {})[len(BASE) :], *self._labels]
        if last:
            headers.append((b"last-event-id", last))
        return await self._endpoint.get(headers)

    def answer(self, response: bytes) -> None:
        """POST the answer to a question of the server, without waiting for its receipt.

        One at a time: a server that asks by the thousand gets neither as many connections nor as
        much memory. What goes beyond is not answered.
        """
        if len(self._answers) >= MOST_ANSWERS:
            log.warning("%s asks more than it takes answers to", self._endpoint.server)
            return
        self._answers.append(response)
        if not self._answering:
            self._answering = True
            self._endpoint.do(self._deliver())

    async def _deliver(self) -> None:
        try:
            while self._answers:
                await self._deliver_one(self._answers.popleft())
        finally:
            self._answering = False

    async def _deliver_one(self, response: bytes) -> None:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._post(response)
        except (Fault, TimeoutError) as wrong:
            # The server goes on waiting for it; the call's own time limit ends that.
            why = wrong.reference if isinstance(wrong, Fault) else "no receipt in time"
            log.warning("%s did not take an answer: %s", self._endpoint.server, why)

    async def ask(
        self,
        identifier: int,
        method: str,
        params: Mapping[str, Any],
        relay: Relay,
        *,
        changed: Callable[[], None],
        clock: asyncio.Timeout,
    ) -> dict[str, Any]:
        """Send one request inside the session; cancelling it tells the server.

        Raises:
            Rejected: It did not run; the session may be lost.
            UpstreamFault: See `proxy.upstream.fault`.
        """
        written = write(self.terms, identifier, method, params, capabilities={})
        hearing = Hearing(
            identifier,
            written.progress_token,
            relay,
            changed=changed,
            answer=self.answer,
            clock=clock,
            asked=self.asked,
        )
        beside = await self._overhear(relay, changed)
        if beside is not None:
            beside.floor.enter(identifier, hearing, relay)
        self.busy += 1
        try:
            return await self._converse(written, hearing)
        except asyncio.CancelledError:
            self._endpoint.do(self._cancel(identifier))
            raise
        finally:
            self.busy -= 1
            if beside is not None:
                beside.floor.leave(identifier)
            hearing.close()

    async def set_level(self, identifier: int, level: str) -> None:
        """Say from which level on log messages are wanted, where the server has such a thing."""
        if "logging" in self.terms.capabilities:
            params = {"level": level}
            written = write(self.terms, identifier, "logging/setLevel", params, capabilities={})
            await quietly(self._request(written))

    async def _request(self, written: Written) -> None:
        await converse(
            self._endpoint,
            written.headers + self._labels,
            written.body,
            written.identifier,
            lambda _: None,
        )

    def roots_changed(self, identifier: int, relay: Relay, changed: Callable[[], None]) -> None:
        """Tell the server that the roots are other ones, if it asked for them, and let it ask."""
        if ROOTS in self.asked:
            if self._awaiting_roots is not None:
                self._awaiting_roots.cancel()
            self._awaiting_roots = self._endpoint.do(self._tell_roots(identifier, relay, changed))

    async def _tell_roots(self, identifier: int, relay: Relay, changed: Callable[[], None]) -> None:
        beside = await self._overhear(relay, changed)
        if beside is None:
            return
        clock = asyncio.timeout(None)
        hearing = Hearing(identifier, None, relay, changed=changed, answer=self.answer, clock=clock)
        beside.floor.expect_roots(identifier, hearing, relay)
        try:
            await quietly(self.tell({"jsonrpc": "2.0", "method": ROOTS_CHANGED}))
            await asyncio.sleep(ROOTS_SECONDS)
        finally:
            beside.floor.leave(identifier)
            hearing.close()

    async def _overhear(self, relay: Relay, changed: Callable[[], None]) -> Overhearing | None:
        """The session's own stream, from the first call of somebody who can be asked."""
        if self._beside is None and relay.capabilities:
            self._beside = Overhearing(self, self._endpoint, changed)
        if self._beside is not None:
            await self._beside.ready()
        return self._beside

    def end_stream(self) -> None:
        """Close the session's own stream, for example because the server forgot the session."""
        if self._beside is not None:
            self._beside.end()

    async def _converse(self, written: Written, hearing: Hearing) -> dict[str, Any]:
        envelope, _ = await converse(
            self._endpoint,
            written.headers + self._labels,
            written.body,
            written.identifier,
            hearing.hear,
            resume=self.get,
            let_go=hearing.let_go,
        )
        return envelope

    @property
    def has_id(self) -> bool:
        """Whether the server named the session, and so can forget it."""
        return self._session is not None

    async def _cancel(self, identifier: int) -> None:
        # A legacy server goes on working when a stream closes; only this stops it.
        params = {"requestId": identifier, "reason": "The caller cancelled it."}
        message = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}
        await quietly(self.tell(message))

    async def aclose(self) -> None:
        """Tell the server that the session is over, if it had a name."""
        self.end_stream()
        if self._session is not None:
            await quietly(self._endpoint.end([*label(self.terms, "", {}), *self._labels]))


async def quietly(chore: Awaitable[None]) -> None:
    """Do a courtesy that nobody waits for and that nobody misses when it fails."""
    try:
        async with asyncio.timeout(_CHORE_SECONDS):
            await chore
    except (Fault, Rejected, TimeoutError) as wrong:
        log.debug("a courtesy to a server failed: %s", type(wrong).__name__)


def _ignore(message: dict[str, Any]) -> None:
    """Before the handshake is over nobody listens, except for logging, which can wait."""
    log.debug("ignored before the handshake: %s", plain(str(message.get("method")), 60))
