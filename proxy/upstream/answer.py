"""What an HTTP answer means before it is read as MCP, and which message answers a request; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.upstream.fault import (
    UpstreamFault,
    UpstreamForbidden,
    UpstreamMalformed,
    UpstreamMisplaced,
    UpstreamSignInNeeded,
)
from proxy.wire import INTERNAL_ERROR, NotJson, decode, encode, error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auth.secret import Secret

LIMIT = 32 * 1024 * 1024
"""Bytes that one answer, or one event of a stream, may have."""

REFUSAL_LIMIT = 64 * 1024
"""Bytes that are read of an answer that refuses."""

WITHHELD = "the answer repeated the token and was withheld"

_TELLING, _SHORTEST = 16, 8
"""Characters of a token that tell which it is, and fewer than which none has."""

OK = 200
_BAD_REQUEST = 400
_UNAUTHORIZED = 401
_FORBIDDEN = 403
_NOT_FOUND = 404
_TOO_MANY = 429
_SERVER_ERROR = 500
_NOT_IMPLEMENTED = 501
_UNAVAILABLE = 503

_REDIRECTS = range(300, 400)
_NOWHERE = frozenset({_NOT_FOUND, 405, 410, _NOT_IMPLEMENTED})


class Rejected(Exception):  # noqa: N818 - often the way to learn which era a server speaks.
    """The server's HTTP layer turned a request away; it surely did not run.

    Attributes:
        status: The HTTP status; 200 when only the JSON-RPC error says so.
        envelope: The JSON-RPC error response that came with it, or None.
        fault: What to raise when nothing better is found.
    """

    def __init__(self, status: int, envelope: dict[str, Any] | None, fault: UpstreamFault) -> None:
        super().__init__(status)
        self.status = status
        self.envelope = envelope
        self.fault = fault

    @property
    def questions_the_era(self) -> bool:
        """Whether a server of the other era would say this: a 4xx that is about the request."""
        plain_no = _BAD_REQUEST <= self.status < _SERVER_ERROR and self.status != _TOO_MANY
        return plain_no or self.status in {OK, _NOT_IMPLEMENTED}

    @property
    def code(self) -> int | None:
        """The JSON-RPC error code, when one came."""
        return error_code(self.envelope) if self.envelope else None


def error_code(envelope: dict[str, Any]) -> int | None:
    """The code of a JSON-RPC error response; None for a result, or for a code that is none."""
    failure = envelope.get("error")
    code = failure.get("code") if isinstance(failure, dict) else None
    return code if isinstance(code, int) else None


def media_type(value: str | None) -> str:
    """A `Content-Type` without its parameters, in lower case; empty when there is none."""
    return (value or "").partition(";")[0].strip().lower()


def refusal(  # noqa: PLR0911 - one return for each kind of status.
    server: str, status: int, said: str = "", *, not_now: bool = False
) -> UpstreamFault:
    """The fault that an HTTP status other than 2xx stands for.

    Args:
        server: Short name, for the sentence.
        status: The HTTP status.
        said: What the answer's body said; at most 200 plain characters of it are shown.
        not_now: Whether the answer names a time to try again (`Retry-After`). Only then does a 503
            prove that the request did not run: gateways also send one when the server behind them
            hung up in the middle.
    """
    data = {"status": status}
    tail = f" and said: {plain(said.strip())}" if said.strip() else ""
    if status == _UNAUTHORIZED:
        return UpstreamSignInNeeded(f"{server} does not accept your sign-in (HTTP 401).", data=data)
    if status == _FORBIDDEN:
        return UpstreamForbidden(f"{server} refused you (HTTP 403){tail}.", data=data)
    if status in _REDIRECTS:
        return UpstreamMisplaced(
            f"{server} answered with a redirect (HTTP {status}), which is never followed.",
            data=data,
        )
    if status in _NOWHERE:
        return UpstreamMisplaced(
            f"There is no MCP server where {server} should be (HTTP {status}).", data=data
        )
    if status == _TOO_MANY:
        return UpstreamFault(f"{server} is asked too often (HTTP 429).", data=data)
    if status >= _SERVER_ERROR:
        surely_not = status == _UNAVAILABLE and not_now
        return UpstreamFault(
            f"{server} failed (HTTP {status}){tail}.", data=data, may_have_run=not surely_not
        )
    return UpstreamMalformed(
        f"{server} rejected the request (HTTP {status}){tail}.", data=data, may_have_run=False
    )


def rejection(
    server: str,
    status: int,
    kind: str,
    body: bytes,
    *,
    not_now: bool,
    tokens: Iterable[Secret] = (),
) -> Rejected:
    """An answer with a status other than 2xx, with the JSON-RPC error in it if there is one.

    Args:
        server: Short name, for messages.
        status: The HTTP status.
        kind: The media type.
        body: The body, as far as it was read.
        not_now: See `refusal`.
        tokens: What the request may have carried, and nothing that is shown may repeat.
    """
    envelope = None
    said = ""
    if kind == "application/json":
        found = _error(body)
        envelope = unrepeated(found, tokens) if found else None
        said = str(envelope["error"].get("message", "")) if envelope else ""
    elif kind == "text/plain":
        said = body[:800].decode("utf-8", "replace")
        said = WITHHELD if _repeats(said, tokens) else said
    return Rejected(status, envelope, refusal(server, status, said, not_now=not_now))


def unrepeated(envelope: dict[str, Any], tokens: Iterable[Secret]) -> dict[str, Any]:
    """A JSON-RPC error response, without its words where they repeat a token.

    Servers and gateways in debug mode like to quote the request's headers; a model must not read
    them, nor may they stand in a log.
    """
    if not _repeats(encode(envelope).decode(), tokens):
        return envelope
    code, identifier = error_code(envelope), envelope.get("id")
    named = identifier if isinstance(identifier, int) else None
    return error(named, INTERNAL_ERROR if code is None else code, WITHHELD)


def _repeats(said: str, tokens: Iterable[Secret]) -> bool:
    """Whether text holds a token, or enough of one's beginning to tell which it is."""
    told = (token.reveal()[:_TELLING] for token in tokens)
    return any(beginning in said for beginning in told if len(beginning) >= _SHORTEST)


