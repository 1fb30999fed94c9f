"""What a server says by itself: one stream of its changes, kept open.

A modern server answers `subscriptions/listen` with a stream; a legacy one is asked for it by GET
and told by `resources/subscribe` what else to say there. Either may be lost at any time. It is then
opened again, later and later while that fails; and what may have changed meanwhile counts as
changed, because nobody replays it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from proxy.upstream.answer import Rejected, is_session_lost, media_type, messages
from proxy.upstream.backoff import Backoff
from proxy.upstream.contract import Refused
from proxy.upstream.conversation import converse
from proxy.upstream.era import RESERVED, Era
from proxy.upstream.fault import UpstreamLost, UpstreamMisplaced
from proxy.upstream.hearing import LIST_CHANGED, Hearing
from proxy.upstream.listing import EVERYTHING, NOBODY
from proxy.upstream.patience import within
from proxy.upstream.request import write
from proxy.wire import METHOD_NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from proxy.upstream.endpoint import Endpoint
    from proxy.upstream.era import Terms
    from proxy.upstream.legacy import LegacySession
    from proxy.upstream.sessions import Sessions

log = logging.getLogger("portico.upstream")

SUBSCRIPTION_KEY = RESERVED + "subscriptionId"
ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
UPDATED = "notifications/resources/updated"

NO_STREAM_SECONDS = 300.0
"""Before a server that has no such stream is asked for it again."""

_LISTS = {
    "toolsListChanged": LIST_CHANGED,
    "promptsListChanged": "notifications/prompts/list_changed",
    "resourcesListChanged": "notifications/resources/list_changed",
}
CHANGED = frozenset({UPDATED, *_LISTS.values()})
"""News of the server itself, whoever hears it."""

_SUBSCRIBE = "resources/subscribe"
_SUBSCRIBE_SECONDS = 30.0
_OK = 200


class NoStream(Exception):  # noqa: N818 - it is how such a server is.
    """The server says nothing by itself."""


class Listener:
    """The relay of a stream that nobody called for: it hands on news and answers no questions."""

    era = NOBODY.era
    capabilities: Mapping[str, Any] = NOBODY.capabilities

    def __init__(self, heard: Callable[[dict[str, Any]], None]) -> None:
        self._heard = heard

    def notify(self, message: dict[str, Any]) -> None:
        """Hand on a notification, without the number that the stream has between us and there."""
        if message.get("method") != ACKNOWLEDGED:
            self._heard(own(message))

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """Nobody called, so nobody can be asked."""
        raise Refused(METHOD_NOT_FOUND, "Method not found")


def own(message: dict[str, Any]) -> dict[str, Any]:
    """A notification without the id of the subscription that it came by."""
    params = message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    if not isinstance(params, dict) or not isinstance(meta, dict) or SUBSCRIPTION_KEY not in meta:
        return message
    kept = {key: value for key, value in meta.items() if key != SUBSCRIPTION_KEY}
    rest = {key: value for key, value in params.items() if key != "_meta"}
    return {**message, "params": {**rest, "_meta": kept} if kept else rest}


def missed(wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What may have been said while nobody listened, of all that was wanted."""
    for key, method in _LISTS.items():
        if wanted.get(key) is True:
            yield {"jsonrpc": "2.0", "method": method}
    for uri in uris(wanted):
        yield {"jsonrpc": "2.0", "method": UPDATED, "params": {"uri": uri}}


def uris(wanted: Mapping[str, Any]) -> list[str]:
    """The resources whose updates are wanted."""
    listed = wanted.get("resourceSubscriptions")
    return [uri for uri in listed if isinstance(uri, str)] if isinstance(listed, list) else []


async def keep_open(
    server: str,
    stream: Callable[[Callable[[], None]], Awaitable[None]],
    again: Callable[[], None],
) -> None:
    """Hold a stream open until cancelled.

    Args:
        server: Short name, for the log.
        stream: Opens it, calls what it is given once it is open, and returns or raises at its end.
        again: Called when it is open again.
    """
    loop, backoff, opened = asyncio.get_running_loop(), Backoff(), False

    def is_open() -> None:
        nonlocal opened
        if opened:
            again()
        opened = True

    while True:
        began = loop.time()
        try:
            await stream(is_open)
        except (NoStream, UpstreamMisplaced):
            pause = NO_STREAM_SECONDS
        except (Fault, Rejected) as wrong:
            log.debug("%s: the stream of changes ended: %s", server, type(wrong).__name__)
            pause = backoff.pause(loop.time() - began)
        else:
            pause = backoff.pause(loop.time() - began)
        await asyncio.sleep(pause)


