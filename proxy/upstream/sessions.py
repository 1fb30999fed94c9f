"""The sessions with one legacy server: opened once each, shared, and opened again when lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from proxy.upstream.answer import Rejected
from proxy.upstream.legacy import LegacySession
from proxy.upstream.negotiation import before_the_request
from proxy.wire import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from proxy.upstream.endpoint import Endpoint
    from proxy.upstream.era import Terms

MOST = 8
"""Sessions that are kept; clients that can be asked different things are rarely more kinds."""


class HandshakeRejected(Rejected):
    """The server takes no handshake (any more): it may speak the other era now."""


class Sessions:
    """One session for each set of client capabilities.

    Args:
        endpoint: The server.
        identifiers: Where request ids come from.
        opened: Told the terms of each new session.
    """

    def __init__(
        self, endpoint: Endpoint, identifiers: Iterator[int], opened: Callable[[Terms], None]
    ) -> None:
        self._endpoint = endpoint
        self._identifiers = identifiers
        self._opened = opened
        self._open: dict[bytes, LegacySession] = {}
        self._opening: dict[bytes, asyncio.Task[LegacySession]] = {}

    async def get(self, capabilities: Mapping[str, Any] | None) -> LegacySession:
        """The session for clients with these capabilities; None takes whichever is there.

        Raises:
            HandshakeRejected: The server does not shake hands.
            UpstreamFault: It cannot be reached, or wants a person.
        """
        if capabilities is None and self._open:
            return next(reversed(self._open.values()))
        wanted = dict(capabilities or {})
        key = encode(wanted)
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
        self._keep(key, session)
        return session

    def adopt(self, capabilities: Mapping[str, Any], session: LegacySession) -> None:
        """Take a session that the negotiation opened."""
        self._keep(encode(dict(capabilities)), session)

    def _keep(self, key: bytes, session: LegacySession) -> None:
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
