"""From a POST's answer to the one JSON-RPC response in it, in whichever form the server chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.upstream.answer import OK, Rejected, error_code, is_answer, media_type, messages
from proxy.upstream.era import HEADER_MISMATCH, UNSUPPORTED_VERSION
from proxy.upstream.fault import UpstreamMalformed
from proxy.upstream.resumption import Resumption

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from proxy.upstream.endpoint import Endpoint
    from proxy.upstream.reply import Reply
    from proxy.upstream.request import Headers

_NEVER_RAN = frozenset({HEADER_MISMATCH, UNSUPPORTED_VERSION})


async def converse(
    endpoint: Endpoint,
    headers: Headers,
    body: bytes,
    identifier: int,
    hear: Callable[[dict[str, Any]], None],
    *,
    resume: Callable[[bytes], Awaitable[Reply]] | None = None,
    let_go: Callable[[int | None], None] = lambda _: None,
) -> tuple[dict[str, Any], Reply]:
    """Send one request and wait for its response; cancelling closes the response stream.

    Args:
        endpoint: Where to.
        headers: See `proxy.upstream.request`.
        body: The request as JSON text.
        identifier: Its id.
        hear: Takes every other message on the same stream, in order, before the response.
        resume: Opens a stream again after the event of that id, where the server may close it
            to be asked later (2025-11-25, transports, "Resumability").
        let_go: Told when it does so, see `proxy.upstream.resumption`.

    Returns:
        The response envelope as the server sent it, and the HTTP answer (for its headers).

    Raises:
        Rejected: The server's HTTP layer or version check turned it away; it did not run.
        UpstreamFault: See `proxy.upstream.fault`.
    """
    reply = await endpoint.post(headers, body)
    if reply.status != OK:
        return await _turned_away(endpoint, reply, identifier), reply
    kept = False
    try:
        kind = media_type(reply.header("content-type"))
        if (reply.header("content-encoding") or "identity").lower() != "identity":
            msg = f"{endpoint.server} compressed its answer although it was asked not to."
            raise UpstreamMalformed(msg)
        if kind == "text/event-stream":
            events = Resumption(endpoint.server, reply, resume, let_go)
            try:
                envelope = await _from_stream(endpoint, events, identifier, hear)
            finally:
                reply = events.reply
            kept = True
        elif kind == "application/json":
            envelope = _from_text(endpoint, await reply.whole(), identifier, hear)
        else:
            shown = plain(kind, 60) or "no content type"
            msg = f"{endpoint.server} answered with {shown}, not MCP."
            raise UpstreamMalformed(msg)
    finally:
        if not kept:
            await reply.aclose()
    if kept:
        endpoint.let_go(reply)
    envelope = endpoint.unrepeated(envelope)
    if error_code(envelope) in _NEVER_RAN:
        msg = f"{endpoint.server} and Portico disagree about the protocol."
        raise Rejected(OK, envelope, UpstreamMalformed(msg, may_have_run=False))
    return envelope, reply


async def _from_stream(
    endpoint: Endpoint,
    events: Resumption,
    identifier: int,
    hear: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    while True:
        for message in messages(endpoint.server, await events.event()):
            if is_answer(message, identifier):
                return message
            hear(message)


def _from_text(
    endpoint: Endpoint, data: bytes, identifier: int, hear: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    for message in messages(endpoint.server, data):
        if is_answer(message, identifier):
            return message
        hear(message)
    msg = f"{endpoint.server} answered without a response to the request."
    raise UpstreamMalformed(msg)


async def _turned_away(endpoint: Endpoint, reply: Reply, identifier: int) -> dict[str, Any]:
    """Judge a status other than 200: a modern server sends JSON-RPC errors with 400 and 404 too."""
    if 200 < reply.status < 300:  # noqa: PLR2004 - the range that HTTP calls successful.
        await reply.aclose()
        msg = f"{endpoint.server} took the request without answering it (HTTP {reply.status})."
        raise UpstreamMalformed(msg)
    rejected = await endpoint.rejected(reply)
    envelope = rejected.envelope
    if envelope is not None and envelope.get("id") == identifier:
        if rejected.code not in _NEVER_RAN:
            return envelope
        raise rejected
    raise rejected if rejected.questions_the_era else rejected.fault
