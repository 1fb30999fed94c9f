"""One server under trial: met, listed, called, and started anew when its files have changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from proxy.exchange.bridge import ROUNDS, questions, retry, wants_input
from proxy.upstream.fault import UpstreamFault, UpstreamSignInNeeded, UpstreamUnreachable
from proxy.upstream.listing import NOBODY, every
from proxy.upstream.process import UpstreamNotStarted

if TYPE_CHECKING:
    from proxy.trial.target import Target
    from proxy.upstream.contract import Relay, Tap
    from proxy.upstream.era import Terms
    from proxy.upstream.face import Face

_LIST_SECONDS = 30.0
_CALL_SECONDS = 300.0

_WANTS_SIGN_IN = (
    "A trial sends no token: run the server where it wants none, or add it to portico.toml, where "
    "it can have one."
)
_NOT_STARTED = "Correct the command; what the program said of it, if anything, stands above."
_NOT_THERE = "Start the server, or correct its address."


@dataclass(frozen=True, slots=True)
class Met:
    """What a server said when it was met.

    Attributes:
        terms: What was agreed on with it.
        tools: All its tools, verbatim, also those that clients must drop.
        left_out: What to say where the list was not taken whole; else empty.
    """

    terms: Terms
    tools: tuple[dict[str, Any], ...]
    left_out: str = ""

    @property
    def named(self) -> dict[str, dict[str, Any]]:
        """The tools that can be called, by their own names."""
        return {
            name: tool for tool in self.tools if isinstance(name := tool.get("name"), str) and name
        }


class Trial:
    """One server, and this process as its only client.

    Args:
        target: Which.
        tap: Watches all that passes.
    """

    def __init__(self, target: Target, tap: Tap) -> None:
        self.target = target
        self._tap = tap
        self._face: Face | None = None
        self._stale = False

    async def meet(self) -> Met:
        """Meet the server and list its tools.

        Raises:
            Fault: It does not start, cannot be reached, speaks neither era, or does not list.
        """
        try:
            return await self._meet()
        except Fault as fault:
            raise _of_a_trial(fault) from None

    async def _meet(self) -> Met:
        face = self._open()
        self._stale = False
        terms = await face.meet()

        async def ask(params: dict[str, Any]) -> dict[str, Any]:
            return await face.send(
                "tools/list", params, NOBODY, timeout=_LIST_SECONDS, idempotent=True
            )

        listed = await every(self.target.short, "tools", ask)
        face.learn(listed.entries)
        return Met(terms, tuple(listed.entries), listed.left_out.message if listed.left_out else "")

    @property
    def stale(self) -> bool:
        """Whether the server has said that its tools are other ones now."""
        return self._stale

    async def call(self, tool: str, arguments: dict[str, Any], relay: Relay) -> dict[str, Any]:
        """Call a tool, and answer what the server asks first, in either era.

        Args:
            tool: Its own name.
            arguments: As they are sent.
            relay: Takes the server's news and questions.

        Returns:
            The JSON-RPC response, with `result` or `error`.

        Raises:
            Fault: There is no response.
            Refused: A question could not be put to anybody.
        """
        face = self._open()
        params: dict[str, Any] = {"name": tool, "arguments": arguments}
        try:
            for _ in range(ROUNDS):
                envelope = await face.send("tools/call", params, relay, timeout=_CALL_SECONDS)
                wanted = wants_input(envelope)
                if wanted is None:
                    return envelope
                answers = {
                    key: await relay.request(method, asked)
                    for key, method, asked in questions(wanted)
                }
                params = retry(params, wanted, answers)
        except Fault as fault:
            raise _of_a_trial(fault) from None
        msg = f"{self.target.short} asked {ROUNDS} times and did not answer."
        raise UpstreamFault(msg, remedy="Look at why it goes on asking.")

    async def begin_anew(self) -> Met:
        """End the server where it is a program, and meet it as if for the first time.

        Raises:
            Fault: See `meet`.
        """
        await self.aclose()
        return await self.meet()

    async def aclose(self) -> None:
        """End whatever runs or is open."""
        face, self._face = self._face, None
        if face is not None:
            await face.aclose()

    def _open(self) -> Face:
        if self._face is None:
            self._face = self.target.open(self._tap)
            self._face.on_list_changed = self._changed
        return self._face

    def _changed(self) -> None:
        self._stale = True


def _of_a_trial(fault: Fault) -> Fault:
    """The same fault with the next step of somebody who tries a server, and not its user's."""
    if isinstance(fault, UpstreamNotStarted):
        fault.remedy = _NOT_STARTED
    elif isinstance(fault, UpstreamUnreachable):
        fault.remedy = _NOT_THERE
    elif isinstance(fault, UpstreamSignInNeeded):
        fault.remedy = _WANTS_SIGN_IN
    return fault
