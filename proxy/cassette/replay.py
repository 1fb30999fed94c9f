"""Replaying: servers that answer from a cassette, each answer marked with its date."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from auth.fault import Fault, Who
from proxy.cassette.nearest import missing
from proxy.configuration import Configuration, HandWritten
from proxy.exchange.addressed import CALL
from proxy.exchange.judging import Judging
from proxy.plain import plain
from proxy.policy.offering import ToolRule
from proxy.policy.risk import Confirm, Risk
from proxy.policy.ruling import Ruling
from proxy.upstream.era import MODERN_VERSIONS, Era, Terms
from proxy.upstream.face import Face
from proxy.wire import METHOD_NOT_FOUND, error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from proxy.cassette.cassette import Cassette
    from proxy.catalog import Route
    from proxy.exchange.call import Call
    from proxy.policy.ruling import Verdict
    from proxy.upstream.contract import Relay

MARK: Final = "portico.replay/recorded"
"""The key in the `_meta` of every replayed answer; its value is when it was recorded (UTC).

It stands there and not in the content, so that a model reads what it read when it was recorded.
"""

_ADDRESS = "https://cassette.invalid/"
"""What stands for the address of a recorded server; nobody can be at it (RFC 2606)."""

_READ = ToolRule(Risk.READ, Confirm.NEVER, source="the cassette")


class NotRecorded(Fault):
    """The cassette that is replayed has no answer to this call."""

    reference = "not-recorded"
    who = Who.PERSON
    remedy = "Make the call once with `portico record`, or ask for what was recorded."


class ReadOnly(Fault):
    """A cassette holds what was read, and nothing is changed in a replay."""

    reference = "replay-reads-only"
    who = Who.PERSON
    remedy = "Try what changes something in the company in a box: `portico sandbox up`."


def configuration(cassette: Cassette) -> Configuration:
    """The servers of a cassette, as if a person had written them down to be read."""
    return Configuration(
        servers={
            name: HandWritten(
                name=name,
                url=f"{_ADDRESS}{name}",
                risk=Risk.READ,
                confirm=Confirm.NEVER,
                rules=dict.fromkeys(shelf["read"], _READ),
            )
            for name, shelf in cassette.servers.items()
        }
    )


class Reading(Judging):
    """The judgements of a replay: what was recorded as reading may run, and nothing else.

    Args:
        cassette: What was recorded.
    """

    def __init__(self, cassette: Cassette) -> None:
        super().__init__(lambda: None, signs_in=False)
        self._cassette = cassette

    def judge(self, call: Call, route: Route) -> Verdict:
        """Nobody is ever asked: a replay is for tests that nobody watches."""
        found = super().judge(call, route)
        if found.ruling is Ruling.DENY:
            return found
        shelf = self._cassette.servers.get(route.offering.server)
        reads = shelf is not None and (route.tool in shelf["read"] or call.method != CALL)
        return replace(found, ruling=Ruling.ALLOW if reads else Ruling.DENY, rule="the cassette")

    def denial(self, call: Call, verdict: Verdict) -> Fault:
        """What a call ends in that is not replayed."""
        if verdict.rule != "the cassette":
            return super().denial(call, verdict)
        return ReadOnly(f"{plain(call.name, 128)} was not recorded as one that only reads.")


class Replayed(Face):
    """One server of a cassette.

    Args:
        server: Its short name.
        cassette: What was recorded.
    """

    def __init__(self, server: str, cassette: Cassette) -> None:
        super().__init__(server)
        self._cassette = cassette
        self._shelf = cassette.servers[server]
        self._turns: dict[str, int] = {}

    async def meet(self) -> Terms:
        """It can list and call tools."""
        self._terms = Terms(Era.MODERN, MODERN_VERSIONS[0], capabilities={"tools": {}})
        return self._terms

    async def list_tools(self) -> list[dict[str, Any]]:
        """All tools as they were, also those that are refused here: an agent sees the same list."""
        await self.meet()
        return copy.deepcopy(self._shelf["tools"])

    async def send(
        self,
        method: str,
        params: dict[str, Any],
        relay: Relay,  # noqa: ARG002 - nothing is asked, and nothing takes long.
        *,
        timeout: float = 300.0,  # noqa: ARG002, ASYNC109
        idempotent: bool = False,  # noqa: ARG002
    ) -> dict[str, Any]:
        """The recorded answer; the one after it where the same call is made again, then the last.

        Raises:
            NotRecorded: There is none; the fault says what is nearest.
        """
        if method != CALL:
            return error(None, METHOD_NOT_FOUND, "A cassette holds calls of tools alone.")
        tool, arguments = params["name"], params.get("arguments") or {}
        track = self._cassette.find(self._server, tool, arguments)
        if track is None or not track.answers:
            raise NotRecorded(missing(self._cassette, self._server, tool, arguments))
        turn = self._turns.get(track.key, 0)
        self._turns[track.key] = turn + 1
        answer = copy.deepcopy(track.answers[min(turn, len(track.answers) - 1)])
        if "error" in answer:
            return {"jsonrpc": "2.0", "error": answer["error"]}
        meta = answer["result"].get("_meta")
        marked = {**(meta if isinstance(meta, dict) else {}), MARK: answer["recorded"]}
        return {"jsonrpc": "2.0", "result": {**answer["result"], "_meta": marked}}

    async def _stream(
        self,
        wanted: Mapping[str, Any],  # noqa: ARG002 - nothing of it ever changes.
        heard: Callable[[dict[str, Any]], None],  # noqa: ARG002
        is_open: Callable[[], None],
    ) -> None:
        is_open()
        await asyncio.Event().wait()

    def set_level(self, level: str) -> None:
        """It logs nothing."""

    def roots_changed(self, relay: Relay) -> None:
        """It looks at nothing."""

    async def aclose(self) -> None:
        """Nothing is open."""
