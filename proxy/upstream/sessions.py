"""The sessions with one legacy server: opened once each, shared, and opened again when lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from proxy.upstream.answer import OK, Rejected
from proxy.upstream.fault import UpstreamFault
from proxy.upstream.legacy import LegacySession
from proxy.upstream.listing import EVERYTHING
from proxy.upstream.negotiation import before_the_request, stumbled
from proxy.wire import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from proxy.upstream.contract import Relay
    from proxy.upstream.endpoint import Endpoint
    from proxy.upstream.era import Terms

MOST = 8
"""Sessions that are kept; clients that can be asked different things are rarely more kinds."""


class HandshakeRejected(Rejected):
    """The server takes no handshake (any more): it may speak the other era now."""


class Sessions:
    """One session for each set of client capabilities, and one for what no client asks for.

    Args:
        endpoint: The server.
        identifiers: Where request ids come from.
        opened: Told the terms of each new session.

    Attributes:
        level: From which level on each is to send log messages; empty where nobody said.
    """

    def __init__(
        self, endpoint: Endpoint, identifiers: Iterator[int], opened: Callable[[Terms], None]
    ) -> None:
        self._endpoint = endpoint
        self._identifiers = identifiers
        self._opened = opened
        self.level = ""
        self._open: dict[bytes, LegacySession] = {}
        self._opening: dict[bytes, asyncio.Task[LegacySession]] = {}

    async def get(self, capabilities: Mapping[str, Any] | None) -> LegacySession:
        """The session for clients with these capabilities; None is the one for lists and changes.

        Raises:
            HandshakeRejected: The server does not shake hands.
            UpstreamFault: It cannot be reached, or wants a person.
        """
        wanted = dict(EVERYTHING if capabilities is None else capabilities)
        key = _key(capabilities)
        found = self._open.get(key)
        if found is not None:
            return found
        opening = self._opening.get(key)
        if opening is None:
            opening = self._opening[key] = asyncio.ensure_future(self._shake(key, wanted))
            opening.add_done_callback(lambda task: self._done(key, task))
        # One caller may give up; the handshake is for everybody who waits.
        return await asyncio.shield(opening)

    async def _shake(self, key: bytes, capabilities: dict[str, Any]) -> LegacySession:
        handshake = LegacySession.open(self._endpoint, capabilities, next(self._identifiers))
        try:
            session = await before_the_request(self._endpoint.server, handshake)
        except Rejected as no:
            raise HandshakeRejected(no.status, no.envelope, no.fault) from None
        except UpstreamFault as fault:
            if not stumbled(fault):
                raise
            raise HandshakeRejected(OK, None, fault) from fault
        await self._keep(key, session)
        return session

    async def adopt(self, capabilities: Mapping[str, Any] | None, session: LegacySession) -> None:
        """Take a session that the negotiation opened."""
        await self._keep(_key(capabilities), session)

    def set_level(self, level: str) -> None:
        """Tell every session from which level on to send log messages, and each new one."""
        self.level = level
        for session in self._open.values():
            self._endpoint.do(session.set_level(next(self._identifiers), level))

    def roots_changed(self, relay: Relay, changed: Callable[[], None]) -> None:
        """Tell the session of clients like this one that their roots are other ones."""
        session = self._open.get(_key(relay.capabilities))
        if session is not None:
            session.roots_changed(next(self._identifiers), relay, changed)

    async def _keep(self, key: bytes, session: LegacySession) -> None:
        if self.level:
            # Before the call that the session is for: what it logs is of the level, too.
            await session.set_level(next(self._identifiers), self.level)
        replaced = self._open.pop(key, None)
        self._open[key] = session
        surplus = [k for k, kept in self._open.items() if not kept.busy][: len(self._open) - MOST]
        for idle in [replaced, *(self._open.pop(k) for k in surplus)]:
            if idle is not None:
                self._endpoint.do(idle.aclose())
        self._opened(session.terms)

    def _done(self, key: bytes, task: asyncio.Task[LegacySession]) -> None:
        self._opening.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waited has it; with nobody left it is not worth a warning

    def forget(self, session: LegacySession) -> None:
        """Drop a session that the server has lost, unless another one took its place already."""
        for key, kept in list(self._open.items()):
            if kept is session:
                del self._open[key]
        session.end_stream()

    async def aclose(self) -> None:
        """Stop opening, and end every session."""
        opening = list(self._opening.values())
        for task in opening:
            task.cancel()
        sessions, self._open = list(self._open.values()), {}
        await asyncio.gather(*opening, return_exceptions=True)
        await asyncio.gather(*(session.aclose() for session in sessions))


def _key(capabilities: Mapping[str, Any] | None) -> bytes:
    # What nobody asked for has a session apart, though some client may be able to do as much: the
    # stream of changes is open in it, and servers allow one such stream in each session.
    return b"" if capabilities is None else encode(dict(capabilities))
