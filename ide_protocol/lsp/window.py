"""An editor as a window of the hub: it shows questions and pages."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import TYPE_CHECKING

from lsprotocol import types

from ide_protocol.lsp import message
from ide_protocol.own import contract
from ide_protocol.own.reply import read_replies
from ide_protocol.own.shape import coded
from proxy.approval import Answer, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pygls.protocol import LanguageServerProtocol

    from proxy.approval import Batch

OWN = "portico/"
"""What the names of Portico's own methods begin with, and the ids of requests by them."""


class LspWindow:
    """What the hub may do with an editor, see `proxy.session.Window`.

    Questions wait in a table of their own: pygls never settles those of a window that died.

    Args:
        protocol: pygls's protocol of that window.
        look_again: Called when its documents may have to be spoken of in another way.
    """

    def __init__(self, protocol: LanguageServerProtocol, look_again: Callable[[], None]) -> None:
        self._protocol = protocol
        self._look_again = look_again
        self._numbers = itertools.count(1)
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.shows_pages = False
        self.approves = False
        """Whether it declared `experimental.portico.approvals`."""
        self.hears_changes = False
        """Whether it declared `experimental.portico.changes`."""

    async def ask(self, batch: Batch) -> None:
        """Ask by `portico/approve` where the editor knows it, else by messages with buttons."""
        try:
            if self.approves:
                await self._approve(batch)
            else:
                await message.ask(batch, self._choose)
        except _WindowGone:
            for question in batch.open:
                batch.settle(question, Reply(Answer.GONE))

    async def _approve(self, batch: Batch) -> None:
        questions = batch.open
        asked = {"questions": [coded(question) for question in questions]}
        given = await self._request(contract.APPROVE, asked)
        replies = read_replies(given)
        for question in questions:
            batch.settle(question, replies.get(question.id, Reply(Answer.SILENCE)))

    async def _choose(self, text: str, titles: Sequence[str]) -> str | None:
        """Show a message with buttons; the title of the one pressed, None for none of them."""
        given = await self._request(
            types.WINDOW_SHOW_MESSAGE_REQUEST,
            types.ShowMessageRequestParams(
                type=types.MessageType.Warning,
                message=text,
                actions=[types.MessageActionItem(title) for title in titles],
            ),
        )
        title = getattr(given, "title", None)
        return title if title in titles else None

    async def invite(self, headline: str, url: str) -> bool:
        """Offer the page on which a question waits; only a pressed button opens it."""
        opens, later = "Open Portico's page", "Not now"
        text = f"{headline} Its yes is given on Portico's page, where you sign in."
        try:
            chosen = await self._choose(text, (later, opens))
        except _WindowGone:
            return False
        if chosen == opens:
            await self._open(url, "Open this page to answer what waits:")
        return chosen is not None

    async def open_url(self, url: str, why: str = "") -> bool:
        """Open a page, under the sentence `why` where there is one."""
        if why and self.shows_pages and not self._gone.done():
            self._inform(why)
        said = f"{why} Open this page:" if why else "Open this page to sign in to Portico:"
        return await self._open(url, said)

    async def _open(self, url: str, invitation: str) -> bool:
        """Open a page by `window/showDocument`, or at least show where it is."""
        if self.shows_pages:
            page = types.ShowDocumentParams(uri=url, external=True)
            with contextlib.suppress(_WindowGone):
                given = await self._request(types.WINDOW_SHOW_DOCUMENT, page)
                if getattr(given, "success", False) is True:
                    return True
        if not self._gone.done():
            self._inform(f"{invitation} {url}")
        return not self._gone.done()

    def _inform(self, message: str) -> None:
        shown = types.ShowMessageParams(type=types.MessageType.Info, message=message)
        self._protocol.notify(types.WINDOW_SHOW_MESSAGE, shown)

    def tools_changed(self) -> None:
        """Tell the editor, if it wants to hear."""
        self._changed("servers")
        if not self._gone.done():
            self._look_again()

    def approvals_changed(self) -> None:
        """Tell the editor, if it wants to hear; its own prompts come to it anyway."""
        self._changed("approvals")

    def _changed(self, what: str) -> None:
        if self.hears_changes and not self._gone.done():
            self._protocol.notify(contract.CHANGED, {"what": what})

    def gone(self) -> None:
        """The window died: every question it still shows is decided now."""
        if not self._gone.done():
            self._gone.set_result(None)

    async def _request(self, method: str, params: object) -> object:
        """Ask the editor; its answer, or None for an error. Cancelling withdraws it.

        Raises:
            _WindowGone: The editor has gone.
        """
        if self._gone.done():
            raise _WindowGone
        prefix = OWN if method.startswith(OWN) else "portico-"
        identifier = f"{prefix}{next(self._numbers)}"
        asked = self._protocol.send_request_async(method, params, msg_id=identifier)
        try:
            await asyncio.wait({asked, self._gone}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._protocol.notify(types.CANCEL_REQUEST, types.CancelParams(id=identifier))
            asked.cancel()
            raise
        if not asked.done():
            asked.cancel()
            raise _WindowGone
        return None if asked.exception() is not None else asked.result()


class _WindowGone(Exception):  # noqa: N818 - it says what happened.
    """The editor went away while it was asked."""