def _error(body: bytes) -> dict[str, Any] | None:
    try:
        message = decode(body)
    except NotJson:
        return None  # the status alone has to say it then
    is_error = isinstance(message, dict) and isinstance(message.get("error"), dict)
    return message if is_error else None


def messages(server: str, data: bytes) -> Iterator[dict[str, Any]]:
    """The JSON-RPC messages in one JSON text; the revision 2025-03-26 allowed several in a list.

    Raises:
        UpstreamMalformed: It is not JSON, or not JSON-RPC.
    """
    try:
        value = decode(data)
    except NotJson as wrong:
        msg = f"{server} sent something that is not JSON: {wrong}."
        raise UpstreamMalformed(msg) from None
    for message in value if isinstance(value, list) else (value,):
        if not isinstance(message, dict):
            msg = f"{server} sent JSON that is not a JSON-RPC message."
            raise UpstreamMalformed(msg)
        yield message


def is_answer(message: dict[str, Any], identifier: int) -> bool:
    """Whether `message` is the response to our request.

    An error counts whatever its id, because servers that cannot read a request answer with `null`
    or a word of theirs, and one POST carries one request. A result has to name it.
    """
    if "method" in message:
        return False
    if isinstance(message.get("error"), dict):
        return True
    return "result" in message and message.get("id") == identifier


def is_session_lost(rejected: Rejected) -> bool:
    """Whether a legacy server turned a request away because it forgot the session.

    The specification says 404. Servers made after the TypeScript SDK's examples say 400 with a
    sentence about the session and no id, before they look at the request.
    """
    if rejected.status == _NOT_FOUND:
        return True
    if rejected.status != _BAD_REQUEST or rejected.envelope is None:
        return False
    text = str(rejected.envelope["error"].get("message", "")).lower()
    return rejected.envelope.get("id") is None and "session" in text
