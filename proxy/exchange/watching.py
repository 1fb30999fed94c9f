"""A call that takes long, shown in the editor window of its workspace, where it can be ended.

The AI client that made the call waits in another program, which may not show that it waits.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from proxy.approval.surface import beside
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from proxy.exchange.call import Call
    from proxy.session import Progress, Session
    from proxy.upstream.contract import Relay
    from proxy.upstream.era import Era

LONG = 2.0
"""Seconds that a call takes before it is shown."""

_MESSAGE = 200
_PROGRESS = "notifications/progress"


class Stopped(Fault):
    """The person ended the call from their editor, after it was sent."""

    reference = "call-stopped"
    who = Who.PERSON
    remedy = "Look whether the action took effect; do not try it again unless the user asks for it."


class Watch:
    """What an editor window shows of one call.

    Args:
        title: Says what the call is, for people; few calls take so long that it is asked.
        find: The window that shows it, looked for once it is time.
        stop: Called when the person wants it to end.
    """

    def __init__(
        self,
        title: Callable[[], str],
        find: Callable[[], Session | None],
        stop: Callable[[], None],
    ) -> None:
        self._title = title
        self._find = find
        self._stop = stop
        self._shown: Progress | None = None
        self._latest: tuple[str, int | None] | None = None

    def begin(self) -> None:
        """Show it, if there is a window for it."""
        session = self._find()
        if session is None or session.editor is None:
            return
        self._shown = session.editor.progress(self._title(), self._stop)
        if self._latest is not None:
            self._shown.report(*self._latest)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Take a server's word on how far it is."""
        params = message.get("params")
        if message.get("method") != _PROGRESS or not isinstance(params, dict):
            return
        said, percentage = params.get("message"), share(params.get("progress"), params.get("total"))
        self._latest = plain(said, _MESSAGE) if isinstance(said, str) else "", percentage
        if self._shown is not None:
            self._shown.report(*self._latest)

    def end(self) -> None:
        """Take it away."""
        if self._shown is not None:
            self._shown.end()


class WatchedRelay:
    """The way back from a call, which is told of its progress as well.

    Args:
        relay: The way back to the client.
        watch: What is told.
    """

    __slots__ = ("_relay", "_watch")

    def __init__(self, relay: Relay, watch: Watch) -> None:
        self._relay = relay
        self._watch = watch

    @property
    def era(self) -> Era:
        """What the client speaks."""
        return self._relay.era

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the client can be asked."""
        return self._relay.capabilities

    def notify(self, message: dict[str, Any]) -> None:
        """Pass on a notification."""
        self._watch.hear(message)
        self._relay.notify(message)

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Put a server's question to the client, see `proxy.upstream.contract.Relay`."""
        return await self._relay.request(method, params)


@contextlib.asynccontextmanager
async def watched(
    call: Call,
    title: Callable[[], str],
    sessions: Callable[[], Iterable[Session]],
    long: float = LONG,
) -> AsyncIterator[WatchedRelay]:
    """While open, show a call that takes long; gives the relay by which it is heard.

    Args:
        call: The call, which the current task runs.
        title: Says what it is, for people.
        sessions: Every session, whenever it is called.
        long: Seconds after which it is shown.

    Raises:
        Stopped: The person ended it.
    """
    loop, running = asyncio.get_running_loop(), asyncio.current_task()
    stopped, ended = False, False

    def stop() -> None:
        nonlocal stopped
        # Whoever is late must not cancel what its task does next.
        if running is not None and not ended and not stopped:
            stopped = running.cancel()

    watch = Watch(title, lambda: beside(sessions(), call.session), stop)
    timer = loop.call_later(long, watch.begin)
    try:
        yield WatchedRelay(call.relay, watch)
    except asyncio.CancelledError:
        # Its client may have cancelled it at the same moment, and then waits for no answer.
        if stopped and running is not None and running.uncancel() == 0:
            raise Stopped("The user cancelled this call while it ran.") from None
        raise
    finally:
        ended = True
        timer.cancel()
        watch.end()


def share(progress: object, total: object) -> int | None:
    """How much of the whole is done, in percent; None where the server did not say."""
    numbers = [n for n in (progress, total) if isinstance(n, int | float) and n == n]  # noqa: PLR0124 - NaN.
    if len(numbers) < len(("progress", "total")) or numbers[1] <= 0:
        return None
    return round(100 * min(max(numbers[0] / numbers[1], 0.0), 1.0))
