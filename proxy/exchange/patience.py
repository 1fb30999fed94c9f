"""Hosts that are less patient than people: telling them to wait, and knowing when they did not.

Clients take silence for a server that died, and some start their timeout anew at each progress.
What they are told names no question and no way to answer it, because a model may read it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from proxy.exchange.call import Call

EVERY = 5.0
"""Seconds between two notifications."""

MESSAGE = "Waiting for the user's yes"

ON_PAGE = f"{MESSAGE} on Portico's page: they open it with `portico approvals --open`"
"""The same where no window shows the question; the command opens a page and answers nothing."""

_STEP = 0.001
"""Progress must only ever grow; so small a step leaves a server's own the room from 1 upwards."""


CLOSED = "connection closed"
"""The reason of a cancellation that stands for a connection which the client closed."""

_TIMEOUT = re.compile(rf"\btime[ -]?out|\btimed[ -]out|-32001|\bdeadline|{CLOSED}", re.IGNORECASE)


def impatient(reason: object) -> bool:
    """Whether a cancellation's reason says that the host only waited no longer.

    `notifications/cancelled` has one word for both: its `reason` is free text. The SDKs write
    "McpError: MCP error -32001: Request timed out" (TypeScript) and "timed out after 60.0s"
    (Python) where a timeout of theirs cancels, and something else, or nothing, where a person did.
    """
    return isinstance(reason, str) and _TIMEOUT.search(reason) is not None


@contextlib.asynccontextmanager
async def waiting(call: Call, every: float, message: str = MESSAGE) -> AsyncIterator[None]:
    """While open, tell the caller of `call` a message each `every` s, if it asked for progress."""
    meta = call.params.get("_meta")
    token = meta.get("progressToken") if isinstance(meta, dict) else None
    if not isinstance(token, int | str) or isinstance(token, bool):
        yield
        return
    telling = asyncio.ensure_future(_tell(call, token, every, message))
    try:
        yield
    finally:
        telling.cancel()


async def _tell(call: Call, token: int | str, every: float, message: str) -> None:
    steps = 0
    while True:
        await asyncio.sleep(every)
        steps += 1
        progress = {"progressToken": token, "progress": steps * _STEP, "message": message}
        call.relay.notify(
            {"jsonrpc": "2.0", "method": "notifications/progress", "params": progress}
        )
