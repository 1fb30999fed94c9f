"""What a legacy server says beside the answers to our requests, in a session that can be asked.

Servers made with the SDKs put some questions (`roots/list` above all) on the session's own stream
and not on that of the call that raised them. Without somebody there they wait for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from proxy.upstream.answer import OK, media_type, messages
from proxy.upstream.fault import UpstreamLost
from proxy.upstream.floor import Floor
from proxy.upstream.listening import NoStream, keep_open

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.upstream.endpoint import Endpoint
    from proxy.upstream.legacy import LegacySession

_OPEN_SECONDS = 0.5
"""How long the first call of a session waits for the stream, so that no question is missed."""

_LOST = frozenset({400, 404})


class SessionOver(Exception):  # noqa: N818 - it says what the server said.
    """The server has forgotten the session, and its stream with it."""


class Overhearing:
    """The own stream of one session, kept open while the session lasts.

    Args:
        session: The session.
        endpoint: Its server.
        changed: Told that the server's tools changed.

    Attributes:
        floor: Where the open calls of the session are known.
    """

    def __init__(
        self, session: LegacySession, endpoint: Endpoint, changed: Callable[[], None]
    ) -> None:
        self.floor = Floor(session.answer, changed)
        self._session = session
        self._endpoint = endpoint
        self._tried = asyncio.Event()
        self._last = b""
        self._task = endpoint.do(self._keep())

    async def ready(self) -> None:
        """Wait until the stream is open or there is none, and not for long."""
        if self._tried.is_set():
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_OPEN_SECONDS):
                await self._tried.wait()

    async def _keep(self) -> None:
        with contextlib.suppress(SessionOver):
            await keep_open(self._endpoint.server, self._stream, lambda: None)

    async def _stream(self, is_open: Callable[[], None]) -> None:
        # What was said while the stream was lost may be a question that a call waits for.
        last, self._last = self._last, b""
        try:
            reply = await self._session.get(last)
        finally:
            self._tried.set()
        try:
            if last and reply.status != OK:
                msg = f"{self._endpoint.server} has forgotten where its stream was."
                raise UpstreamLost(msg)  # The next attempt begins anew.
            if reply.status in _LOST and self._session.has_id:
                raise SessionOver
            kind = media_type(reply.header("content-type"))
            if reply.status != OK or kind != "text/event-stream":
                raise NoStream
            is_open()
            while (data := await reply.event()) is not None:
                for message in messages(self._endpoint.server, data):
                    self.floor.take(message)
        finally:
            self._last = reply.last
            await reply.aclose()

    def end(self) -> None:
        """Close the stream."""
        self._task.cancel()
