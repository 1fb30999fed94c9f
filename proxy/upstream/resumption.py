"""One answer over as many streams as it takes: a legacy server may end one before it has answered.

It does so to be asked for the rest later, or because the connection broke (2025-11-25, transports,
"Resumability and Redelivery"). The rest is then asked for by GET, after the last event that came;
the request itself is never sent again for it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from auth.fault import Fault
from proxy.upstream.answer import OK, media_type
from proxy.upstream.backoff import STEADY
from proxy.upstream.fault import Kind, UpstreamFault, UpstreamLost

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from proxy.upstream.reply import Reply

MOST_FRUITLESS = 5
"""Attempts in a row that bring nothing new, after which the answer is lost."""

_PAUSE, _SHORTEST, _LONGEST = 1.0, 0.05, 30.0
"""Seconds before a stream is asked for again: where the server says nothing, at least, and most."""

_SERVER_ERROR = 500


class Resumption:
    """The events of one answer.

    Args:
        server: Short name, for messages.
        reply: The stream that answers the request.
        resume: Opens the stream again after the event of that id; None where streams are not
            resumed (modern).
        let_go: Told that the server closed a stream to be asked later, with the milliseconds that
            it wants to have in between, or None.

    Attributes:
        reply: The stream that is open now.
    """

    def __init__(
        self,
        server: str,
        reply: Reply,
        resume: Callable[[bytes], Awaitable[Reply]] | None,
        let_go: Callable[[int | None], None],
    ) -> None:
        self.reply = reply
        self._server = server
        self._resume = resume
        self._let_go = let_go
        self._last = b""
        self._retry: int | None = None
        self._fruitless = 0
        self._opened = asyncio.get_running_loop().time()

    async def event(self) -> bytes:
        """The data of the next event.

        Raises:
            UpstreamLost: The stream ended, and there is no going on with it.
            UpstreamMalformed: An event is larger than the limit.
        """
        while True:
            broken, data = None, None
            try:
                data = await self.reply.event()
            except UpstreamLost as lost:
                broken = lost
            self._note(heard=data is not None)
            if data is not None:
                return data
            await self._again(broken)

    def _note(self, *, heard: bool) -> None:
        """Remember how far the stream got, and whether that is any further than before."""
        last, loop = self.reply.last, asyncio.get_running_loop()
        if self.reply.retry is not None:
            self._retry = self.reply.retry
        if heard or (last and last != self._last) or loop.time() - self._opened >= STEADY:
            self._fruitless = 0
        self._last = last or self._last

    async def _again(self, broken: UpstreamLost | None) -> None:
        """Open the stream where it ended."""
        await self.reply.aclose()
        if self._resume is None or not self._last:
            raise broken or UpstreamLost(f"{self._server} ended its answer without a response.")
        if broken is None:
            self._let_go(self._retry)
        while self._fruitless < MOST_FRUITLESS:
            await asyncio.sleep(self._pause())
            self._fruitless += 1
            if await self._opens(self._resume):
                return
        msg = f"{self._server} ended its answer and did not resume it."
        raise UpstreamLost(msg) from broken

    def _pause(self) -> float:
        wanted = _PAUSE if self._retry is None else self._retry / 1000
        return float(min(max(wanted, _SHORTEST) * 2**self._fruitless, _LONGEST))

    async def _opens(self, resume: Callable[[bytes], Awaitable[Reply]]) -> bool:
        """Whether the stream is open again; False where another attempt is worth it.

        Raises:
            UpstreamLost: The server refuses. Whatever the reason: the request itself may have run.
        """
        try:
            reply = await resume(self._last)
        except Fault as wrong:
            if isinstance(wrong, UpstreamFault) and wrong.kind is Kind.TRANSIENT:
                return False
            msg = f"{self._server} ended its answer and refuses to resume it ({wrong.reference})."
            raise UpstreamLost(msg) from wrong
        kind = media_type(reply.header("content-type"))
        if reply.status == OK and kind == "text/event-stream":
            self.reply, self._opened = reply, asyncio.get_running_loop().time()
            return True
        await reply.aclose()
        if reply.status >= _SERVER_ERROR:
            return False
        msg = f"{self._server} ended its answer and did not resume it (HTTP {reply.status})."
        raise UpstreamLost(msg)
