"""One conversation with a local server over its lines: what was agreed, and the open requests."""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import TYPE_CHECKING, Any

from proxy.upstream.answer import Rejected, error_code, messages
from proxy.upstream.era import MODERN_VERSIONS, Era, Terms
from proxy.upstream.fault import UpstreamFault, UpstreamMalformed
from proxy.upstream.floor import Floor
from proxy.upstream.handshake import agreed, hello
from proxy.upstream.hearing import ROOTS, ROOTS_CHANGED, ROOTS_SECONDS, Hearing
from proxy.upstream.listing import declared
from proxy.upstream.negotiation import discovered
from proxy.upstream.process import Process
from proxy.upstream.request import write
from proxy.wire import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from proxy.program import Program
    from proxy.upstream.contract import Relay, Tap

log = logging.getLogger("portico.upstream")

_PROBE_SECONDS = 10.0
"""How long a server may take over a question that it may never have heard of."""


class Talk:
    """A program that was started and has said what it speaks.

    Attributes:
        terms: What was agreed.
        floor: Where it says what is no answer.
        gone: Set when the program has ended.
        busy: How many requests are open.
        asked: The methods of the questions that were asked.
    """

    def __init__(self, server: str, changed: Callable[[], None]) -> None:
        self.terms = Terms(Era.MODERN, MODERN_VERSIONS[-1])
        self.floor = Floor(self._write, changed)
        self.gone = asyncio.Event()
        self.busy = 0
        self.asked: set[str] = set()
        self._server = server
        self._changed = changed
        self._identifiers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._process: Process | None = None

    @classmethod
    async def open(
        cls,
        server: str,
        program: Program,
        *,
        capabilities: Mapping[str, Any],
        first: Era | None,
        changed: Callable[[], None],
        tap: Tap | None = None,
    ) -> Talk:
        """Start the program and agree with it; one not known yet is asked in the modern way first.

        Raises:
            UpstreamFault: It does not start, or speaks neither era.
        """
        talk = cls(server, changed)
        talk._process = await Process.start(server, program, talk._take, talk._ended, tap)
        try:
            known = None if first is Era.LEGACY else await talk._discover()
            talk.terms = known or await talk._initialize(capabilities)
        except BaseException:
            await talk.aclose()
            raise
        return talk

    async def _discover(self) -> Terms | None:
        identifier = next(self._identifiers)
        written = write(self.terms, identifier, "server/discover", {}, capabilities={})
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                envelope = await self._request(identifier, written.body)
        except TimeoutError:
            return None  # Some legacy servers say nothing before the handshake.
        try:
            return discovered(self._server, envelope)
        except Rejected:
            return None

    async def _initialize(self, capabilities: Mapping[str, Any]) -> Terms:
        identifier = next(self._identifiers)
        body = hello(identifier, capabilities)
        try:
            terms = agreed(self._server, await self._request(identifier, body))
        except Rejected as rejected:
            raise rejected.fault from None
        self.tell("notifications/initialized", {})
        return terms

    # --- requests ----------------------------------------------------------------------------

    async def ask(
        self, method: str, params: Mapping[str, Any], relay: Relay, clock: asyncio.Timeout
    ) -> dict[str, Any]:
        """Send one request and wait for its response; cancelling it tells the server.

        Raises:
            UpstreamLost: The program ended before it answered.
        """
        identifier = next(self._identifiers)
        modern = self.terms.era is Era.MODERN
        written = write(self.terms, identifier, method, params, capabilities=declared(relay))
        hearing = Hearing(
            identifier,
            written.progress_token,
            relay,
            changed=self._changed,
            answer=None if modern else self._write,
            clock=clock,
            asked=self.asked,
        )
        self.floor.enter(identifier, hearing, relay)
        self.busy += 1
        try:
            return await self._request(identifier, written.body)
        except asyncio.CancelledError:
            reason = {"requestId": identifier, "reason": "The caller cancelled it."}
            self.tell("notifications/cancelled", reason)
            raise
        finally:
            self.busy -= 1
            self.floor.leave(identifier)
            hearing.close()

    async def _request(self, identifier: int, line: bytes) -> dict[str, Any]:
        process = self._running()
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[identifier] = answer
        try:
            await process.send(line)
            return await answer
        finally:
            del self._answers[identifier]
            if answer.done() and not answer.cancelled():
                answer.exception()  # sending failed first; it says the same

    def set_level(self, level: str) -> None:
        """Say from which level on log messages are wanted, where the server has such a thing."""
        if level and self.terms.era is Era.LEGACY and "logging" in self.terms.capabilities:
            # Nobody waits for the answer: what is sent after it is also read after it.
            message = {"jsonrpc": "2.0", "id": next(self._identifiers)}
            wanted = {"method": "logging/setLevel", "params": {"level": level}}
            self._write(encode({**message, **wanted}))

    async def roots_changed(self, relay: Relay) -> None:
        """Tell the server that the roots are other ones, if it asked for them, and let it ask."""
        if ROOTS not in self.asked:
            return
        identifier, clock = next(self._identifiers), asyncio.timeout(None)
        hearing = Hearing(
            identifier, None, relay, changed=self._changed, answer=self._write, clock=clock
        )
        self.floor.expect_roots(identifier, hearing, relay)
        try:
            self.tell(ROOTS_CHANGED, {})
            await asyncio.sleep(ROOTS_SECONDS)
        finally:
            self.floor.leave(identifier)
            hearing.close()

    def tell(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification, which nobody answers."""
        self._write(encode({"jsonrpc": "2.0", "method": method, "params": params}))

    def _write(self, line: bytes) -> None:
        if not self.gone.is_set():
            self._running().write(line)

    def _running(self) -> Process:
        if self._process is None:
            msg = f"{self._server} does not run."
            raise UpstreamFault(msg)
        return self._process

    # --- what it says ------------------------------------------------------------------------

    def _take(self, line: bytes) -> None:
        try:
            for message in messages(self._server, line):
                self._one(message)
        except UpstreamMalformed:
            # Programs print to their output by mistake; that is no reason to end them.
            log.info("%s wrote a line that is not JSON-RPC", self._server)

    def _one(self, message: dict[str, Any]) -> None:
        if "method" in message:
            self.floor.take(message)
            return
        identifier = message.get("id")
        answer = self._answers.get(identifier) if isinstance(identifier, int) else None
        good = "result" in message or error_code(message) is not None
        if answer is not None and good and not answer.done():
            answer.set_result(message)

    def _ended(self) -> None:
        self.gone.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(self._running().lost())

    async def aclose(self) -> None:
        """End the program."""
        if self._process is not None:
            await self._process.aclose()
