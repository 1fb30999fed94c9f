"""A server's questions during a trial, carried from its loop to the person's thread and back."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from ide_protocol.command_line.console import note
from proxy.exchange.bridge import ELICIT, named
from proxy.plain import plain
from proxy.policy.offering import Offering
from proxy.upstream.contract import Refused
from proxy.wire import METHOD_NOT_FOUND

if TYPE_CHECKING:
    import queue
    from collections.abc import Mapping

    from proxy.upstream.era import Era


class Question:
    """One question of the server that waits for the person.

    Args:
        params: As the person is shown it.
        answer: Takes the answer, on the loop of the server.
    """

    def __init__(self, params: dict[str, Any], answer: asyncio.Future[dict[str, Any]]) -> None:
        self.params = params
        self._answer = answer

    def give(self, answer: dict[str, Any]) -> None:
        """Take the person's answer, on the loop."""
        if not self._answer.done():
            self._answer.set_result(answer)


class PersonRelay:
    """The way back from a call to the person at the prompt.

    Args:
        short: The server's short name.
        era: What it speaks.
        inbox: Takes each question.
        asks: Whether a person is there to be asked.
    """

    def __init__(
        self, short: str, era: Era, inbox: queue.Queue[Question | None], *, asks: bool
    ) -> None:
        self.era = era
        self.capabilities: Mapping[str, Any] = {"elicitation": {"form": {}}} if asks else {}
        self._offering = Offering(server=short, name=short, title=short, url="")
        self._inbox = inbox

    def notify(self, message: dict[str, Any]) -> None:
        """Print progress and log messages."""
        params = message.get("params")
        params = params if isinstance(params, dict) else {}
        if message.get("method") == "notifications/message":
            said = params.get("data")
            said = said if isinstance(said, str) else json.dumps(said)
            note(f"{self._offering.server} logs: {plain(said, 400)}")
        elif message.get("method") == "notifications/progress":
            of = f"/{params['total']}" if "total" in params else ""
            about = plain(str(params.get("message", "")), 200)
            note(f"{self._offering.server} is at {params.get('progress')}{of} {about}".rstrip())

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Have the person answer a form.

        Raises:
            Refused: It is no form, or nobody is there.
            Fault: It asks for what no server may ask for.
        """
        if method != ELICIT or params.get("mode", "form") != "form" or not self.capabilities:
            msg = f"{self._offering.server} asked {plain(method, 60)}, which a trial cannot answer."
            raise Refused(METHOD_NOT_FOUND, msg)
        shown = named(self._offering, method, params)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._inbox.put(Question(shown, answer))
        return await answer
