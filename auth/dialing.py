"""Reaching a host that has several addresses: the fastest answer counts (RFC 8305)."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

_STAGGER = 0.25
"""Seconds after which the next address is tried beside the one before (RFC 8305 section 5)."""

Address = tuple[socket.AddressFamily, Any]


async def dial(host: str, port: int) -> socket.socket:
    """A socket of the first address that answers (RFC 8305).

    Raises:
        OSError: None does.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    attempts: set[asyncio.Task[socket.socket]] = set()
    wrong: BaseException | None = None
    waiting = alternating([(family, address) for family, _, _, _, address in found])
    try:
        while waiting or attempts:
            if waiting:
                attempts.add(asyncio.ensure_future(_attempt(*waiting.pop(0))))
            pause = _STAGGER if waiting else None
            done, attempts = await asyncio.wait(
                attempts, timeout=pause, return_when=asyncio.FIRST_COMPLETED
            )
            for attempt in done:
                wrong = attempt.exception()
                if wrong is None:
                    attempts |= done - {attempt}
                    return attempt.result()
    finally:
        for attempt in attempts:
            attempt.cancel()
            attempt.add_done_callback(_drop)
    raise wrong or OSError("the name has no address")


def alternating(addresses: list[Address]) -> list[Address]:
    """The addresses in the resolver's order, the families in turns, as RFC 8305 section 4 says."""
    first = [found for found in addresses if found[0] == addresses[0][0]]
    second = [found for found in addresses if found[0] != addresses[0][0]]
    both = min(len(first), len(second))
    turns = [found for pair in zip(first, second, strict=False) for found in pair]
    return turns + first[both:] + second[both:]


async def _attempt(family: socket.AddressFamily, address: Any) -> socket.socket:  # noqa: ANN401
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        # Without it a request may wait 40 ms for the acknowledgement of its own first half.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(made, address)
    except BaseException:
        made.close()
        raise
    return made


def _drop(attempt: asyncio.Task[socket.socket]) -> None:
    """Close what connected although another was faster."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()
