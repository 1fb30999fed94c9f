"""Calls under way, as an editor shows them: LSP's work-done progress, which a person can cancel."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Callable

    from ide_protocol.lsp.protocol import Protocol


class WorkDone:
    """One of them.

    It is told of when the editor has agreed to show it; what ended before that is never shown.

    Args:
        protocol: pygls's protocol of the window.
        token: Names it to the editor.
        title: What is under way.
        cancel: Called when the person wants it to end.
    """

    def __init__(
        self, protocol: Protocol, token: str, title: str, cancel: Callable[[], None]
    ) -> None:
        self._protocol = protocol
        self._token = token
        self._title = title
        self._shown = self._ended = False
        self._latest: dict[str, Any] = {}
        protocol.cancels[token] = cancel
        self._creating = asyncio.ensure_future(self._create())

    def report(self, message: str, percentage: int | None = None) -> None:
        """Show what it says of itself."""
        self._latest = {"message": message}
        if percentage is not None:
            self._latest["percentage"] = percentage
        if self._shown and not self._ended:
            self._tell({"kind": "report", "cancellable": True, **self._latest})

    def end(self, message: str = "") -> None:
        """Take it away."""
        if self._ended:
            return
        self._ended = True
        self._protocol.cancels.pop(self._token, None)
        if self._shown:
            self._tell({"kind": "end", **({"message": message} if message else {})})

    async def _create(self) -> None:
        asked = self._protocol.send_request_async(
            types.WINDOW_WORK_DONE_PROGRESS_CREATE,
            types.WorkDoneProgressCreateParams(token=self._token),
            msg_id=f"portico-{self._token}",
        )
        await asyncio.wait([asked])
        if asked.exception() is None and not self._ended:
            self._shown = True
            begin = {"kind": "begin", "title": self._title, "cancellable": True}
            self._tell({**begin, **self._latest})

    def _tell(self, value: dict[str, Any]) -> None:
        self._protocol.tell(types.PROGRESS, {"token": self._token, "value": value})


class Unshown:
    """Progress in a window that cannot show any."""

    def report(self, message: str, percentage: int | None = None) -> None:
        """Nobody hears."""

    def end(self, message: str = "") -> None:
        """Nobody hears."""


_NUMBERS = itertools.count(1)


def token() -> str:
    """A token of its own."""
    return f"progress-{next(_NUMBERS)}"
