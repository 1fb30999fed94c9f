"""Finding out which era a server speaks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from proxy.plain import plain
from proxy.upstream.answer import Rejected
from proxy.upstream.conversation import converse
from proxy.upstream.era import MODERN_VERSIONS, SERVER_KEY, UNSUPPORTED_VERSION, Era, Terms
from proxy.upstream.fault import UpstreamFault, UpstreamLost, UpstreamMalformed, UpstreamSlow
from proxy.upstream.handshake import mapping, told
from proxy.upstream.legacy import LegacySession
from proxy.upstream.request import write

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator, Mapping

    from proxy.upstream.endpoint import Endpoint

SECONDS = 60.0
"""How long a server may take for the whole negotiation."""

_CRASHED = 500

T = TypeVar("T")

Agreement = tuple[Terms, LegacySession | None]


async def negotiate(
    endpoint: Endpoint,
    *,
    known: Terms | None,
    capabilities: Mapping[str, Any],
    identifiers: Iterator[int],
) -> Agreement:
    """Agree with a server on what to speak.

    Args:
        endpoint: Where it is.
        known: What it spoke last; unknown servers are asked in the modern way first.
        capabilities: What the client can be asked that waits for this.
        identifiers: Where request ids come from.

    Returns:
        The terms, and the session that a legacy handshake opened.

    Raises:
        UpstreamFault: It speaks neither, cannot be reached, or wants a person; whatever the
            request was that waits for this, it has not run.
    """
    agreeing = _agreement(endpoint, known, capabilities, identifiers)
    return await before_the_request(endpoint.server, agreeing)


async def _agreement(
    endpoint: Endpoint,
    known: Terms | None,
    capabilities: Mapping[str, Any],
    identifiers: Iterator[int],
) -> Agreement:
    first = known.era if known else None
    terms, session = await _either(endpoint, first, capabilities, identifiers)
    if known is None or known.era is not terms.era:
        return terms, session
    same = terms.server_info == known.server_info
    if terms.era is Era.MODERN:
        return (replace(terms, dual=known.dual) if same else terms), session
    if same or not known.server_info:
        return terms, session
    # Another release of it: that is when a legacy server learns the modern era.
    try:
        newer = await discover(endpoint, identifiers)
    except (Rejected, UpstreamFault):
        return terms, session
    return replace(newer, dual=True), session


async def before_the_request(server: str, agreeing: Coroutine[Any, Any, T]) -> T:
    """Await a negotiation or handshake; what fails in it leaves the request itself not run.

    Raises:
        UpstreamFault: It failed; `may_have_run` is False.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return await agreeing
    except TimeoutError:
        msg = f"{server} did not say within {SECONDS:g} seconds which MCP it speaks."
        raise UpstreamSlow(msg, remedy=UpstreamFault.remedy, may_have_run=False) from None
    except UpstreamLost as lost:
        msg = f"{server} hung up before it said which MCP it speaks."
        raise UpstreamLost(msg, remedy=UpstreamFault.remedy, may_have_run=False) from lost
    except UpstreamFault as fault:
        fault.may_have_run = False
        raise


async def _either(
    endpoint: Endpoint,
    first: Era | None,
    capabilities: Mapping[str, Any],
    identifiers: Iterator[int],
) -> Agreement:
    async def modern() -> Agreement:
        return await discover(endpoint, identifiers), None

    async def legacy() -> Agreement:
        session = await LegacySession.open(endpoint, capabilities, next(identifiers))
        return session.terms, session

    ways = (legacy, modern) if first is Era.LEGACY else (modern, legacy)
    try:
        return await ways[0]()
    except Rejected as rejected:
        reason: UpstreamFault = rejected.fault
    except UpstreamFault as fault:
        if not stumbled(fault):
            raise
        reason = fault
    try:
        return await ways[1]()
    except Rejected as rejected:
        raise rejected.fault from reason


def stumbled(fault: UpstreamFault) -> bool:
    """Whether a server fell over a way to begin that it may never have heard of."""
    return isinstance(fault, UpstreamMalformed) or fault.data.get("status") == _CRASHED


async def discover(endpoint: Endpoint, identifiers: Iterator[int]) -> Terms:
    """Ask a server for its capabilities in the modern way (`server/discover`).

    A server that refuses the revision and names one that Portico knows is asked once more in that
    one (2026-07-28, versioning).

    Raises:
        Rejected: It does not speak a modern revision that Portico knows.
        UpstreamFault: See `proxy.upstream.fault`.
    """
    try:
        envelope = await _asked(endpoint, next(identifiers), MODERN_VERSIONS[-1])
    except Rejected as rejected:
        wanted = named(rejected.envelope)
        if wanted is None:
            raise
        envelope = await _asked(endpoint, next(identifiers), wanted)
    return discovered(endpoint.server, envelope)


async def _asked(endpoint: Endpoint, identifier: int, version: str) -> dict[str, Any]:
    offer = Terms(Era.MODERN, version)
    written = write(offer, identifier, "server/discover", {}, capabilities={})
    envelope, _ = await converse(
        endpoint, written.headers, written.body, identifier, lambda _: None
    )
    return envelope


def named(envelope: dict[str, Any] | None) -> str | None:
    """The newest revision that Portico knows among those a refusal names, if it is modern."""
    error = mapping((envelope or {}).get("error"))
    spoken = mapping(error.get("data")).get("supported")
    if error.get("code") != UNSUPPORTED_VERSION or not isinstance(spoken, list):
        return None
    return next((version for version in reversed(MODERN_VERSIONS) if version in spoken), None)


def discovered(server: str, envelope: dict[str, Any]) -> Terms:
    """What a server answered to `server/discover`.

    Raises:
        Rejected: It does not speak a modern revision that Portico knows.
    """
    answer = mapping(envelope.get("result"))
    spoken = answer.get("supportedVersions")
    mutual = [v for v in MODERN_VERSIONS if isinstance(spoken, list) and v in spoken]
    if not mutual:
        said = plain(str(mapping(envelope.get("error")).get("message", "no version in common")))
        msg = f"{server} does not speak MCP {MODERN_VERSIONS[-1]}: {said}"
        raise Rejected(200, None, UpstreamMalformed(msg, may_have_run=False))
    info = mapping(mapping(answer.get("_meta")).get(SERVER_KEY))
    can = mapping(answer.get("capabilities"))
    return Terms(Era.MODERN, mutual[-1], can, info, instructions=told(answer))
