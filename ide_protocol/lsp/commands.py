"""What `workspace/executeCommand` does: Portico for editors that know nothing but LSP.

Those of the review's buttons are for every editor. The others are not announced to one that asks
about calls in a way of its own: an extension has commands of these names already.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from ide_protocol.lsp.reviewing import ACCEPT, APPROVE, APPROVE_ALL, EDIT, PAGE, REJECT
from ide_protocol.own import answering, contract, shape
from ide_protocol.review.contents import CALLS
from proxy.approval.desk import NoSuchQuestion

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ide_protocol.lsp.window import LspWindow
    from ide_protocol.own.methods import Methods
    from proxy.approval import Question
    from proxy.hub import Hub
    from proxy.session import Session

    Command = Callable[[list[Any]], Awaitable[Any]]


class ButtonGone(Fault):
    """The button was pressed already, or the call that it was for is answered."""

    reference = "button-gone"
    who = Who.PERSON
    remedy = "Open the review again."


class Commands:
    """The commands of one editor.

    Args:
        hub: What they act on.
        session: The editor's.
        window: Where their results are shown.
        methods: Portico's own methods for this session.
    """

    def __init__(self, hub: Hub, session: Session, window: LspWindow, methods: Methods) -> None:
        self._hub = hub
        self._session = session
        self._window = window
        self._review = methods.review
        self._methods = methods.table
        self.buttons: dict[str, Command] = {
            REJECT: self._press,
            APPROVE: self._press,
            APPROVE_ALL: self._press,
            EDIT: self._edit,
            ACCEPT: self._accept,
        }
        self.others: dict[str, Command] = {
            "portico.review": self._show_review,
            "portico.status": self._status,
            "portico.signIn": self._sign_in,
            "portico.signOut": self._sign_out,
            "portico.why": self._why,
            PAGE: self._page,
            "portico.restart": self._restart,
        }

    # --- the buttons of the review -----------------------------------------------------------

    async def _press(self, arguments: list[Any]) -> dict[str, Any]:
        """Give what a button says to each of its questions that still waits."""
        press = self._review.buttons.press(arguments[0] if arguments else None)
        if press is None:
            raise ButtonGone("That button is gone.")
        waits = self._open()
        if not any(identifier in waits for identifier, _ in press.replies):
            raise NoSuchQuestion("It is answered already.")
        for identifier, reply in press.replies:
            if identifier in waits:
                answering.answer(self._hub, self._session, identifier, reply)
        return {}

    async def _edit(self, arguments: list[Any]) -> contract.Question:
        """The question of a button, for an editor that has a place to correct its arguments in."""
        press = self._review.buttons.look(arguments[0] if arguments else None)
        question = self._open().get(press.replies[0][0]) if press is not None else None
        if question is None:
            raise ButtonGone("That button is gone.")
        if not self._window.approves:
            self._window.inform(
                "Change the arguments in the review, where they stand. Then choose "
                f"“Approve as changed” at question {question.tag}."
            )
        return shape.question(question)

    async def _accept(self, arguments: list[Any]) -> Any:  # noqa: ANN401 - a method's result.
        """Have the person asked whether to trust what a tool has become."""
        named = dict(zip(("server", "tool"), arguments, strict=False))
        return await self._methods[contract.ACCEPT_PIN](named)

    def _open(self) -> dict[str, Question]:
        return {question.id: question for question, _ in self._hub.desk.standing()}

    # --- the others --------------------------------------------------------------------------

    async def _show_review(self, _: list[Any]) -> Any:  # noqa: ANN401
        """Open the review where the editor can, else say what waits."""
        found: contract.Review = await self._methods[contract.REVIEW]({})
        if not await self._window.show(CALLS) and not self._window.approves:
            headings = [
                line.lstrip("# ") for line in found["text"].split("\n") if line.startswith("#")
            ]
            self._window.inform("\n".join(headings))
        return found

    async def _status(self, _: list[Any]) -> Any:  # noqa: ANN401
        status: contract.Status = await self._methods[contract.STATUS]({})
        self._window.inform(status["summary"])
        return status

    async def _sign_in(self, arguments: list[Any]) -> Any:  # noqa: ANN401
        given = await self._methods[contract.SIGN_IN](_server(arguments))
        user = given.get("user")
        self._window.inform(f"Signed in as {user['name']}." if user else "Signed in.")
        return given

    async def _sign_out(self, arguments: list[Any]) -> Any:  # noqa: ANN401
        given = await self._methods[contract.SIGN_OUT](_server(arguments))
        self._window.inform("Signed out.")
        return given

    async def _why(self, arguments: list[Any]) -> Any:  # noqa: ANN401
        named = dict(zip(("server", "tool"), arguments, strict=False))
        why: contract.Explanation = await self._methods[contract.WHY](named)
        self._window.inform(f"{why['reason']} {why['remedy']}".strip())
        return why

    async def _page(self, _: list[Any]) -> dict[str, bool]:
        page = await self._methods[contract.PAGE]({})
        return {"success": await self._window.open_url(page["url"], "Portico's page.")}

    async def _restart(self, _: list[Any]) -> dict[str, Any]:
        """End the hub once this is answered; whoever needs one brings it to life again."""
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: asyncio.ensure_future(self._methods[contract.STOP]({})))
        return {}


def _server(arguments: list[Any]) -> dict[str, Any]:
    return {"server": arguments[0]} if arguments else {}
