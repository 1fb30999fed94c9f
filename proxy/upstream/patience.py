"""How long one request may take, and when it may be sent a second time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from proxy.upstream.fault import UpstreamLost, UpstreamSlow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def within(
    server: str,
    seconds: float,
    ask: Callable[[asyncio.Timeout], Awaitable[dict[str, Any]]],
    *,
    idempotent: bool,
) -> dict[str, Any]:
    """Await `ask`, and once more when its answer was lost and it may be repeated.

    Args:
        server: Short name, for the sentence.
        seconds: For everything but a person's answers, for which `ask` pauses the clock.
        ask: Sends the request; it is handed the clock.
        idempotent: Whether it may be sent again after it may have run.

    Raises:
        UpstreamSlow: The time is over.
        UpstreamFault: What `ask` raised.
    """
    clock = asyncio.timeout(seconds)
    try:
        async with clock:
            try:
                return await ask(clock)
            except UpstreamLost:
                if not idempotent:
                    raise
                return await ask(clock)
    except TimeoutError:
        if not clock.expired():
            raise
        msg = f"{server} did not answer within {seconds:g} seconds."
        raise UpstreamSlow(msg) from None
