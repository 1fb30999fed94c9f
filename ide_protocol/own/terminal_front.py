"""The command line's end in the hub: Portico's own methods as JSON-RPC lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from auth.reach import Flow, Reach
from ide_protocol.dialogue import Dialogue, Identifier
from ide_protocol.own import contract
from ide_protocol.own.shape import question as as_question
from ide_protocol.own.shape import report, user_code
from proxy import wire
from proxy.approval import Answer, Reply
from proxy.approval.code import TRIES
from proxy.approval.voice import CodeRefused
from proxy.plain import plain
from proxy.surroundings import remote
from proxy.upstream.contract import Refused
from proxy.upstream.era import Era

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from auth.device import UserCode
    from ide_protocol.door.connection import Connection
    from ide_protocol.own.methods import Methods
    from proxy.approval import Batch, Question
    from proxy.session import Session
    from proxy.upstream.contract import Relay


class TerminalFront:
    """One command's connection; it is its own window and its calls' relay.

    Args:
        session: Its place in the hub.
        connection: Its socket, after the hellos.
        methods: Makes the methods for this session, given the relay of its calls.
    """

    era = Era.MODERN
    capabilities: Mapping[str, Any] = {}
    """A command cannot answer a server's questions yet, so none are declared upstream."""

    def __init__(
        self, session: Session, connection: Connection, methods: Callable[[Relay], Methods]
    ) -> None:
        session.host = "portico command line"
        # Whether there really is a person is the command's to say: it answers no without one.
        session.can_ask = True
        session.window = session.caller = self
        session.reach = self.reach
        self._remote = remote(session.settings, screen=True)
        self._dialogue = Dialogue(connection, requested=self._requested, notified=_ignore)
        self._methods = methods(self)

    async def serve(self) -> int:
        """Answer until the command has gone; returns its connection's exit code."""
        await self._dialogue.serve()
        return 0

    def _requested(self, identifier: Identifier, method: str, params: dict[str, Any]) -> None:
        handler = self._methods.table.get(method)
        if handler is None:
            self._dialogue.fail(identifier, wire.METHOD_NOT_FOUND, f"No method {method[:80]}.")
            return

        async def answer() -> None:
            try:
                self._dialogue.send(wire.result(identifier, await handler(params)))
            except Fault as fault:
                self._dialogue.send(
                    wire.error(identifier, contract.FAULT, fault.message, report(fault))
                )

        self._dialogue.start(identifier, answer())

    # --- the window --------------------------------------------------------------------------

    async def ask(self, batch: Batch) -> None:
        """Ask in the terminal that made the call."""
        for question in batch.open:
            batch.settle(question, Reply(await self._ask_one(question)))

    async def _ask_one(self, question: Question) -> Answer:
        for _ in range(TRIES):
            try:
                said = await self._dialogue.request(contract.ASK, {**as_question(question)})
            except Refused:
                return Answer.GONE
            answer = {"yes": Answer.YES, "nobody": Answer.NOBODY}.get(str(said.get("answer")))
            if answer is not Answer.YES or not question.coded:
                return answer or Answer.NO
            spoken = {"id": question.id, "answer": "yes", "code": said.get("code", "")}
            try:
                await self._methods.answer(spoken)
            except CodeRefused:
                continue  # Mistyped, perhaps: asked again, until the desk takes no more.
            except Fault:
                break
            return Answer.YES
        return Answer.NO

    async def open_url(self, url: str, why: str = "") -> bool:
        """Have the command open a page."""
        page = {"url": url, "why": why} if why else {"url": url}
        try:
            return (await self._dialogue.request(contract.OPEN_PAGE, page))["success"] is True
        except (Refused, KeyError):
            return False

    # --- signing in --------------------------------------------------------------------------

    def reach(self, flow: Flow) -> Reach:
        """How the person at the terminal is reached for a sign-in."""
        return Reach(
            flow,
            remote=self._remote,
            show_code=self._show_code,
            ask_address=self._ask_address,
            tell=self._tell,
        )

    async def _show_code(self, code: UserCode) -> bool:
        try:
            answer = await self._dialogue.request(contract.SHOW_CODE, {**user_code(code)})
        except Refused:
            return False
        return answer.get("success") is True

    async def _ask_address(self, url: str, wrong: str) -> str | None:
        page = {"url": url, "paste": True, **({"wrong": wrong} if wrong else {})}
        try:
            answer = await self._dialogue.request(contract.OPEN_PAGE, page)
        except Refused:
            return None
        address = answer.get("address")
        return address if isinstance(address, str) else None

    def _tell(self, step: str) -> None:
        self._dialogue.notify(contract.PROGRESS, {"message": plain(step)})

    async def offer(self, sentence: str, action: str) -> bool:  # noqa: ARG002 - as a window's.
        """A command says what it was asked for, and nothing in passing."""
        return False

    def tools_changed(self) -> None:
        """A command asks once; it is not told of changes."""

    def approvals_changed(self) -> None:
        """A command asks once; it is not told of changes."""

    async def invite(self, headline: str, url: str) -> bool:
        """Whoever typed the call wants it answered, so the page opens."""
        return await self.open_url(url, f"{headline} Answer on Portico's page.")

    # --- the relay of its calls --------------------------------------------------------------

    def notify(self, message: dict[str, Any]) -> None:
        """Show a server's progress."""
        params = message.get("params")
        if message.get("method") == "notifications/progress" and isinstance(params, dict):
            shown = plain(str(params.get("message") or ""))
            self._dialogue.notify(contract.PROGRESS, {"message": shown})

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """A command cannot be asked by a server."""
        raise Refused(wire.METHOD_NOT_FOUND, f"The command line cannot be asked {method[:80]}.")


def _ignore(_method: str, _params: dict[str, Any]) -> None:
    """A command has nothing to notify of."""
