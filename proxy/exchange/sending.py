"""Sending one call to its server, on whichever way its client's answers come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.exchange.addressed import IDEMPOTENT
from proxy.exchange.bridge import poses
from proxy.exchange.named_relay import NamedRelay
from proxy.exchange.parking import parks
from proxy.upstream.fault import UpstreamMalformed

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.fault import Fault
    from proxy.exchange.call import Call
    from proxy.exchange.parking import Parking
    from proxy.policy.offering import Offering
    from proxy.upstream.contract import Relay
    from proxy.upstream.face import Face

CALL_SECONDS = 300.0
"""How long a server may take to answer a call."""


async def send(
    upstream: Face,
    call: Call,
    params: dict[str, Any],
    *,
    relay: Relay,
    offering: Offering,
    parking: Parking,
    gave_up: Callable[[str], None],
    bound: Callable[[], str],
    heard: Callable[[str, dict[str, Any]], None],
    refused: Callable[[Fault], None],
) -> dict[str, Any]:
    """Send a call, or go on with it where it comes back to be answered.

    Args:
        upstream: The server.
        call: The call.
        params: The params under the server's own names.
        relay: The way back to its client.
        offering: The server as this user meets it; its questions are named after it.
        parking: Where a call waits whose client is told of a question by its result.
        gave_up: Told why a parked call was given up whose client did not come back.
        bound: The digest that a parked call is bound to.
        heard: Takes what the server says that is not about the call.
        refused: Told why a question of the server's is not passed on.

    Raises:
        Fault: There is no answer, or nothing waits for the one that the call brings.
    """
    chaos = call.session.chaos

    async def through(relay: Relay) -> dict[str, Any]:
        named = NamedRelay(relay, offering, heard, call.session.id, refused)
        if chaos is not None:
            await chaos.question(named)
        envelope = await upstream.send(
            call.method,
            params,
            named,
            timeout=CALL_SECONDS,
            idempotent=call.method in IDEMPOTENT,
        )
        if poses(envelope):
            raise UpstreamMalformed(f"{offering.title} sent a state that only Portico gives.")
        return envelope

    # One that may ask on purpose asks like a legacy server, whatever it speaks.
    if not parks(call, None if chaos is not None and chaos.asks else upstream.era):
        return await through(relay)
    digest = bound()
    return await parking.run(call, digest, through, parking.claim(call, digest), gave_up)
