"""An editor as a window of the hub: it shows questions and pages."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

from lsprotocol import types

from proxy.approval import Answer
from proxy.approval.prompt import text

if TYPE_CHECKING:
    from pygls.protocol import LanguageServerProtocol

    from proxy.approval import Question


class LspWindow:
    """What the hub may do with an editor, see `proxy.session.Window`.

    Questions wait in a table of their own: pygls never settles those of a window that died.

    Args:
        protocol: pygls's protocol of that window.
    """

    def __init__(self, protocol: LanguageServerProtocol) -> None:
        self._protocol = protocol
        self._numbers = itertools.count(1)
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.shows_pages = False

    async def ask(self, question: Question) -> Answer:
        """Ask by `window/showMessageRequest`; only the exact yes of this question is one.

        The text and both titles carry the question's tag, because an editor drops a prompt whose
        text equals that of another.
        """
        yes, no = f"Allow once ({question.tag})", f"Deny ({question.tag})"
        given = await self._request(
            types.WINDOW_SHOW_MESSAGE_REQUEST,
            types.ShowMessageRequestParams(
                type=types.MessageType.Warning,
                message=text(question),
                # The first button is the one that a typing person hits.
                actions=[types.MessageActionItem(no), types.MessageActionItem(yes)],
            ),
        )
        if given is _GONE:
            return Answer.GONE
        title = getattr(given, "title", None)
        if title == yes:
            return Answer.YES
        return Answer.NO if title == no else Answer.SILENCE

    async def open_url(self, url: str) -> bool:
        """Open a page by `window/showDocument`, or at least show where it is."""
        if self.shows_pages:
            page = types.ShowDocumentParams(uri=url, external=True)
            given = await self._request(types.WINDOW_SHOW_DOCUMENT, page)
            if getattr(given, "success", False) is True:
                return True
        if not self._gone.done():
            message = f"Open this page to sign in to Portico: {url}"
            shown = types.ShowMessageParams(type=types.MessageType.Info, message=message)
            self._protocol.notify(types.WINDOW_SHOW_MESSAGE, shown)
        return not self._gone.done()

    def tools_changed(self) -> None:
        """An editor is not told yet: it asks for the list when it shows it."""

    def approvals_changed(self) -> None:
        """An editor is not told yet: its prompts come to it."""

    def gone(self) -> None:
        """The window died: every question it still shows is decided now."""
        if not self._gone.done():
            self._gone.set_result(None)

    async def _request(self, method: str, params: object) -> object:
        """Ask the editor; its answer, None for an error, or `_GONE`. Cancelling withdraws it."""
        if self._gone.done():
            return _GONE
        identifier = f"portico-{next(self._numbers)}"
        asked = self._protocol.send_request_async(method, params, msg_id=identifier)
        try:
            await asyncio.wait({asked, self._gone}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._protocol.notify(types.CANCEL_REQUEST, types.CancelParams(id=identifier))
            asked.cancel()
            raise
        if not asked.done():
            asked.cancel()
            return _GONE
        return None if asked.exception() is not None else asked.result()


_GONE = object()
