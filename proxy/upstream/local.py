"""A server that is a program on this machine: started when first needed, and again when it ended.

It has the face of a remote one. A legacy program is told at its start what can be asked of the
client, so windows that can be asked different things have one each; a modern one serves them all.

One that speaks both eras keeps to the one in which it is opened. It is opened in the modern one,
which serves everybody, and once more in the legacy one for a legacy client that can be asked
something: only so can it ask by requests of its own. Lists and changes stay with the first.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from proxy.upstream.backoff import Backoff
from proxy.upstream.era import Era
from proxy.upstream.face import Face
from proxy.upstream.fault import UpstreamLost, UpstreamMalformed, UpstreamSlow
from proxy.upstream.listening import ACKNOWLEDGED, NoStream, own, uris
from proxy.upstream.listing import EVERYTHING, NOBODY
from proxy.upstream.negotiation import before_the_request
from proxy.upstream.patience import within
from proxy.upstream.process import UpstreamNotStarted
from proxy.upstream.talk import Talk
from proxy.wire import encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from proxy.program import Program
    from proxy.upstream.contract import Relay, Tap
    from proxy.upstream.era import Terms
    from proxy.upstream.memory import EraMemory

    Secrets = Callable[[str, Mapping[str, str]], Awaitable[dict[str, str]]]

log = logging.getLogger("portico.upstream")

MOST = 4
"""Programs of one legacy server that run at a time, one for each kind of client."""

_SUBSCRIBE_SECONDS = 30.0
_CLOSING_SECONDS = 2.0
_MODERN = b""
"""Under which the one program stands that speaks the modern era."""


class Local(Face):
    """The way to one local server.

    Args:
        server: Short name, for messages.
        program: What is started.
        memory: What servers spoke last.
        secrets: Puts the user's secrets in the place of what refers to them.
        tap: Watches all that passes, where somebody does.
    """

    def __init__(
        self,
        server: str,
        program: Program,
        *,
        memory: EraMemory,
        secrets: Secrets | None = None,
        tap: Tap | None = None,
    ) -> None:
        super().__init__(server)
        self._program = program
        self._secrets = secrets
        self._tap = tap
        self._memory = memory
        self._terms = memory.recall(program.address)
        self._talks: dict[bytes, Talk] = {}
        self._starting: dict[bytes, asyncio.Task[Talk]] = {}
        self._chores: set[asyncio.Task[None]] = set()
        self._backoff = Backoff()
        self._not_before = 0.0
        self._level = ""

    async def meet(self) -> Terms:
        """See `Face.meet`."""
        return (await self._talk(None)).terms

    async def send(
        self,
        method: str,
        params: dict[str, Any],
        relay: Relay,
        *,
        timeout: float = 300.0,  # noqa: ASYNC109 - it is paused while a person answers.
        idempotent: bool = False,
    ) -> dict[str, Any]:
        """See `Face.send`."""

        async def ask(clock: asyncio.Timeout) -> dict[str, Any]:
            talk = await self._talk_with(relay)
            return await talk.ask(method, params, relay, clock)

        return await within(self._server, timeout, ask, idempotent=idempotent)

    # --- running programs --------------------------------------------------------------------

    async def _talk_with(self, relay: Relay) -> Talk:
        """The program that this client's calls go to."""
        if self.era is not Era.MODERN:
            talk = await self._talk(None if relay is NOBODY else relay.capabilities)
            if talk.terms.era is Era.LEGACY:
                return talk
        alike = relay.era is Era.MODERN or not relay.capabilities
        if alike or self._terms is None or self._terms.dual is False:
            return await self._talk(None)
        return await self._second(relay.capabilities) or await self._talk(None)

    async def _talk(self, capabilities: Mapping[str, Any] | None) -> Talk:
        """The program for clients with these capabilities; None takes the one that offers most."""
        if self.era is Era.MODERN:
            return self._talks.get(_MODERN) or await self._begun(
                _MODERN, dict(EVERYTHING), self.era
            )
        if self._talks and capabilities is None:
            return self._talks[max(self._talks, key=len)]
        wanted = dict(EVERYTHING if capabilities is None else capabilities)
        key = encode(wanted)
        return self._talks.get(key) or await self._begun(key, wanted, self.era)

    async def _second(self, capabilities: Mapping[str, Any]) -> Talk | None:
        """A program of both eras in the legacy one; None where it does not speak that."""
        wanted = dict(capabilities)
        key = encode(wanted)
        found = self._talks.get(key)
        if found is not None:
            return found
        try:
            talk = await self._begun(key, wanted, Era.LEGACY)
        except (UpstreamMalformed, UpstreamLost, UpstreamSlow) as deaf:
            log.info("%s does not speak the legacy era: %s", self._server, deaf.reference)
            self._speaks_both(dual=False, lasting=not isinstance(deaf, UpstreamSlow))
            return None
        self._speaks_both(dual=True)
        return talk

    def _speaks_both(self, *, dual: bool, lasting: bool = True) -> None:
        if self._terms is not None and self._terms.dual is not dual:
            self._terms = replace(self._terms, dual=dual)
            if lasting:
                self._memory.keep(self._program.address, self._terms)

    async def _begun(self, key: bytes, capabilities: dict[str, Any], era: Era | None) -> Talk:
        starting = self._starting.get(key)
        if starting is None:
            starting = asyncio.ensure_future(self._start(key, capabilities, era))
            self._starting[key] = starting
            starting.add_done_callback(lambda task: self._started(key, task))
        # One caller may give up; the start is for everybody who waits.
        return await asyncio.shield(starting)

    def _started(self, key: bytes, task: asyncio.Task[Talk]) -> None:
        self._starting.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waited has it; with nobody left it is not worth a warning

    async def _start(self, key: bytes, capabilities: dict[str, Any], first: Era | None) -> Talk:
        loop = asyncio.get_running_loop()
        wait = self._not_before - loop.time()
        if wait > 0:
            msg = f"{self._server} ended again and again; it is started anew in {wait:.0f} seconds."
            raise UpstreamNotStarted(msg)
        program = await self._complete()
        began = loop.time()
        try:
            talk = await before_the_request(self._server, self._open(program, capabilities, first))
        except BaseException:
            if not self._is_second(first):
                self._stumbled(began)
            raise
        if talk.terms.era is Era.MODERN:
            key = _MODERN
            if self._terms is not None and self._terms.server_info == talk.terms.server_info:
                talk.terms = replace(talk.terms, dual=self._terms.dual)
        if not self._is_second(first):
            self._settle(talk.terms)
        self._talks[key] = talk
        talk.set_level(self._level)
        self._do(self._watch(key, talk, began))
        self._make_room()
        return talk

    def _is_second(self, era: Era | None) -> bool:
        return era is Era.LEGACY and self.era is Era.MODERN

    def _settle(self, terms: Terms) -> None:
        self._terms = terms
        self._memory.keep(self._program.address, terms)

    async def _complete(self) -> Program:
        """The program with its secrets, which it gets at its start and nobody keeps here."""
        if self._secrets is None:
            return self._program
        environment = await self._secrets(self._server, self._program.environment)
        return replace(self._program, environment=environment)

    async def _open(self, program: Program, capabilities: dict[str, Any], era: Era | None) -> Talk:
        async def attempt(first: Era | None) -> Talk:
            return await Talk.open(
                self._server,
                program,
                capabilities=capabilities,
                first=first,
                changed=self._changed,
                tap=self._tap,
            )

        try:
            return await attempt(era)
        except UpstreamLost:
            if self._is_second(era):
                raise
            if era is Era.LEGACY:
                raise self._silent() from None
        # Some legacy servers end when the first thing they hear is not the handshake.
        try:
            return await attempt(Era.LEGACY)
        except UpstreamLost:
            raise self._silent() from None

    def _silent(self) -> UpstreamNotStarted:
        return UpstreamNotStarted(f"{self._server} ended before it said which MCP it speaks.")

    def _stumbled(self, began: float) -> None:
        """It ended by itself: the first time it may start again at once, then later and later."""
        now = asyncio.get_running_loop().time()
        pause = self._backoff.pause(now - began)
        self._not_before = now + (pause if self._backoff.failures > 1 else 0.0)

    async def _watch(self, key: bytes, talk: Talk, began: float) -> None:
        await talk.gone.wait()
        if self._talks.get(key) is talk:
            del self._talks[key]
            self._stumbled(began)
            log.info("%s ended by itself", self._server)
        await talk.aclose()

    def _make_room(self) -> None:
        idle = [key for key, talk in self._talks.items() if key and not talk.busy][:-1]
        for key in idle[: max(len(self._talks) - MOST, 0)]:
            self._do(self._talks.pop(key).aclose())

    def _do(self, chore: Any) -> None:  # noqa: ANN401 - any coroutine that returns nothing
        task = asyncio.ensure_future(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    # --- changes -----------------------------------------------------------------------------

    async def _stream(
        self,
        wanted: Mapping[str, Any],
        heard: Callable[[dict[str, Any]], None],
        is_open: Callable[[], None],
    ) -> None:
        talk = await self._talk(None)
        modern = talk.terms.era is Era.MODERN

        def listener(message: dict[str, Any]) -> None:
            if message.get("method") == ACKNOWLEDGED:
                is_open()
            else:
                heard(own(message))

        talk.floor.listeners.append(listener)
        talk.busy += 1
        try:
            await (self._modern(talk, wanted) if modern else self._legacy(talk, wanted, is_open))
        finally:
            talk.busy -= 1
            talk.floor.listeners.remove(listener)

    async def _modern(self, talk: Talk, wanted: Mapping[str, Any]) -> None:
        params = {"notifications": dict(wanted)}
        envelope = await talk.ask("subscriptions/listen", params, NOBODY, asyncio.timeout(None))
        if "error" in envelope:
            raise NoStream

    async def _legacy(
        self, talk: Talk, wanted: Mapping[str, Any], is_open: Callable[[], None]
    ) -> None:
        for uri in uris(wanted):

            async def ask(clock: asyncio.Timeout, uri: str = uri) -> dict[str, Any]:
                return await talk.ask("resources/subscribe", {"uri": uri}, NOBODY, clock)

            await within(self._server, _SUBSCRIBE_SECONDS, ask, idempotent=False)
        is_open()
        await talk.gone.wait()
        raise UpstreamLost(f"{self._server} ended.")

    # --- what clients tell -------------------------------------------------------------------

    def set_level(self, level: str) -> None:
        """See `Face.set_level`."""
        self._level = level
        for talk in self._talks.values():
            talk.set_level(level)

    def roots_changed(self, relay: Relay) -> None:
        """See `Face.roots_changed`."""
        talk = self._talks.get(encode(dict(relay.capabilities)))
        if talk is not None:
            self._do(talk.roots_changed(relay))

    async def aclose(self) -> None:
        """End every program, and what goes on around them."""
        for starting in list(self._starting.values()):
            starting.cancel()
        talks, self._talks = list(self._talks.values()), {}
        await asyncio.gather(*self._starting.values(), return_exceptions=True)
        await asyncio.gather(*(talk.aclose() for talk in talks))
        if self._chores:
            # Each watches a program that has ended by now, or is ending it.
            await asyncio.wait(self._chores, timeout=_CLOSING_SECONDS)
        for chore in list(self._chores):
            chore.cancel()