class Changes:
    """The stream of changes of one remote server.

    Args:
        endpoint: The server.
        identifiers: Where request ids come from.
        sessions: Its sessions, where it is a legacy one.
        changed: Told that its tools changed.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        identifiers: Iterator[int],
        sessions: Sessions,
        changed: Callable[[], None],
    ) -> None:
        self._endpoint = endpoint
        self._identifiers = identifiers
        self._sessions = sessions
        self._changed = changed

    async def stream(
        self,
        terms: Terms,
        wanted: Mapping[str, Any],
        heard: Callable[[dict[str, Any]], None],
        is_open: Callable[[], None],
    ) -> None:
        """Open the stream once and hear it to its end.

        Raises:
            NoStream: The server has none.
            Fault: It could not be opened, or broke.
            Rejected: The server turned the request away.
        """
        if terms.era is Era.MODERN:
            await self._modern(terms, wanted, heard, is_open)
        else:
            await self._legacy(wanted, heard, is_open)

    def _hearing(
        self,
        identifier: int,
        heard: Callable[[dict[str, Any]], None],
        answer: Callable[[bytes], None] | None,
    ) -> Hearing:
        def changed() -> None:
            self._changed()
            heard({"jsonrpc": "2.0", "method": LIST_CHANGED})

        return Hearing(
            identifier,
            None,
            Listener(heard),
            changed=changed,
            answer=answer,
            clock=asyncio.timeout(None),
        )

    async def _modern(
        self,
        terms: Terms,
        wanted: Mapping[str, Any],
        heard: Callable[[dict[str, Any]], None],
        is_open: Callable[[], None],
    ) -> None:
        identifier = next(self._identifiers)
        params = {"notifications": dict(wanted)}
        written = write(terms, identifier, "subscriptions/listen", params, capabilities=EVERYTHING)
        hearing = self._hearing(identifier, heard, None)

        def hear(message: dict[str, Any]) -> None:
            if message.get("method") == ACKNOWLEDGED:
                is_open()
            hearing.hear(message)

        envelope, _ = await converse(
            self._endpoint, written.headers, written.body, identifier, hear
        )
        if "error" in envelope:
            raise NoStream

    async def _legacy(
        self,
        wanted: Mapping[str, Any],
        heard: Callable[[dict[str, Any]], None],
        is_open: Callable[[], None],
    ) -> None:
        session = await self._sessions.get(None)
        session.busy += 1
        hearing = self._hearing(0, heard, session.answer)
        try:
            for uri in uris(wanted):
                await self._subscribe(session, uri)
            await self._hear(session, hearing, is_open)
        except Rejected as rejected:
            if session.has_id and is_session_lost(rejected):
                self._sessions.forget(session)
                raise UpstreamLost(f"{self._endpoint.server} forgot the session.") from None
            raise
        finally:
            session.busy -= 1
            hearing.close()

    async def _subscribe(self, session: LegacySession, uri: str) -> None:
        async def ask(clock: asyncio.Timeout) -> dict[str, Any]:
            identifier, params = next(self._identifiers), {"uri": uri}
            return await session.ask(
                identifier, _SUBSCRIBE, params, NOBODY, changed=self._changed, clock=clock
            )

        envelope = await within(self._endpoint.server, _SUBSCRIBE_SECONDS, ask, idempotent=True)
        if "error" in envelope:
            # The other subscriptions are worth having all the same.
            log.info("%s took no subscription", self._endpoint.server)

    async def _hear(
        self, session: LegacySession, hearing: Hearing, is_open: Callable[[], None]
    ) -> None:
        reply = await session.get()
        try:
            if reply.status != _OK:
                rejected = await self._endpoint.rejected(reply)
                if session.has_id and is_session_lost(rejected):
                    raise rejected
                raise NoStream
            if media_type(reply.header("content-type")) != "text/event-stream":
                raise NoStream
            is_open()
            while (data := await reply.event()) is not None:
                for message in messages(self._endpoint.server, data):
                    hearing.hear(message)
        finally:
            await reply.aclose()
