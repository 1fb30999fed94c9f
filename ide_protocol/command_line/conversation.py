"""Asking the hub for something, and serving it while the answer is being made.

While a request is open, the hub may show a page, put a question or tell of progress. Leaving the
conversation closes the connection, which cancels whatever is still running.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from typing import TYPE_CHECKING, Any, cast

from ide_protocol.command_line import page, person
from ide_protocol.command_line.line import HubUnreachable, HubVanished, Line, Quiet
from ide_protocol.command_line.waiting import Waiting
from ide_protocol.door import birth, hello
from ide_protocol.own import contract
from proxy.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ide_protocol.own.contract import FaultReport, Question, UserCode

_NO_SUCH_METHOD = -32601


class Refusal(Exception):  # noqa: N818 - it carries a fault of the hub's, word by word.
    """The hub answered with a fault: `report` says what, who acts and what they do."""

    def __init__(self, report: FaultReport) -> None:
        super().__init__(report["message"])
        self.report = report


@contextlib.contextmanager
def conversation(*, start: bool = True) -> Iterator[Conversation]:
    """A connection to the hub of this home, closed at the end.

    Args:
        start: Whether to bring a hub to life where none is; else the caller knows that one is.

    Raises:
        HubUnreachable: There is none, it refused, or its folder is not private.
        HubVanished: The one that there was ended when we knocked; none was to be started.
    """
    home = Home.find()
    try:
        # Only in a folder that nobody else can enter is the one who listens our own hub.
        home.make_run()
        connection, heard = birth.connect(home, hello.compose("cli"), start=start)
    except birth.HubLeft as wrong:
        raise HubVanished(str(wrong)) from wrong
    except (birth.NoHub, OSError) as wrong:
        raise HubUnreachable(str(wrong)) from wrong
    with connection:
        yield Conversation(Line(connection, heard))


class Conversation:
    """Requests to the hub, one at a time.

    Args:
        line: The connection.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._number = 0
        self._asked = ""
        self._inbox: deque[dict[str, Any]] = deque()

    def request(
        self, method: str, params: dict[str, Any] | None = None, *, doing: str
    ) -> dict[str, Any]:
        """The result of one request, after serving what the hub asks meanwhile.

        Args:
            method: A `portico/…` method of the contract.
            params: Its parameters.
            doing: What to say is being waited for, when it takes over a second.

        Raises:
            Refusal: The hub answered with a fault.
            HubVanished: It went away instead.
        """
        self._number += 1
        self._line.send({"id": self._number, "method": method, "params": params or {}})
        with Waiting(doing) as waiting:
            while True:
                message = self._next(waiting)
                if "method" in message:
                    self._serve(message, waiting)
                elif message.get("id") == self._number:
                    return _result(message)

    def rest(self, seconds: float) -> None:
        """Wait so long, and notice when the hub goes away meanwhile.

        Raises:
            HubVanished: It did.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._line.receive(patience=left)

    def _next(self, waiting: Waiting) -> dict[str, Any]:
        if self._inbox:
            return self._inbox.popleft()
        while True:
            if waiting.patience == 0:
                waiting.show()
            message = self._line.receive(patience=waiting.patience)
            if not isinstance(message, Quiet):
                return message

    def _serve(self, message: dict[str, Any], waiting: Waiting) -> None:
        """Act on one request or notification of the hub."""
        method, params = message["method"], message.get("params")
        params = params if isinstance(params, dict) else {}
        if method == contract.PROGRESS:
            waiting.say(str(params.get("message", "")))
        if "id" not in message:
            return
        answer: dict[str, Any] | None = None
        if method == contract.OPEN_PAGE and params.get("paste") is True:
            waiting.pause()
            answer = self._paste(str(params.get("url", "")), params, message["id"])
        elif method == contract.OPEN_PAGE:
            waiting.pause()
            answer = {"success": page.show(str(params.get("url", "")), str(params.get("why", "")))}
        elif method == contract.SHOW_CODE:
            waiting.pause()
            answer = {"success": page.show_code(cast("UserCode", params))}
        elif method == contract.ASK:
            waiting.pause()
            answer = self._ask(cast("Question", params), message["id"])
        if answer is None:
            error = {"code": _NO_SUCH_METHOD, "message": "The command line does not know this."}
            self._line.send({"id": message["id"], "error": error})
        else:
            self._line.send({"id": message["id"], "result": answer})

    def _paste(self, url: str, params: dict[str, Any], number: object) -> dict[str, Any] | None:
        """Show a page and take the address at which it ended; without a terminal, only show it."""
        wrong = str(params.get("wrong", ""))
        if not wrong and not page.show(url, browser=False):
            return {"success": False}
        if not person.present():
            return {"success": True}
        person.ask_address(wrong, page.way_back(url))
        while True:
            event = self._line.receive(besides=person.KEYBOARD)
            if event is Quiet.BESIDES:
                address = person.read_line()
                return {"success": True, **({"address": address} if address else {})}
            if isinstance(event, Quiet):
                continue
            withdrawn = _withdraws(event, number)
            if not withdrawn:
                self._inbox.append(event)
            if withdrawn or "method" not in event:
                person.settle("The page came back by itself.")
                return {"success": True}

    def _ask(self, question: Question, number: object) -> dict[str, Any]:
        """Put a question to the person; silence is no, and without a terminal there is nobody."""
        if not person.present():
            person.decline(question)
            return {"answer": "nobody"}
        person.put(question, time.time(), again=question["id"] == self._asked)
        self._asked = question["id"]
        while (left := question["deadline"] - time.time()) > 0:
            event = self._line.receive(patience=left, besides=person.KEYBOARD)
            if event is Quiet.BESIDES:
                return person.read(coded=question["coded"])
            if isinstance(event, Quiet):
                break
            if _withdraws(event, number):
                person.settle("The question was withdrawn.")
                return {"answer": "no"}
            self._inbox.append(event)
            if "method" not in event:
                person.settle("The question was settled elsewhere.")
                return {"answer": "no"}
        person.settle("Nobody answered in time, which means no.")
        return {"answer": "no"}


def _withdraws(message: dict[str, Any], number: object) -> bool:
    """Whether a message takes back the hub's request `number`."""
    params = message.get("params")
    return (
        message.get("method") == "notifications/cancelled"
        and isinstance(params, dict)
        and params.get("requestId") == number
    )


def _result(message: dict[str, Any]) -> dict[str, Any]:
    error = message.get("error")
    if error is None:
        result = message.get("result")
        if not isinstance(result, dict):
            msg = "The hub's answer is not an object."
            raise HubVanished(msg)
        return result
    raise Refusal(_report(error if isinstance(error, dict) else {}))


def _report(error: dict[str, Any]) -> FaultReport:
    """The fault inside a JSON-RPC error, whoever raised it."""
    data = error.get("data")
    if error.get("code") == contract.FAULT and isinstance(data, dict):
        texts = {name: str(data.get(name, "")) for name in ("reference", "message", "who")}
        found = cast("FaultReport", {**texts, "remedy": str(data.get("remedy", ""))})
        if isinstance(data.get("data"), dict):
            found["data"] = data["data"]
        return found
    unknown = error.get("code") == _NO_SUCH_METHOD
    return {
        "reference": "hub-other-version" if unknown else "internal-fault",
        "message": "The hub that runs is of another version than this command."
        if unknown
        else f"The hub failed: {error.get('message', 'it did not say why')}",
        "who": "you" if unknown else "Portico's developers",
        "remedy": "Run `portico hub stop`; the next command starts a hub of this version."
        if unknown
        else "Report it with the log of `portico hub logs`.",
    }
