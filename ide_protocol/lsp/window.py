"""An editor as a window of the hub: it shows questions and pages."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import TYPE_CHECKING

from lsprotocol import types

from auth.reach import Reach
from ide_protocol.lsp import message
from ide_protocol.lsp.progress import Unshown, WorkDone, token
from ide_protocol.own import contract
from ide_protocol.own.reply import read_replies
from ide_protocol.own.shape import coded
from ide_protocol.review.contents import CALLS
from proxy.approval import Answer, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auth.device import UserCode
    from auth.reach import Flow
    from ide_protocol.lsp.document import Range, TextEdit
    from ide_protocol.lsp.protocol import Protocol
    from proxy.approval import Batch
    from proxy.session import Progress

OWN = "portico/"
"""What the names of Portico's own methods begin with, and the ids of requests by them."""


class LspWindow:
    """What the hub may do with an editor, see `proxy.session.Window`.

    Questions wait in a table of their own: pygls never settles those of a window that died.

    Args:
        protocol: pygls's protocol of that window.
        look_again: Called when its documents may have to be spoken of in another way.
    """

    def __init__(self, protocol: Protocol, look_again: Callable[[], None]) -> None:
        self._protocol = protocol
        self._look_again = look_again
        self._numbers = itertools.count(1)
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.shows_pages = False
        self.approves = False
        """Whether it declared `experimental.portico.approvals`."""
        self.shows_progress = False
        """Whether it has a place for calls under way."""
        self.fetches_documents = False
        """Whether it takes the text of a `portico-review:` document from here."""
        self.looks_at_lenses_again = False
        """Whether it can be told that code lenses are others by now."""
        self.hears_changes = False
        """Whether it declared `experimental.portico.changes`."""
        self.leads_back = False
        """Whether it declared `experimental.portico.callback`."""

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

    async def _choose(
        self,
        text: str,
        titles: Sequence[str],
        kind: types.MessageType = types.MessageType.Warning,
    ) -> str | None:
        """Show a message with buttons; the title of the one pressed, None for none of them."""
        given = await self._request(
            types.WINDOW_SHOW_MESSAGE_REQUEST,
            types.ShowMessageRequestParams(
                type=kind,
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

    async def offer(self, sentence: str, action: str) -> bool:
        """Say something in passing, with one button; whether the person pressed it."""
        try:
            return await self._choose(sentence, (action,), types.MessageType.Info) == action
        except _WindowGone:
            return False

    def reach(self, flow: Flow, *, remote: bool) -> Reach:
        """How the editor's person is reached for a sign-in.

        Args:
            flow: What they asked for.
            remote: Whether the editor's own screen is probably another machine's.
        """
        forward = self._forward if self.leads_back else None
        return Reach(
            flow,
            remote=remote,
            show_code=self._show_code,
            forward=forward,
            ask_address=self._show_to_paste,
        )

    async def _show_to_paste(self, url: str, _: str) -> None:
        """Show a page that may not find back. LSP has no input; a terminal of the hub's does."""
        await self._open(
            url,
            "Sign in to Portico on the page below. If your browser then stops at an address that "
            "begins with http://127.0.0.1, paste it into `portico login --paste` in a terminal "
            "here:",
        )

    async def _forward(self, url: str) -> str | None:
        """Where the editor says that the person's browser finds `url`."""
        with contextlib.suppress(_WindowGone):
            given = await self._request(contract.CALLBACK, {"url": url})
            found = given.get("url") if isinstance(given, dict) else None
            return found if isinstance(found, str) else None
        return None

    async def _show_code(self, code: UserCode) -> bool:
        """Show a code until this is cancelled or the person has read it; a button opens the page.

        The message goes with the button, so the code is shown again beside a page that wants it
        typed.
        """
        opens = "Open the page"
        minutes = max(1, round(code.lifetime / 60))
        text = (
            f"To sign in to Portico, open {code.page} on any device and enter the code "
            f"{code.code}. It is good for {minutes} min."
        )
        with contextlib.suppress(_WindowGone):
            while await self._choose(text, (opens,), types.MessageType.Info) == opens:
                await self._open(code.complete or code.page, "Open this page to sign in:")
                if code.complete is not None:
                    return True
        return not self._gone.done()

    async def open_url(self, url: str, why: str = "") -> bool:
        """Open a page, under the sentence `why` where there is one."""
        if why and self.shows_pages and not self._gone.done():
            self.inform(why)
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
        self.inform(f"{invitation} {url}")
        return not self._gone.done()

    async def show(self, uri: str) -> bool:
        """Open a document of Portico's; False where the editor cannot."""
        if not (self.shows_pages and self.fetches_documents):
            return False
        shown = types.ShowDocumentParams(uri=uri, take_focus=True)
        with contextlib.suppress(_WindowGone):
            given = await self._request(types.WINDOW_SHOW_DOCUMENT, shown)
            return getattr(given, "success", False) is True
        return False

    async def apply(self, label: str, uri: str, edits: list[TextEdit]) -> bool:
        """Have the editor change a document; whether it did."""
        cuts = [types.TextEdit(_range(one["range"]), one["newText"]) for one in edits]
        change = types.ApplyWorkspaceEditParams(types.WorkspaceEdit({uri: cuts}), label)
        with contextlib.suppress(_WindowGone):
            given = await self._request(types.WORKSPACE_APPLY_EDIT, change)
            return getattr(given, "applied", False) is True
        return False

    def inform(self, message: str) -> None:
        """Show a message to the person, who did something just now."""
        if not self._gone.done():
            shown = types.ShowMessageParams(type=types.MessageType.Info, message=message)
            self._protocol.notify(types.WINDOW_SHOW_MESSAGE, shown)

    def log(self, message: str, *, grave: bool = False) -> None:
        """Write a line to the editor's log of this server."""
        if not self._gone.done():
            kind = types.MessageType.Warning if grave else types.MessageType.Info
            said = types.LogMessageParams(type=kind, message=message)
            self._protocol.notify(types.WINDOW_LOG_MESSAGE, said)

    def progress(self, title: str, cancel: Callable[[], None]) -> Progress:
        """Show that a call is under way, where the editor has a place for it."""
        if self._gone.done() or not self.shows_progress:
            return Unshown()
        return WorkDone(self._protocol, token(), title, cancel)

    def tools_changed(self) -> None:
        """Tell the editor, if it wants to hear."""
        self._changed("servers")
        if not self._gone.done():
            self._look_again()

    def approvals_changed(self) -> None:
        """Tell the editor, if it wants to hear; its own prompts come to it anyway."""
        self._changed("approvals")
        if self._gone.done():
            return
        if self.fetches_documents:
            self._nudge(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH, {"uri": CALLS})
        if self.looks_at_lenses_again:
            self._nudge(types.WORKSPACE_CODE_LENS_REFRESH)

    def _changed(self, what: str) -> None:
        if self.hears_changes and not self._gone.done():
            self._protocol.notify(contract.CHANGED, {"what": what})

    def _nudge(self, method: str, params: dict[str, str] | None = None) -> None:
        """Have the editor ask for something again; whether it will is its own affair."""
        self._protocol.ask(f"portico-{next(self._numbers)}", method, params)

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


def _range(over: Range) -> types.Range:
    return types.Range(types.Position(**over["start"]), types.Position(**over["end"]))
